/** What can be typed, as examples to try: shown while nothing was searched. */
import { t, type WordKey } from "../core/i18n.ts";
import { h } from "../ui/dom.ts";
import { typed } from "./state.ts";

const EXAMPLES: readonly (readonly [WordKey, string])[] = [
  ["welcome.number", "tờ 1 thửa 12"],
  ["welcome.short", "1/12"],
  ["welcome.old", "tờ cũ 7 thửa 15"],
  ["welcome.certificate", "XA 010001"],
  ["welcome.coordinates", "2368920.5 558401.2"],
  ["welcome.link", "https://www.google.com/maps/@21.4186,105.3129,18z"],
];

/** Gives the examples; clicking one puts it into the box. */
export function welcome(): HTMLElement {
  const entries = EXAMPLES.map(([words, text]) => {
    const use = (): void => {
      typed.set(text);
      document.querySelector<HTMLElement>(".search-input")?.focus();
    };
    return h(
      "li",
      null,
      h("span", null, t(words)),
      h("button", { type: "button", class: "example", on: { click: use } }, text),
    );
  });
  return h("section", { class: "welcome" }, h("h2", null, t("welcome.title")), h("ul", { class: "examples" }, entries));
}
