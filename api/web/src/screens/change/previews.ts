/** The server's preview of a draft, asked for anew whenever the draft rests. */
import { type Outcome, preview } from "../../api/changes.ts";
import { Problem } from "../../api/client.ts";
import { t } from "../../core/i18n.ts";
import { type Child, put } from "../../ui/dom.ts";
import { note } from "../../ui/facts.ts";
import type { Work } from "./desk.ts";
import { bodyOf, type Draft } from "./draft.ts";
import { outcomeOf } from "./outcome.ts";
import { refusalOf } from "./refusal.ts";

/** A drawing hand or a typing one rests this long before the server is asked. */
const REST_MS = 250;

/** Asks the server what the draft would do whenever it rests; gives the function that ends it. */
export function previews(work: Work, place: HTMLElement, told: (outcome: Outcome | null) => void): () => void {
  let asking = new AbortController();
  let timer = 0;
  const ask = async (draft: Draft): Promise<void> => {
    const { signal } = asking;
    const answer = await answerTo(draft, work, signal);
    if (signal.aborted) return;
    const focused = document.activeElement?.getAttribute("data-code");
    put(place, answer.told);
    told(answer.outcome);
    if (focused) place.querySelector<HTMLElement>(`[data-code="${focused}"]`)?.focus();
  };
  const changed = (draft: Draft): void => {
    asking.abort();
    asking = new AbortController();
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(draft), REST_MS);
  };
  const end = work.draft.watch(changed);
  void ask(work.draft.get());
  return () => {
    end();
    clearTimeout(timer);
    asking.abort();
  };
}

interface Answer {
  readonly told: Child;
  readonly outcome: Outcome | null;
}

async function answerTo(draft: Draft, work: Work, signal: AbortSignal): Promise<Answer> {
  const body = bodyOf(draft, work.taker.get());
  if (!body) return { told: note(t(`change.missing.${draft.kind}`)), outcome: null };
  try {
    const outcome = await preview(body, signal);
    return { told: outcomeOf(outcome, work), outcome };
  } catch (error) {
    if (signal.aborted) return { told: null, outcome: null };
    if (!(error instanceof Problem)) throw error;
    return { told: refusalOf(error, work), outcome: null };
  }
}
