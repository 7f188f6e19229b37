/** The tools of a change on the map: drawing the line of a split, and choosing the parcels of a merge. */
import type { Parcel } from "../../api/types.ts";
import { polygons, type Ring } from "../../geo/shapes.ts";
import { type Pair, toZone, type Zone } from "../../geo/vn2000.ts";
import type { MapDesk, MapMode } from "../../map/desk.ts";

/** A click this near to a corner or an edge means it. */
const SNAP_PX = 9;

export interface Pen {
  readonly add: (at: Pair) => void;
  readonly hover: (at: Pair | null) => void;
  readonly takeBack: () => boolean;
  readonly left: () => void;
}

/** Gives the tool that draws a line; points near the boundary are put onto it. */
export function drawing(desk: MapDesk, parcel: Parcel, zone: Zone, pen: Pen): MapMode {
  return {
    cursor: "crosshair",
    click: (at) => pen.add(snapped(desk, parcel, at) ?? toZone(zone, at)),
    move: (at) => pen.hover(at),
    key: (key) => key === "Backspace" && pen.takeBack(),
    leave: pen.left,
  };
}

/** Gives the tool that hands on each place clicked. */
export function picking(pick: (at: Pair) => void, left: () => void): MapMode {
  return { cursor: "copy", click: pick, leave: left };
}

interface Candidate {
  readonly away_px: number;
  readonly place: Pair;
}

/** Gives the corner, or else the place on an edge, that is meant by a click, in metres; null when none is near. */
function snapped(desk: MapDesk, parcel: Parcel, at: Pair): Pair | null {
  const degrees = parcel.geometry ? polygons(parcel.geometry).flat() : [];
  const metres = parcel.geometry_native ? polygons(parcel.geometry_native.geometry).flat() : [];
  const clicked = pixel(desk, at);
  const candidates = degrees.flatMap((ring, index) => {
    const shown = ring.map((corner) => pixel(desk, corner));
    return onRing(shown, metres[index] ?? [], clicked);
  });
  const near = candidates.filter((one) => one.away_px <= SNAP_PX).sort((a, b) => a.away_px - b.away_px);
  return near[0]?.place ?? null;
}

function onRing(shown: readonly Pair[], metres: Ring, clicked: Pair): Candidate[] {
  return shown.slice(1).flatMap((b, index) => {
    const [a, from, to] = [shown[index], metres[index], metres[index + 1]];
    if (!a || !from || !to) return [];
    const part = partAlong(a, b, clicked);
    const [x, y] = between(a, b, part);
    return [{ away_px: Math.hypot(x - clicked[0], y - clicked[1]), place: between(from, to, part) }];
  });
}

/** Gives where along an edge (0 to 1) the click is; a corner that is near is meant itself. */
function partAlong(a: Pair, b: Pair, clicked: Pair): number {
  if (Math.hypot(a[0] - clicked[0], a[1] - clicked[1]) <= SNAP_PX) return 0;
  if (Math.hypot(b[0] - clicked[0], b[1] - clicked[1]) <= SNAP_PX) return 1;
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const squared = dx * dx + dy * dy;
  if (squared === 0) return 0;
  return Math.min(1, Math.max(0, ((clicked[0] - a[0]) * dx + (clicked[1] - a[1]) * dy) / squared));
}

function between(a: Pair, b: Pair, part: number): Pair {
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}

function pixel(desk: MapDesk, at: Pair): Pair {
  const { x, y } = desk.map.project([at[0], at[1]]);
  return [x, y];
}
