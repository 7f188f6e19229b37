/** What the search box asks the server, and what comes back. */
import { get } from "../api/client.ts";
import type { CommuneName, Shape } from "../api/types.ts";

export type Told = Readonly<Record<string, string>>;

export interface Hit {
  readonly parcel_id: number;
  readonly commune: CommuneName;
  readonly sheet_no: string;
  readonly parcel_no: string;
  readonly why: Told;
  readonly point: Shape | null;
}

/** Something to ask back: the words, and the answers to choose from; each is a text to search for instead. */
export interface Question {
  readonly text: Told;
  readonly choices: readonly { readonly text: Told; readonly q: string; readonly commune?: string | null }[];
}

export interface SearchAnswer {
  readonly status: string;
  readonly readings: readonly { readonly kind: string; readonly text: Told }[];
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly questions: readonly Question[];
  readonly notes: readonly Told[];
  readonly place: Shape | null;
}

export interface SuggestionEntry {
  readonly kind: string;
  readonly text: Told;
  readonly q: string;
  readonly commune: CommuneName | null;
  readonly parcel_id: number | null;
}

/** Gives what a text means and which parcels fit. */
export function search(q: string, commune: string | null, limit: number, signal?: AbortSignal): Promise<SearchAnswer> {
  return get<SearchAnswer>("/search", { query: { q, commune, limit }, signal });
}

/** Gives how a text could go on. */
export async function suggestions(
  q: string,
  commune: string | null,
  signal: AbortSignal,
): Promise<readonly SuggestionEntry[]> {
  const answer = await get<{ suggestions: readonly SuggestionEntry[] }>("/search/suggestions", {
    query: { q, commune },
    signal,
  });
  return answer.suggestions;
}

/** Tells whether a text holds what may be a person's number (9 or 12 digits): that is never sent in an address. */
export function holdsPersonalNumber(text: string): boolean {
  return /(?<![\d.,])(?:\d[ .-]?){8}\d(?:[ .-]?\d{3})?(?![\d.,]|[ .-]?\d)/.test(text) && /^[\d .-]+$/.test(text);
}
