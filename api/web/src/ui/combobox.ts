/** Suggestions under a text field, after the ARIA combobox pattern: arrows move, Enter takes, Esc closes. */
import { type Child, h, put } from "./dom.ts";

export interface Suggestion<T> {
  readonly value: T;
  readonly content: Child;
}

export interface ComboOptions<T> {
  readonly label: string;
  /** Gives suggestions for a text; asked at most once per pause in typing, and dropped when the text went on. */
  readonly source: (text: string, signal: AbortSignal) => Promise<readonly Suggestion<T>[]>;
  readonly choose: (value: T) => void;
  /** Esc with nothing open. */
  readonly cancel?: () => void;
}

const PAUSE_MS = 140;
let counted = 0;

/** Makes a text field suggest; gives the list, to be put right after the field, and a way to close it. */
export function combobox<T>(input: HTMLInputElement, options: ComboOptions<T>): { list: HTMLElement; close(): void } {
  const id = `list-${++counted}`;
  const list = h("ul", { id, class: "suggestions", role: "listbox", "aria-label": options.label, hidden: true });
  let offered: readonly Suggestion<T>[] = [];
  let active = -1;
  let pause = 0;
  let asking = new AbortController();
  const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  input.autocomplete = "off";

  function close(): void {
    clearTimeout(pause);
    asking.abort();
    offer([]);
  }

  function offer(entries: readonly Suggestion<T>[]): void {
    offered = entries;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", String(entries.length > 0));
    list.hidden = entries.length === 0;
    put(list, entries.map(entryAt));
  }

  function entryAt(entry: Suggestion<T>, index: number): HTMLElement {
    // A press must not take the focus out of the field, or the list closes before the click arrives.
    const hold = (event: Event): void => event.preventDefault();
    const on = { mousedown: hold, click: () => take(index) };
    return h("li", { id: `${id}-${index}`, role: "option", "aria-selected": "false", on }, entry.content);
  }

  function move(step: number): void {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = active < 0 ? (step > 0 ? 0 : offered.length - 1) : (active + step + offered.length) % offered.length;
    const chosen = list.children[active];
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${id}-${active}`);
  }

  function take(index: number): void {
    const entry = offered[index];
    close();
    if (entry) options.choose(entry.value);
  }

  async function suggest(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const entries = await options.source(input.value.trim(), signal).catch(() => []);
    if (!signal.aborted && document.activeElement === input) offer(entries);
  }

  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => void suggest(), PAUSE_MS);
  });
  input.addEventListener("blur", close);
  const whenOpen: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => take(active),
    Escape: close,
  };
  input.addEventListener("keydown", (event) => {
    const isOpen = offered.length > 0 && (event.key !== "Enter" || active >= 0);
    const act = isOpen ? whenOpen[event.key] : event.key === "Escape" ? options.cancel : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  });
  return { list, close };
}
