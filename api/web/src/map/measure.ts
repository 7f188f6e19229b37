/** Measures distance and area on the map, in the VN-2000 plane in which legal areas are computed. */
import type { Position } from "../api/types.ts";
import { area, length } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { areaOf, lengthOf } from "../geo/shapes.ts";
import { meridianName, type Pair, toZone, type Zone } from "../geo/vn2000.ts";
import { h, put } from "../ui/dom.ts";
import type { MapDesk, MapMode } from "./desk.ts";
import type { Drawn } from "./overlays.ts";
import { zoneAt } from "./zone.ts";

/** Gives the measuring tool, which shows its figures in `readout`; `left` is told when it is put away. */
export function measuring(desk: MapDesk, readout: HTMLElement, left: () => void): MapMode {
  const points: Pair[] = [];
  let hovering: Pair | null = null;

  function show(): void {
    const path = hovering && points.length > 0 ? [...points, hovering] : points;
    desk.draw("measure", drawn(path, points));
    put(readout, words(path));
  }

  readout.hidden = false;
  show();
  return {
    cursor: "crosshair",
    click(at) {
      points.push(at);
      show();
    },
    move(at) {
      hovering = at;
      if (points.length > 0) show();
    },
    key(key) {
      if (key !== "Backspace" || points.length === 0) return false;
      points.pop();
      show();
      return true;
    },
    leave() {
      desk.draw("measure", []);
      readout.hidden = true;
      left();
    },
  };
}

function drawn(path: readonly Pair[], points: readonly Pair[]): Drawn[] {
  const corners: Drawn[] = points.map((at) => ({ shape: { type: "Point", coordinates: at }, look: "draft" }));
  const first = path[0];
  if (!first || path.length < 2) return corners;
  const zone = zoneAt(first);
  const sides: Drawn[] = path.slice(1).map((to, index) => side(zone, path[index] as Pair, to));
  if (path.length < 3) return [...sides, ...corners];
  return [{ shape: { type: "Polygon", coordinates: [[...path, first]] }, look: "draft" }, ...sides, ...corners];
}

function side(zone: Zone, from: Pair, to: Pair): Drawn {
  const text = length(lengthOf([toZone(zone, from), toZone(zone, to)]));
  return { shape: { type: "LineString", coordinates: [from, to] }, look: "draft", text };
}

function words(path: readonly Pair[]): Node[] {
  const first = path[0];
  if (!first) return [h("span", null, t("map.measure_start"))];
  const zone = zoneAt(first);
  const metres = path.map((at) => toZone(zone, at)) as readonly Position[];
  return [
    h("span", null, `${t("map.measure_length")}: `, h("b", null, length(lengthOf(metres)))),
    path.length > 2 ? h("span", null, `${t("map.measure_area")}: `, h("b", null, area(areaOf(metres), 2))) : h("span"),
    h("small", null, t("map.measure_zone", { meridian: meridianName(zone) })),
    h("small", null, t("map.measure_go_on")),
  ];
}
