/** The parcel of the panel on the map: its outline, the length of each side, and the view on it. */
import type { Parcel, Position } from "../api/types.ts";
import { fixed } from "../core/format.ts";
import { boxOf, polygons } from "../geo/shapes.ts";
import { shownParcel } from "../panel/shown.ts";
import type { MapDesk } from "./desk.ts";
import type { Drawn } from "./overlays.ts";

/** Sides shorter than this get no words: they would cover each other. */
const SHORTEST_M = 0.5;

/** Draws whatever parcel the panel shows, and moves there when it is out of sight. */
export function followSelection(desk: MapDesk): void {
  const show = (parcel: Parcel | null): void => {
    desk.draw("selection", parcel ? drawn(parcel) : []);
    if (parcel?.geometry && !isInSight(desk, parcel)) lookAt(desk, parcel);
  };
  shownParcel.watch((parcel) => requestAnimationFrame(() => show(parcel)));
  show(shownParcel.get());
}

/** Moves the view onto a parcel. */
export function lookAt(desk: MapDesk, parcel: Parcel): void {
  const box = parcel.geometry ? boxOf(parcel.geometry) : null;
  if (box) desk.fit(box);
}

function drawn(parcel: Parcel): Drawn[] {
  if (!parcel.geometry) return [];
  return [{ shape: parcel.geometry, look: "selected" }, ...sides(parcel)];
}

/** Gives each side as a line with its length in metres, measured in the sheet's own zone. */
function sides(parcel: Parcel): Drawn[] {
  if (!parcel.geometry || !parcel.geometry_native) return [];
  const degrees = polygons(parcel.geometry).flat();
  const metres = polygons(parcel.geometry_native.geometry).flat();
  return degrees.flatMap((ring, index) => sidesOfRing(ring, metres[index] ?? []));
}

function sidesOfRing(degrees: readonly Position[], metres: readonly Position[]): Drawn[] {
  return degrees.slice(1).flatMap((to, index) => {
    const from = degrees[index];
    const [a, b] = [metres[index], metres[index + 1]];
    if (!from || !a || !b) return [];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (length < SHORTEST_M) return [];
    return [{ shape: { type: "LineString", coordinates: [from, to] }, look: "words" as const, text: fixed(length, 2) }];
  });
}

function isInSight(desk: MapDesk, parcel: Parcel): boolean {
  const box = parcel.geometry ? boxOf(parcel.geometry) : null;
  if (!box || desk.map.getZoom() < 16) return false;
  const bounds = desk.map.getBounds();
  return bounds.contains([box[0], box[1]]) && bounds.contains([box[2], box[3]]);
}
