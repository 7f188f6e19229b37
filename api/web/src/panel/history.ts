/** What became of the parcel: a timeline of versions and changes, and the parcels it came from and went into. */
import { get } from "../api/client.ts";
import type { History, Transaction, Version } from "../api/types.ts";
import { area, day, moment } from "../core/format.ts";
import { named, t } from "../core/i18n.ts";
import { go } from "../core/router.ts";
import { label } from "../geo/codes.ts";
import { button } from "../ui/button.ts";
import { all, type Child, h } from "../ui/dom.ts";
import { block, loaded } from "../ui/facts.ts";
import { lineageGraph } from "./lineage.ts";
import type { PanelTab } from "./tab.ts";

export const historyTab: PanelTab = {
  id: "history",
  label: "tab.history",
  isOffered: () => true,
  content: (parcel, on) => historyOf(parcel.parcel_id, on),
};

/** Gives the history of a parcel, also of one that is gone, marking the version of a day; tells its number. */
export function historyOf(
  parcelId: number,
  on: string | null,
  named: (parcelNo: string, sheetNo: string) => void = () => {},
): HTMLElement {
  return loaded(async () => {
    const history = await get<History>(`/parcels/${parcelId}/history`);
    const own = history.parcels.find((one) => one.parcel_id === parcelId);
    if (own) named(own.parcel_no, own.sheet_no);
    return drawn(history, on);
  });
}

interface Step {
  readonly at: string;
  readonly content: Child;
  readonly kind: "version" | "change";
}

function drawn(history: History, on: string | null): Child {
  const steps = [
    ...history.versions.map((one) => versionStep(one, history, on)),
    ...history.transactions.map(changeStep),
  ];
  steps.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.kind === "change" ? -1 : 1));
  const entries = steps.map((step) => h("li", { class: step.kind }, step.content));
  return all(
    history.lineage.length > 0 ? block(t("block.lineage"), lineageGraph(history)) : null,
    block(t("block.timeline"), h("ol", { class: "timeline" }, entries)),
  );
}

function versionStep(version: Version, history: History, on: string | null): Step {
  const isSuperseded = version.superseded_at !== null;
  const isOver = version.valid_to !== null;
  const until = isOver ? t("history.until", { day: day(version.valid_to) }) : t("history.in_force");
  const look = (): void => go({ parcelId: history.parcel_id, params: { on: version.valid_from } });
  const isShown = on !== null && on >= version.valid_from && (version.valid_to === null || on < version.valid_to);
  const content = [
    h("time", { datetime: version.valid_from }, day(version.valid_from)),
    h("b", null, t("parcel.named", { parcel: version.parcel_no, sheet: version.sheet_no })),
    h(
      "span",
      null,
      `${area(version.legal_area_m2)} · ${isSuperseded ? t("history.replaced", { moment: moment(version.superseded_at) }) : until}`,
    ),
    h("small", null, t("history.recorded", { moment: moment(version.recorded_at), version: version.version })),
    isOver && !isSuperseded && !isShown ? button(t("history.look"), look, { look: "quiet", icon: "history" }) : null,
  ];
  return { at: version.valid_from, content, kind: "version" };
}

function changeStep(change: Transaction): Step {
  const kind = change.change_code ? label("changeKind", change.change_code) : null;
  const { document } = change;
  const content = [
    h("time", { datetime: change.valid_from }, day(change.valid_from)),
    h("b", null, kind ?? named(`change.${change.kind}`, change.kind)),
    document?.reference ? h("span", null, paper(document.reference, document.issued_on)) : null,
    change.reason ? h("span", null, change.reason) : null,
    change.actor ? h("small", null, t("history.by", { actor: change.actor })) : null,
  ];
  return { at: change.valid_from, content, kind: "change" };
}

function paper(reference: string, issuedOn: string | null): string {
  return issuedOn ? `${reference}, ${day(issuedOn)}` : reference;
}
