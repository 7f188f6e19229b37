/** The commune that searches are about: kept in the address, remembered for the next visit. */
import { get, Problem } from "../api/client.ts";
import type { CommuneDetail } from "../api/types.ts";
import { keep, recall } from "../core/memory.ts";
import { go, place } from "../core/router.ts";
import { signal } from "../core/signal.ts";

export const chosenCommune = signal<CommuneDetail | null>(null);

/** Follows the address; at the first visit without one, goes back to the commune of last time. */
export function followCommune(): void {
  const remembered = recall<string | null>("commune", null);
  if (!place.get().params.commune && remembered && place.get().parcelId === null) {
    go({ params: { commune: remembered } }, { replace: true });
  }
  const follow = (): void => void load(place.get().params.commune ?? null);
  place.watch(follow);
  follow();
}

/** Chooses a commune by its code, or none. */
export function chooseCommune(code: string | null): void {
  keep("commune", code);
  go({ params: { commune: code } });
}

async function load(code: string | null): Promise<void> {
  if ((chosenCommune.get()?.code ?? null) === code) return;
  if (code === null) {
    chosenCommune.set(null);
    return;
  }
  try {
    const found = await get<CommuneDetail>(`/communes/${encodeURIComponent(code)}`);
    if (place.get().params.commune === code) chosenCommune.set(found);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 404 || error.status === 400) chooseCommune(null);
  }
}
