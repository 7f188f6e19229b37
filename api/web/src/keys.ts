/** Keys that work everywhere; what is open registers here how Esc closes it. */
import { t } from "./core/i18n.ts";
import { openDialog } from "./ui/dialog.ts";
import { h } from "./ui/dom.ts";

const LISTED = [
  ["/", "keys.search"],
  ["↑ ↓", "keys.move"],
  ["Enter", "keys.open"],
  ["Esc", "keys.close"],
  ["← →", "keys.tabs"],
  ["M", "keys.measure"],
  ["?", "keys.help"],
] as const;

/** Things that Esc closes, the innermost last; each tells whether it was open. */
const closers: (() => boolean)[] = [];
const actions = new Map<string, () => void>();

/** Lets Esc close something; what was registered later is asked first. */
export function onEscape(close: () => boolean): void {
  closers.push(close);
}

/** Lets a single key do something, when nobody is typing. */
export function onKey(key: string, act: () => void): void {
  actions.set(key, act);
}

/** Listens for keys on the whole page. */
export function installKeys(): void {
  onKey("?", showKeys);
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") closeInnermost();
    else if (!isTyping(event.target)) actOn(event);
  });
}

/** Shows what the keys do. */
export function showKeys(): void {
  const rows = LISTED.map(([key, words]) =>
    h("div", null, h("dt", null, h("kbd", null, key)), h("dd", null, t(words))),
  );
  openDialog(t("menu.keys"), h("dl", { class: "keys" }, rows));
}

function closeInnermost(): void {
  for (const close of [...closers].reverse()) if (close()) return;
}

function actOn(event: KeyboardEvent): void {
  const act = actions.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (!act) return;
  event.preventDefault();
  act();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
