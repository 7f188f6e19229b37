/** Rings, boxes, lengths and areas of GeoJSON shapes. */
import type { Position, Shape } from "../api/types.ts";

export type Ring = readonly Position[];
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Gives the rings of each polygon of a shape, the outer one first. */
export function polygons(shape: Shape): readonly (readonly Ring[])[] {
  if (shape.type === "Polygon") return [shape.coordinates as readonly Ring[]];
  if (shape.type === "MultiPolygon") return shape.coordinates as readonly (readonly Ring[])[];
  return [];
}

/** Gives the box around every position of a shape, null when it has none. */
export function boxOf(shape: Shape): Box | null {
  const all = positions(shape.coordinates);
  if (all.length === 0) return null;
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Gives the length of a path of metre coordinates. */
export function lengthOf(path: Ring): number {
  return path.slice(1).reduce((sum, [x, y], index) => {
    const [fromX, fromY] = path[index] as Position;
    return sum + Math.hypot(x - fromX, y - fromY);
  }, 0);
}

/** Gives the area inside a ring of metre coordinates, closed or not; never negative. */
export function areaOf(ring: Ring): number {
  const doubled = ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] as Position;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(doubled) / 2;
}

function positions(coordinates: unknown): Position[] {
  if (!Array.isArray(coordinates)) return [];
  if (typeof coordinates[0] === "number") return [coordinates as unknown as Position];
  return coordinates.flatMap(positions);
}
