/** The clerk's desk for changes: what is asked for beside the map, what would come of it at once, then made. */
import type { Parcel } from "../../api/types.ts";
import { communeName } from "../../core/format.ts";
import { t } from "../../core/i18n.ts";
import { go, HOME, type Place } from "../../core/router.ts";
import { button } from "../../ui/button.ts";
import { type Child, h, put } from "../../ui/dom.ts";
import { loaded, note } from "../../ui/facts.ts";
import type { ScreenView } from "../screen.ts";
import { type Desk, openDesk } from "./desk.ts";
import { forgetDraft, hasDraft } from "./draft.ts";
import { look } from "./looking.ts";

/** Opens the change of the parcel that `of` names in the address. */
export function openChange(place: Place): ScreenView {
  const element = h("div", { class: "padded stack change-screen" });
  let shown: string | null = null;
  let desk: Desk | null = null;
  const leave = (): void => {
    desk?.leave();
    desk = null;
  };
  const show = (at: Place): void => {
    const of = at.params.of ?? "";
    if (of === shown) return;
    shown = of;
    leave();
    if (!/^\d{1,18}$/.test(of)) put(element, h("h1", null, t("nav.change")), note(t("change.choose")));
    else
      put(
        element,
        loaded(() => opened(Number(of))),
      );
  };
  const opened = async (parcelId: number): Promise<Child> => {
    const found = await look(parcelId);
    if (shown !== String(parcelId)) return null;
    if (!found) return [h("h1", null, t("nav.change")), gone(parcelId)];
    desk = openDesk(found.parcel, found.seen, () => {
      shown = null;
      show({ ...place, params: { of: String(parcelId) } });
    });
    return [heading(found.parcel), desk.element];
  };
  show(place);
  return { element, changed: show, leave };
}

function heading(parcel: Parcel): HTMLElement {
  const open = (): void => go({ screen: HOME, parcelId: parcel.parcel_id });
  return h(
    "header",
    { class: "change-head" },
    h("h1", null, t("parcel.named", { parcel: parcel.parcel_no, sheet: parcel.sheet.sheet_no })),
    h("p", { class: "muted" }, communeName(parcel.commune)),
    button(t("change.to_parcel"), open, { look: "quiet", class: "back" }),
  );
}

/** Says that the parcel is not in force any more, perhaps because this very change was made. */
function gone(parcelId: number): Child {
  const discard = (): void => {
    forgetDraft(parcelId);
    go({ screen: HOME, parcelId });
  };
  const open = (): void => go({ screen: HOME, parcelId, params: { tab: "history" } });
  return [
    note(t("change.gone"), "warning"),
    h(
      "div",
      { class: "row" },
      button(t("tab.history"), open, { look: "main" }),
      hasDraft(parcelId) ? button(t("change.discard"), discard) : null,
    ),
  ];
}
