/** Words in the chosen language: Vietnamese unless the reader asked for English. */
import { words } from "../i18n/words.ts";
import { keep, recall } from "./memory.ts";

export type Language = "vi" | "en";
export type WordKey = keyof typeof words;

export const language: Language = recall<string>("language", "vi") === "en" ? "en" : "vi";

/** Gives the words of a key; `{name}` in them is replaced by the value of that name. */
export function t(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(words[key], values);
}

/** Gives the words of a key that was put together, such as `right.MORTGAGE`; without words, `otherwise`. */
export function named(key: string, otherwise: string): string {
  const pair = (words as Readonly<Record<string, readonly [string, string]>>)[key];
  return pair ? filled(pair, {}) : otherwise;
}

/** Gives the chosen language's part of a text that the server gives in both. */
export function told(text: Readonly<Record<string, string>> | null | undefined): string {
  return text?.[language] ?? text?.vi ?? text?.en ?? "";
}

/** Changes the language; the page is drawn anew, at the same place. */
export function choose(wanted: Language): void {
  keep("language", wanted);
  location.reload();
}

function filled(pair: readonly [string, string], values: Readonly<Record<string, string | number>>): string {
  const text = pair[language === "vi" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
