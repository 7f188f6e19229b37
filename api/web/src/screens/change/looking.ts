/** Looking at a parcel before it is changed: what it is, and the tag of that state. */
import { get, Problem } from "../../api/client.ts";
import type { Parcel, ParcelAnswer } from "../../api/types.ts";
import type { Seen } from "./draft.ts";

export interface Looked {
  readonly parcel: Parcel;
  readonly seen: Seen;
}

/** Gives a parcel with the state that is seen in it, or null when it is not in force. */
export async function look(parcelId: number): Promise<Looked | null> {
  try {
    // The tag first: a change in between is noticed then, the other way round it would not be.
    const { tag } = await get<{ readonly tag: string }>(`/parcels/${parcelId}/state`);
    const answer = await get<ParcelAnswer>(`/parcels/${parcelId}`, { query: { coordinates: "native" } });
    const parcel = answer.parcels[0];
    if (!parcel?.geometry) return null;
    const number = `${parcel.sheet.sheet_no}/${parcel.parcel_no}`;
    return { parcel, seen: { parcel_id: parcelId, tag, number, shape: parcel.geometry } };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
