/** Hits and places of a search on the map. */
import { boxOf } from "../geo/shapes.ts";
import { withMap } from "../map/mount.ts";
import type { Drawn } from "../map/overlays.ts";
import type { Hit, SearchAnswer } from "./asking.ts";

const PLACE_ZOOM = 18;
const COMMUNE_ZOOM = 14;
/** Readings that mean one spot, not a commune. */
const SPOTS: readonly string[] = ["POINT", "GRID"];

/** Draws where the hits lie. */
export function drawHits(hits: readonly Hit[]): void {
  const drawn = hits.flatMap((hit): Drawn[] =>
    hit.point ? [{ shape: hit.point, look: "hit", text: `${hit.sheet_no}/${hit.parcel_no}` }] : [],
  );
  withMap((desk) => desk.draw("hits", drawn));
}

/** Moves to all hits together; without hits, to the place or the commune that was meant. */
export function lookAtAnswer(answer: SearchAnswer): void {
  const points = answer.hits.flatMap((hit) => (hit.point ? [hit.point.coordinates] : []));
  const commune = answer.readings.flatMap((reading) => reading.communes).find((one) => one.point)?.point;
  const hits = points.length > 1 ? boxOf({ type: "MultiPoint", coordinates: points }) : null;
  const place = points.length === 0 && answer.place ? boxOf(answer.place) : null;
  const around = points.length === 0 && commune ? boxOf(commune) : null;
  const box = hits ?? place ?? around;
  const isSpot = answer.readings.some((reading) => SPOTS.includes(reading.kind));
  if (box) withMap((desk) => desk.fit(box, hits || isSpot ? PLACE_ZOOM : COMMUNE_ZOOM));
}
