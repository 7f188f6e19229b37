/** Who gives what to whom: the giver and the share are kept with the draft, the taker's data never are. */
import { share } from "../../core/format.ts";
import { t } from "../../core/i18n.ts";
import { h } from "../../ui/dom.ts";
import { note } from "../../ui/facts.ts";
import { choice, field, values } from "../../ui/form.ts";
import type { Work } from "./desk.ts";
import { TRANSFERS } from "./draft.ts";

/** Gives the fields of a transfer; the preview is asked for when a field is left. */
export function transferTerms(work: Work): HTMLElement {
  const { draft, edit, taker } = work;
  const now = draft.get().transfer;
  const form = h(
    "form",
    { class: "two-fields", on: { change: () => changed(), submit: (event: Event) => event.preventDefault() } },
    choice(
      "kind",
      t("change.transfer_kind"),
      TRANSFERS.map((kind) => [kind, t(`change.transfer.${kind}`)] as const),
      {
        value: now.kind,
      },
    ).element,
    choice("from", t("change.giver"), givers(work), { value: now.from }).element,
    field("share", t("change.share"), {
      value: now.share,
      hint: t("change.share_hint"),
      maxlength: 20,
      autocomplete: "off",
    }).element,
    h("h2", { class: "wide-field" }, t("change.taker")),
    field("name", t("change.taker_name"), { required: true, maxlength: 200, autocomplete: "off", class: "wide-field" })
      .element,
    field("citizen_id", t("reveal.citizen_id"), { inputmode: "numeric", maxlength: 12, autocomplete: "off" }).element,
    field("birth", t("change.birth"), { maxlength: 10, autocomplete: "off" }).element,
    field("org_no", t("change.org_no"), { maxlength: 20, autocomplete: "off" }).element,
  );
  const changed = (): void => {
    const { kind = "transfer", from = "", share: part = "", ...person } = values(form);
    taker.set(person);
    edit({ transfer: { kind, from, share: part } });
  };
  return h("div", { class: "stack" }, note(t("change.taker_kept")), form);
}

function givers({ parcel }: Work): (readonly [string, string])[] {
  const held = parcel.rights.filter((right) => right.rrr_kind === "USE_RIGHT" && right.party);
  const words = held.map((right) => {
    const part = held.length > 1 ? ` – ${share(right.share)}` : "";
    return [String(right.party?.party_id), `${right.party?.name_masked}${part}`] as const;
  });
  return [["", t("change.all_holders")], ...words];
}
