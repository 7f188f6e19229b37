/** The search of the moment: asked by the bar, shown by the list, drawn on the map. */
import { Problem } from "../api/client.ts";
import { t } from "../core/i18n.ts";
import { go, place } from "../core/router.ts";
import { signal } from "../core/signal.ts";
import { explain } from "../ui/explain.ts";
import { isPersonalNumber, type SearchAnswer, search } from "./asking.ts";

export type Outcome =
  | { readonly state: "idle" }
  | { readonly state: "asking" }
  | { readonly state: "answered"; readonly answer: SearchAnswer; readonly text: string }
  | { readonly state: "refused"; readonly words: string; readonly isPersonal: boolean };

const FIRST_PAGE = 50;
const MOST = 200;

export const outcome = signal<Outcome>({ state: "idle" });
/** What the box holds; set from elsewhere, the box follows. */
export const typed = signal("");

let asking = new AbortController();

/** Searches for a text; a single hit is opened at once. */
export async function run(text: string, limit = FIRST_PAGE): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal: wanted } = asking;
  typed.set(text);
  if (text === "") return clear();
  if (isPersonalNumber(text)) {
    outcome.set({ state: "refused", words: t("search.personal_number"), isPersonal: true });
    return;
  }
  outcome.set({ state: "asking" });
  go({ screen: "search" });
  try {
    const answer = await search(text, place.get().params.commune ?? null, limit, wanted);
    if (wanted.aborted) return;
    outcome.set({ state: "answered", answer, text });
    const [only, another] = answer.hits;
    if (only && !another) go({ parcelId: only.parcel_id });
  } catch (error) {
    if (wanted.aborted) return;
    if (!(error instanceof Problem)) throw error;
    outcome.set({ state: "refused", words: explain(error), isPersonal: false });
  }
}

/** Asks for as many hits as one answer holds. */
export function more(): void {
  const now = outcome.get();
  if (now.state === "answered") void run(now.text, MOST);
}

/** Forgets the search. */
export function clear(): void {
  asking.abort();
  typed.set("");
  outcome.set({ state: "idle" });
}
