/** Hits and places of a search on the map. */
import type { Shape } from "../api/types.ts";
import { type Box, boxOf } from "../geo/shapes.ts";
import { withMap } from "../map/mount.ts";
import type { Drawn } from "../map/overlays.ts";
import type { Hit, SearchAnswer } from "./asking.ts";

const PLACE_ZOOM = 18;

/** Draws where the hits lie. */
export function drawHits(hits: readonly Hit[]): void {
  const drawn = hits.flatMap((hit): Drawn[] =>
    hit.point ? [{ shape: hit.point, look: "hit", text: `${hit.sheet_no}/${hit.parcel_no}` }] : [],
  );
  withMap((desk) => desk.draw("hits", drawn));
}

/** Moves to all hits together, or to the place that was searched. */
export function lookAtAnswer(answer: SearchAnswer): void {
  const points = answer.hits.flatMap((hit) => (hit.point ? [hit.point] : []));
  if (points.length > 1) withMap((desk) => desk.fit(around(points), PLACE_ZOOM));
  else if (points.length === 0 && answer.place) {
    const box = boxOf(answer.place);
    if (box) withMap((desk) => desk.fit(box, PLACE_ZOOM));
  }
}

function around(points: readonly Shape[]): Box {
  return boxOf({ type: "MultiPoint", coordinates: points.map((point) => point.coordinates) }) ?? [0, 0, 0, 0];
}
