/** Who holds what: rights with exact shares, and what restricts them. Names are masked; revealing one is on record. */
import type { Parcel, Party, Right } from "../api/types.ts";
import { day, share } from "../core/format.ts";
import { named, t } from "../core/i18n.ts";
import { may, session } from "../core/session.ts";
import { label } from "../geo/codes.ts";
import { button } from "../ui/button.ts";
import { all, type Child, h } from "../ui/dom.ts";
import { block, note } from "../ui/facts.ts";
import { openReveal } from "./reveal.ts";
import type { PanelTab } from "./tab.ts";

const HELD: readonly string[] = ["USE_RIGHT", "MANAGEMENT"];

export const rightsTab: PanelTab = {
  id: "rights",
  label: "tab.rights",
  isOffered: () => true,
  content: (parcel) => {
    const held = parcel.rights.filter((right) => HELD.includes(right.rrr_kind));
    const restricting = parcel.rights.filter((right) => !HELD.includes(right.rrr_kind));
    return all(
      withheld(parcel),
      held.length === 0 ? note(t("right.none")) : grouped(held).map(oneRight),
      restricting.length === 0 ? null : block(t("block.restrictions"), grouped(restricting).map(oneRight)),
    );
  },
};

function withheld(parcel: Parcel): Child {
  if (!parcel.withheld.some((one) => one.field.startsWith("rights"))) return null;
  const isGuest = session.get().role === "public";
  return h("div", { class: "withheld" }, note(t(isGuest ? "right.withheld_public" : "right.withheld_staff"), "info"));
}

/** Gives the holders of each right together: the answer has a row per holder. */
function grouped(rights: readonly Right[]): readonly (readonly Right[])[] {
  const ids = [...new Set(rights.map((right) => right.rrr_id))];
  return ids.map((id) => rights.filter((right) => right.rrr_id === id));
}

function oneRight(rows: readonly Right[]): HTMLElement | null {
  const first = rows[0];
  if (!first) return null;
  const title = named(`right.${first.rrr_kind}`, first.rrr_kind);
  const group = label("partyKind", first.holder_group);
  return h(
    "section",
    { class: "right" },
    h("header", null, h("h3", null, title), group ? h("span", { class: "chip" }, group) : null),
    h(
      "ul",
      { class: "holders" },
      rows.map((row) => holder(row, rows.length === 1)),
    ),
    h("p", { class: "muted" }, paper(first), t("right.since", { day: day(first.provenance.valid_from) })),
  );
}

function holder(row: Right, isAlone: boolean): HTMLElement | null {
  const { party } = row;
  const part = row.share === null && isAlone ? null : h("span", { class: "chip" }, share(row.share));
  if (!party) return null;
  return h(
    "li",
    null,
    h("div", { class: "holder-name" }, h("b", null, party.name_masked), part),
    h("div", { class: "muted" }, numbers(party), role(row)),
    party.org_no === null && may("reveal")
      ? button(t("reveal.open"), () => openReveal(party), { look: "quiet", icon: "eye" })
      : null,
  );
}

function numbers(party: Party): string {
  return [named(`party.${party.party_kind}`, party.party_kind), party.citizen_id_masked, party.org_no]
    .filter(Boolean)
    .join(" · ");
}

function role(row: Right): string {
  return row.role && row.role !== row.holder_group ? ` · ${label("partyKind", row.role)}` : "";
}

function paper(right: Right): string {
  return right.certificate?.serial ? `${t("right.by_certificate", { serial: right.certificate.serial })} · ` : "";
}
