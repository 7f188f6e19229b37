/** The parcel that the panel shows, for the map and everyone else who follows it. */
import type { Parcel } from "../api/types.ts";
import { signal } from "../core/signal.ts";

export const shownParcel = signal<Parcel | null>(null);
