/** Moves the map to the commune that is chosen. */
import type { CommuneDetail } from "../api/types.ts";
import { place } from "../core/router.ts";
import type { Box } from "../geo/shapes.ts";
import { chosenCommune } from "../search/commune.ts";
import type { MapDesk } from "./desk.ts";

const KM_PER_DEGREE = 111.2;

/** Tells whether the address itself says where to look: a view in the fragment, or a parcel. */
export function isPlaced(): boolean {
  return location.hash !== "" || place.get().parcelId !== null;
}

/** Follows the choice; the first one only when the page did not open at a place of its own. */
export function followChosenCommune(desk: MapDesk, wasPlaced: boolean): void {
  let isFirst = wasPlaced;
  const show = (commune: CommuneDetail | null): void => {
    const box = commune && boxOfCommune(commune);
    if (box && !isFirst) desk.fit(box, 17);
    isFirst = false;
  };
  chosenCommune.watch(show);
  const now = chosenCommune.get();
  if (now) show(now);
}

/** Gives a square as large as the commune around its centre, null for one whose place nobody recorded. */
export function boxOfCommune(commune: CommuneDetail): Box | null {
  if (commune.lon === null || commune.lat === null) return null;
  const half = (Math.sqrt(commune.area_km2 ?? 4) / 2 / KM_PER_DEGREE) * 1.1;
  const wide = half / Math.cos((commune.lat * Math.PI) / 180);
  return [commune.lon - wide, commune.lat - half, commune.lon + wide, commune.lat + half];
}
