/** A change on the map: the ground as it is with its numbered edges, what is being drawn, and what would come of it. */
import type { Outcome } from "../../api/changes.ts";
import type { Parcel, Position } from "../../api/types.ts";
import { area, fixed } from "../../core/format.ts";
import { areaOf, polygons, type Ring } from "../../geo/shapes.ts";
import { fromZone, type Pair, type Zone } from "../../geo/vn2000.ts";
import type { Drawn } from "../../map/overlays.ts";
import type { Draft } from "./draft.ts";

/** The name under which the page draws a change. */
export const CHANGE = "change";

export interface Edge {
  readonly index: number;
  readonly from: Position;
  readonly to: Position;
  readonly length_m: number;
}

/** Gives the outer edges of a parcel, numbered as the server counts them; lengths in metres, ends in degrees. */
export function edgesOf(parcel: Parcel): Edge[] {
  const degrees = outerRing(parcel, "degrees");
  const metres = outerRing(parcel, "metres");
  return metres.slice(1).map((to, index) => {
    const from = metres[index] as Position;
    const length_m = Math.hypot(to[0] - from[0], to[1] - from[1]);
    return { index, from: degrees[index] as Position, to: degrees[index + 1] as Position, length_m };
  });
}

/** Gives the outer ring of a parcel as the server stores it. */
export function outerRing(parcel: Parcel, unit: "degrees" | "metres"): Ring {
  const shape = unit === "degrees" ? parcel.geometry : (parcel.geometry_native?.geometry ?? null);
  return (shape && polygons(shape)[0]?.[0]) ?? [];
}

/** Gives all that is drawn for a draft; `hovering` is where the next point would be. */
export function drawnOf(
  parcel: Parcel,
  zone: Zone,
  draft: Draft,
  outcome: Outcome | null,
  hovering: Pair | null,
): Drawn[] {
  const ground = draft.kind === "merge" ? draft.parcels : draft.parcels.slice(0, 1);
  const isLine = draft.kind === "split" && draft.way === "line";
  return [
    ...ground.map(({ shape }): Drawn => ({ shape, look: "before" })),
    ...(outcome ? results(outcome) : []),
    ...(draft.kind === "split" ? edges(parcel, draft) : []),
    ...(isLine ? path(zone, draft.line, hovering) : []),
  ];
}

function edges(parcel: Parcel, draft: Draft): Drawn[] {
  const isRatio = draft.way === "ratio";
  return edgesOf(parcel).map(({ index, from, to, length_m }) => ({
    shape: { type: "LineString", coordinates: [from, to] },
    look: isRatio && index === draft.edge ? "draft" : "words",
    text: isRatio ? `${index + 1}` : fixed(length_m, 2),
  }));
}

function results({ shapes, areas }: Outcome): Drawn[] {
  return shapes.flatMap(({ number, shape }): Drawn[] => {
    const row = areas.find((one) => one.number === number);
    const middle = { type: "Point", coordinates: middleOf(polygons(shape)[0]?.[0] ?? []) };
    return [
      { shape, look: "after" },
      { shape: middle, look: "words", text: `${number}\n${area(row?.after_m2)}` },
    ];
  });
}

function path(zone: Zone, line: readonly Pair[], hovering: Pair | null): Drawn[] {
  const corners = line.map((at) => fromZone(zone, at));
  const whole = hovering && corners.length > 0 ? [...corners, hovering] : corners;
  const points = corners.map((at): Drawn => ({ shape: { type: "Point", coordinates: at }, look: "draft" }));
  return whole.length < 2 ? points : [{ shape: { type: "LineString", coordinates: whole }, look: "draft" }, ...points];
}

/** Gives the centroid of a ring; of one without area, its first position. */
function middleOf(ring: Ring): Position {
  const [ox, oy] = ring[0] ?? [0, 0];
  const local = ring.map(([x, y]): Position => [x - ox, y - oy]);
  if (areaOf(local) === 0) return [ox, oy];
  let [sumX, sumY, doubled] = [0, 0, 0];
  local.slice(1).forEach(([x, y], index) => {
    const [beforeX, beforeY] = local[index] as Position;
    const cross = beforeX * y - x * beforeY;
    doubled += cross;
    sumX += (beforeX + x) * cross;
    sumY += (beforeY + y) * cross;
  });
  return [ox + sumX / (3 * doubled), oy + sumY / (3 * doubled)];
}
