/** What the search box asks the server, and what comes back. */
import { get } from "../api/client.ts";
import type { Position } from "../api/types.ts";

export type Said = Readonly<Record<string, string>>;

export interface CommuneMeant {
  readonly commune: string;
  readonly in_force: boolean;
  readonly has_parcels: boolean;
  readonly point: Position | null;
  readonly label: Said;
}

export interface Reading {
  readonly kind: string;
  readonly understood: Said;
  readonly communes: readonly CommuneMeant[];
  /** Where a place lies, for coordinates and links. */
  readonly point: Position | null;
}

export interface Hit {
  readonly parcel_id: number;
  readonly commune: string;
  readonly commune_name: string;
  readonly commune_kind: string;
  readonly sheet_no: string;
  readonly parcel_no: string;
  readonly legal_area_m2: number | null;
  readonly point: Position | null;
  readonly bbox: readonly [number, number, number, number] | null;
  readonly why: { readonly code: string; readonly text: Said };
}

/** What the server asks back; each option is another search. */
export interface Question {
  readonly text: Said;
  readonly options: readonly {
    readonly label: Said;
    readonly q: string;
    readonly commune: string | null;
    readonly hits: number | null;
  }[];
}

export interface SearchAnswer {
  readonly status: "RESOLVED" | "AMBIGUOUS" | "NOT_FOUND" | "REFUSED";
  readonly reason: string | null;
  readonly message: Said | null;
  readonly readings: readonly Reading[];
  readonly questions: readonly Question[];
  readonly total: number;
  readonly hits: readonly Hit[];
  readonly notes: readonly { readonly code: string; readonly text: Said }[];
}

export interface Suggestion {
  readonly kind: "PARCEL" | "COMMUNE";
  readonly label: Said;
  readonly q: string;
  readonly commune: string;
  readonly parcel_id: number | null;
  readonly point: Position | null;
}

/** Gives what a text means and which parcels fit. */
export function search(q: string, commune: string | null, limit: number, signal?: AbortSignal): Promise<SearchAnswer> {
  return get<SearchAnswer>("/search", { query: { q, commune, limit }, signal });
}

/** Gives parcels and communes that a text may lead to. */
export async function suggestions(
  q: string,
  commune: string | null,
  signal: AbortSignal,
): Promise<readonly Suggestion[]> {
  const query = { q, commune };
  const answer = await get<{ suggestions: readonly Suggestion[] }>("/search/suggestions", { query, signal });
  return answer.suggestions;
}

/** Tells whether a text is nothing but what may be a person's number (9 or 12 digits): no address may hold it. */
export function isPersonalNumber(text: string): boolean {
  return /^[\d .-]+$/.test(text) && /^(\d{9}|\d{12})$/.test(text.replace(/[ .-]/g, ""));
}
