/** What the search box asks the server, and what comes back. */
import { get } from "../api/client.ts";
import type { CommuneName, Shape } from "../api/types.ts";

export type Said = Readonly<Record<string, string>>;

export interface CommuneMeant extends CommuneName {
  readonly in_force: boolean;
  readonly has_parcels: boolean;
  readonly point: Shape | null;
  readonly text: Said;
}

export interface Reading {
  readonly kind: string;
  /** How it was understood. */
  readonly text: Said;
  readonly communes: readonly CommuneMeant[];
}

export interface Hit {
  readonly parcel_id: number;
  readonly commune: CommuneName;
  readonly sheet_no: string;
  readonly parcel_no: string;
  readonly legal_area_m2: number | null;
  readonly point: Shape | null;
  readonly why: Said;
}

/** What the server asks back; each choice is another search. */
export interface Question {
  readonly text: Said;
  readonly choices: readonly {
    readonly text: Said;
    readonly q: string;
    readonly commune: string | null;
    readonly hits: number | null;
  }[];
}

export interface SearchAnswer {
  readonly status: "RESOLVED" | "AMBIGUOUS" | "NOT_FOUND" | "REFUSED";
  readonly reason: string | null;
  readonly message: Said | null;
  /** Where to look when there is no parcel to show. */
  readonly place: Shape | null;
  readonly readings: readonly Reading[];
  readonly questions: readonly Question[];
  readonly total: number;
  readonly hits: readonly Hit[];
  readonly notes: readonly Said[];
}

export interface Suggestion {
  readonly kind: "PARCEL" | "COMMUNE";
  readonly text: Said;
  readonly q: string;
  readonly commune: CommuneName;
  readonly parcel_id: number | null;
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
