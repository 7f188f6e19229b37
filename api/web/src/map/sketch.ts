/** In place of the map, on devices that cannot draw it: the server's sketch of the shown parcel. */

import type { Parcel } from "../api/types.ts";
import { t } from "../core/i18n.ts";
import { shownParcel } from "../panel/shown.ts";
import { h, put } from "../ui/dom.ts";
import { note } from "../ui/facts.ts";

/** Fills the map's area with the sketch of whatever parcel the panel shows. */
export function mountSketch(area: HTMLElement): void {
  area.classList.add("without-map");
  const picture = h("div", { class: "sketch" }, h("p", { class: "muted" }, t("map.pick_parcel")));
  area.append(note(t("map.no_webgl"), "info"), picture);
  const show = (parcel: Parcel | null): void => {
    put(picture, parcel ? sketchOf(parcel) : h("p", { class: "muted" }, t("map.pick_parcel")));
  };
  shownParcel.watch(show);
}

/** Gives the picture of a parcel and its neighbours as the server draws it. */
export function sketchOf(parcel: Parcel): HTMLElement {
  const words = t("map.sketch", { parcel: parcel.parcel_no, sheet: parcel.sheet.sheet_no });
  return h("img", { src: `/parcels/${parcel.parcel_id}/sketch.svg`, alt: words });
}
