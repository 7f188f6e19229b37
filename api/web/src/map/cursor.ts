/** Coordinates under the cursor: VN-2000 metres, X north first as papers write them, and WGS 84 degrees. */
import { t } from "../core/i18n.ts";
import { meridianName, type Pair, toZone } from "../geo/vn2000.ts";
import { iconButton } from "../ui/button.ts";
import { h, put } from "../ui/dom.ts";
import { copy } from "../ui/toast.ts";
import type { MapDesk } from "./desk.ts";
import { zoneAt } from "./zone.ts";

/** Puts the readout at the foot of the map. */
export function mountCursor(area: HTMLElement, desk: MapDesk): void {
  const readout = h("span", { class: "cursor-text" });
  const centre = (): Pair => desk.map.getCenter().toArray();
  const copies = iconButton("locate", t("map.cursor_copy"), () => void copy(told(centre()).join("; ")));
  area.append(h("div", { class: "cursor", role: "group", "aria-label": t("map.cursor") }, readout, copies));
  const show = (at: Pair): void => {
    put(
      readout,
      told(at).map((part) => h("span", null, part.replace(/([XY]) /g, "$1\u00a0"))), // a letter stays by its number
    );
  };
  desk.map.on("mousemove", (event) => show(event.lngLat.toArray()));
  desk.map.on("move", () => show(centre()));
  show(centre());
}

function told(at: Pair): readonly [string, string] {
  const zone = zoneAt(at);
  const [easting, northing] = toZone(zone, at);
  return [
    `VN-2000 ${meridianName(zone)}: X ${northing.toFixed(2)} Y ${easting.toFixed(2)}`,
    `WGS 84: ${at[1].toFixed(6)}, ${at[0].toFixed(6)}`,
  ];
}
