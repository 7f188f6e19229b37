/** Hits and places of a search on the map. */
import type { Position, Shape } from "../api/types.ts";
import { type Box, boxOf } from "../geo/shapes.ts";
import { withMap } from "../map/mount.ts";
import type { Drawn } from "../map/overlays.ts";
import type { Hit, SearchAnswer } from "./asking.ts";

const PLACE_ZOOM = 18;
const COMMUNE_ZOOM = 14;

/** Draws where the hits lie. */
export function drawHits(hits: readonly Hit[]): void {
  const drawn = hits.flatMap((hit): Drawn[] =>
    hit.point ? [{ shape: at(hit.point), look: "hit", text: `${hit.sheet_no}/${hit.parcel_no}` }] : [],
  );
  withMap((desk) => desk.draw("hits", drawn));
}

/** Moves to all hits together; without hits, to the place or the commune that was meant. */
export function lookAtAnswer(answer: SearchAnswer): void {
  const points = answer.hits.flatMap((hit) => (hit.point ? [hit.point] : []));
  const place = answer.readings.find((reading) => reading.point)?.point;
  const commune = answer.readings.flatMap((reading) => reading.communes).find((one) => one.point)?.point;
  if (points.length > 1) withMap((desk) => desk.fit(around(points), PLACE_ZOOM));
  else if (points.length === 0 && place) withMap((desk) => desk.look(place, PLACE_ZOOM));
  else if (points.length === 0 && commune) withMap((desk) => desk.look(commune, COMMUNE_ZOOM));
}

function at(point: Position): Shape {
  return { type: "Point", coordinates: point };
}

function around(points: readonly Position[]): Box {
  return boxOf({ type: "MultiPoint", coordinates: points }) ?? [0, 0, 0, 0];
}
