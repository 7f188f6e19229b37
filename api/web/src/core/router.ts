/**
 * The address says what is on the page: which screen, which parcel, in which commune, as of which day.
 *
 * `/app` and `/app/{screen}` are screens; `/p/{id}` is the permalink of a parcel on the search screen, and
 * `/p/{commune}/{sheet}/{parcel}` leads to it. What was typed into a search never enters the address.
 * The map keeps its place in the fragment (`#zoom/lat/lon`).
 */
import { type Signal, signal } from "./signal.ts";

export const HOME = "search";
/** No screen: the server sends somebody here whom it could not sign in, and the dialog says why. */
export const SIGN_IN = "sign-in";

export interface Place {
  readonly screen: string;
  readonly parcelId: number | null;
  readonly params: Readonly<Record<string, string>>;
}

export interface NumberAddress {
  readonly commune: string;
  readonly sheet: string;
  readonly parcel: string;
}

/** Gives the place that a path and a query name. */
export function parsePlace(path: string, query: string): Place {
  const params = Object.fromEntries(new URLSearchParams(query));
  const permalink = /^\/p\/(\d{1,18})$/.exec(path);
  if (permalink) return { screen: HOME, parcelId: Number(permalink[1]), params };
  const { parcel, ...others } = params;
  const screen = /^\/app\/([a-z-]+)$/.exec(path)?.[1] ?? HOME;
  return { screen, parcelId: parcel && /^\d{1,18}$/.test(parcel) ? Number(parcel) : null, params: others };
}

/** Gives the commune, sheet and parcel number that a readable permalink names, or null. */
export function parseNumberAddress(path: string): NumberAddress | null {
  const found = /^\/p\/(\d{1,5})\/([^/]{1,60})\/([^/]{1,60})$/.exec(path);
  if (!found) return null;
  const [, commune, sheet, parcel] = found as unknown as [string, string, string, string];
  return { commune, sheet: decodeURIComponent(sheet), parcel: decodeURIComponent(parcel) };
}

/** Gives the address of a place, without the map's fragment. */
export function addressOf(place: Place): string {
  const params = new URLSearchParams(place.params);
  const isPermalink = place.screen === HOME && place.parcelId !== null;
  if (!isPermalink && place.parcelId !== null) params.set("parcel", String(place.parcelId));
  const path = isPermalink ? `/p/${place.parcelId}` : place.screen === HOME ? "/app" : `/app/${place.screen}`;
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

export const place: Signal<Place> = signal(parsePlace(location.pathname, location.search));

export interface Change {
  readonly screen?: string;
  readonly parcelId?: number | null;
  /** Parameters to set; null takes one out. On another screen only the commune stays. */
  readonly params?: Readonly<Record<string, string | null>>;
}

/** Goes to another place; with `replace` the browser's Back skips the present one. */
export function go(change: Change, { replace = false }: { readonly replace?: boolean } = {}): void {
  const now = place.get();
  const screen = change.screen ?? now.screen;
  const stays = screen === now.screen ? now.params : onlyCommune(now.params);
  const next: Place = {
    screen,
    parcelId: change.parcelId === undefined ? now.parcelId : change.parcelId,
    params: merged(stays, change.params ?? {}),
  };
  const address = addressOf(next) + location.hash;
  if (address === location.pathname + location.search + location.hash) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  place.set(next);
}

/** Follows the browser's Back and Forward. */
export function followHistory(): void {
  addEventListener("popstate", () => place.set(parsePlace(location.pathname, location.search)));
}

function onlyCommune(params: Readonly<Record<string, string>>): Record<string, string> {
  return params.commune ? { commune: params.commune } : {};
}

function merged(
  params: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const entries = Object.entries({ ...params, ...changes }).filter(([, value]) => value !== null && value !== "");
  return Object.fromEntries(entries) as Record<string, string>;
}
