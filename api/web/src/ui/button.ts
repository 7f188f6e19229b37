import { h } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";

export interface ButtonOptions {
  readonly icon?: IconName;
  /** `main` for the one expected action, `quiet` for those of a toolbar, `danger` for what cannot be taken back. */
  readonly look?: "main" | "plain" | "quiet" | "danger";
  readonly class?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly type?: "button" | "submit";
}

/** Gives a button with words. */
export function button(
  words: string,
  act: (event: MouseEvent) => void,
  options: ButtonOptions = {},
): HTMLButtonElement {
  return h(
    "button",
    {
      type: options.type ?? "button",
      class: `button ${options.look ?? "plain"} ${options.class ?? ""}`,
      "aria-pressed": options.pressed === undefined ? null : String(options.pressed),
      disabled: options.disabled ?? false,
      on: { click: act },
    },
    options.icon ? icon(options.icon) : null,
    h("span", null, words),
  );
}

/** Gives a button that shows an icon only; its words are read out and shown on hover. */
export function iconButton(
  name: IconName,
  words: string,
  act: (event: MouseEvent) => void,
  options: ButtonOptions = {},
): HTMLButtonElement {
  return h(
    "button",
    {
      type: "button",
      class: `button quiet icon-only ${options.class ?? ""}`,
      title: words,
      "aria-label": words,
      "aria-pressed": options.pressed === undefined ? null : String(options.pressed),
      disabled: options.disabled ?? false,
      on: { click: act },
    },
    icon(name),
  );
}
