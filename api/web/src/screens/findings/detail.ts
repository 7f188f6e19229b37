/** One finding in full: what is wrong, where, why it matters, what was done about it, and what can be done. */
import { get } from "../../api/client.ts";
import type { FindingDetail, FindingEvent } from "../../api/findings.ts";
import { area, day, length, moment, number } from "../../core/format.ts";
import { named, t, told, type WordKey } from "../../core/i18n.ts";
import { go } from "../../core/router.ts";
import { may } from "../../core/session.ts";
import { button } from "../../ui/button.ts";
import { type Child, h } from "../../ui/dom.ts";
import { block, type Fact, facts, loaded, note } from "../../ui/facts.ts";
import { icon } from "../../ui/icons.ts";
import { decisions } from "./decisions.ts";
import { severityOf } from "./line.ts";
import { lookAtFinding, showFinding } from "./on-map.ts";
import { repairsOf } from "./repairs.ts";

/** Gives the finding; after a decision it is drawn anew. */
export function findingDetail(findingId: number): HTMLElement {
  const place = h("div", { class: "stack" });
  const draw = (): void => {
    place.replaceChildren(
      loaded(async () => {
        const detail = await get<FindingDetail>(`/findings/${findingId}`);
        showFinding(detail.finding);
        return whole(detail, draw);
      }),
    );
  };
  draw();
  return place;
}

function whole(detail: FindingDetail, again: () => void): Child {
  const { finding, rule } = detail;
  return [
    heading(detail),
    h("p", { class: "finding-message" }, told(finding.message)),
    facts(measures(detail)),
    h(
      "div",
      { class: "row" },
      button(t("findings.zoom"), () => lookAtFinding(finding), { icon: "target" }),
    ),
    may("decideFindings") ? decisions(detail, again) : note(t("findings.sign_in")),
    parcels(detail),
    may("decideFindings") && finding.state !== "fixed" ? repairsOf(finding, again) : null,
    rule ? block(t("findings.why"), h("p", null, told(rule.why))) : null,
    rule ? block(t("findings.remedy"), h("p", null, told(rule.remedy))) : null,
    rule?.legal_basis ? block(t("findings.basis"), h("p", null, rule.legal_basis)) : null,
    limits(detail),
    detail.events ? block(t("findings.history"), timeline(detail.events)) : null,
  ];
}

function heading({ finding, rule }: FindingDetail): HTMLElement {
  return h(
    "header",
    { class: `finding-head ${finding.severity}` },
    icon(finding.severity === "info" ? "info" : "alert"),
    h(
      "div",
      null,
      h("h2", null, told(rule?.title) || finding.rule_id),
      h(
        "p",
        { class: "chips" },
        [severityOf(finding), finding.rule_id, t(`state.${finding.state}` as WordKey)].map((words) =>
          h("span", { class: "chip" }, words),
        ),
      ),
    ),
  );
}

function measures({ finding, waiver }: FindingDetail): Fact[] {
  const measured = finding.measure !== null && finding.unit ? `${number(finding.measure, 3)} ${finding.unit}` : null;
  return [
    [t("findings.overlap_area"), finding.area_m2 ? area(finding.area_m2, 2) : null],
    [t("findings.width"), finding.width_m ? length(finding.width_m) : null],
    [t("findings.measured"), finding.area_m2 ? null : measured],
    [t("findings.first_seen"), day(finding.first_seen_at)],
    [t("findings.last_seen"), day(finding.last_seen_at)],
    [t("findings.assigned"), may("decideFindings") ? (finding.assigned_to ?? t("findings.nobody")) : null],
    [t("findings.reason"), waiver ? waiver.reason : null],
    [t("findings.accepted_until"), waiver ? (waiver.ends_on ? day(waiver.ends_on) : t("findings.no_end")) : null],
  ];
}

function parcels({ finding }: FindingDetail): Child {
  if (finding.parcels.length === 0) return null;
  const entries = finding.parcels.map((parcel) =>
    button(`${t("sheet.short")} ${parcel.sheet_no} ${t("parcel.short")} ${parcel.parcel_no}`, () =>
      go({ parcelId: parcel.parcel_id }),
    ),
  );
  return block(t("findings.parcels"), h("div", { class: "row" }, entries));
}

function limits({ last_run: run }: FindingDetail): Child {
  const entries = Object.entries(run.limits ?? {}).filter(([, value]) => typeof value !== "object");
  if (entries.length === 0) return null;
  return h(
    "details",
    { class: "origin" },
    h("summary", null, `${t("findings.limits")} (${day(run.finished_at)})`),
    facts(entries.map(([name, value]) => [name, String(value)] as const)),
  );
}

function timeline(events: readonly FindingEvent[]): HTMLElement {
  return h(
    "ol",
    { class: "timeline" },
    [...events]
      .reverse()
      .map((event) =>
        h(
          "li",
          { class: event.kind === "seen" ? null : "change" },
          h("strong", null, named(`event.${event.kind}`, event.kind)),
          event.note ? h("span", null, event.note) : null,
          h("small", null, `${moment(event.at)} · ${event.actor}`),
        ),
      ),
  );
}
