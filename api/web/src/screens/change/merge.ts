/** Which parcels become one: clicked on the map, listed here. */
import { t } from "../../core/i18n.ts";
import { iconButton } from "../../ui/button.ts";
import { h, put } from "../../ui/dom.ts";
import type { Work } from "./desk.ts";

/** Gives the list of parcels; it follows the draft. */
export function mergeTerms({ draft, edit }: Work): HTMLElement {
  const list = h("ul", { class: "merge-list", "aria-live": "polite" });
  const show = (): void => {
    const [first, ...others] = draft.get().parcels;
    const drop = (parcelId: number): void =>
      edit({ parcels: draft.get().parcels.filter((one) => one.parcel_id !== parcelId) });
    put(
      list,
      first ? h("li", null, first.number) : null,
      others.map((one) =>
        h(
          "li",
          null,
          one.number,
          iconButton("close", t("change.leave_out", { number: one.number }), () => drop(one.parcel_id), {
            class: "small",
          }),
        ),
      ),
    );
  };
  const end = draft.watch(() => (list.isConnected ? show() : end()));
  show();
  return h("div", { class: "stack" }, h("p", { class: "muted" }, t("change.merge_hint")), list);
}
