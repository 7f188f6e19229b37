/** What can be done with the parcel on the panel. A new one is one entry in `ACTIONS`. */
import type { Parcel } from "../api/types.ts";
import { t, type WordKey } from "../core/i18n.ts";
import { go, place } from "../core/router.ts";
import { may, session } from "../core/session.ts";
import { withMap } from "../map/mount.ts";
import { lookAt } from "../map/selection.ts";
import { h } from "../ui/dom.ts";
import { type IconName, icon } from "../ui/icons.ts";
import { copy } from "../ui/toast.ts";
import { openExtract } from "./extract.ts";
import { printPanel } from "./print.ts";

export interface PanelAction {
  readonly label: WordKey;
  readonly icon: IconName;
  readonly isOffered: (parcel: Parcel) => boolean;
  readonly act: (parcel: Parcel) => void;
}

export const ACTIONS: readonly PanelAction[] = [
  {
    label: "map.to_parcel",
    icon: "target",
    isOffered: (parcel) => parcel.geometry !== null,
    act: (parcel) => withMap((desk) => lookAt(desk, parcel)),
  },
  {
    label: "panel.permalink",
    icon: "link",
    isOffered: () => true,
    act: (parcel) => void copy(`${location.origin}/p/${parcel.parcel_id}`),
  },
  { label: "panel.change", icon: "edit", isOffered: mayChange, act: openChange },
  { label: "panel.extract", icon: "document", isOffered: () => true, act: openExtract },
  { label: "action.print", icon: "print", isOffered: () => true, act: () => void printPanel() },
];

/** A clerk of the commune changes what is in force now. */
function mayChange(parcel: Parcel): boolean {
  const { communes } = session.get();
  const isOwn = communes === null || communes.includes(parcel.commune.code);
  return may("register") && isOwn && parcel.geometry !== null && !place.get().params.on;
}

function openChange(parcel: Parcel): void {
  go({ screen: "change", parcelId: null, params: { of: String(parcel.parcel_id) } });
}

/** Gives the row of actions. */
export function panelActions(parcel: Parcel): HTMLElement {
  const offered = ACTIONS.filter((action) => action.isOffered(parcel));
  const made = offered.map((action) =>
    h(
      "button",
      { type: "button", class: "button quiet", on: { click: () => action.act(parcel) } },
      icon(action.icon),
      h("span", null, t(action.label)),
    ),
  );
  return h("div", { class: "panel-actions", role: "toolbar", "aria-label": t("panel.actions") }, made);
}
