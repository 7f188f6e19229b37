/** The VN-2000 zone that coordinates are told in: the shown parcel's, else the chosen commune's, else the nearest. */

import { nearestZone, type Pair, type Zone, zoneOf } from "../geo/vn2000.ts";
import { shownParcel } from "../panel/shown.ts";
import { chosenCommune } from "../search/commune.ts";

/** Gives the zone to use at a place. */
export function zoneAt(at: Pair): Zone {
  const parcel = shownParcel.get();
  const commune = chosenCommune.get();
  const srid = parcel?.sheet.srid ?? commune?.sheets[0]?.srid;
  return (srid === undefined ? null : zoneOf(srid)) ?? nearestZone(at[0]);
}
