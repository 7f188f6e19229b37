/** Labelled fields, and a form that sends them. */
import { h } from "./dom.ts";

let counted = 0;

export interface FieldOptions {
  readonly type?: string;
  readonly value?: string;
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly inputmode?: string;
  readonly pattern?: string;
  readonly minlength?: number;
  readonly maxlength?: number;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly min?: string;
  readonly max?: string;
  readonly class?: string;
}

export interface Field<E extends HTMLElement> {
  readonly element: HTMLElement;
  readonly input: E;
}

/** Gives a text field with its label above and its hint below. */
export function field(name: string, label: string, options: FieldOptions = {}): Field<HTMLInputElement> {
  const { hint, class: wide, type = "text", required = false, ...rest } = options;
  const id = `field-${++counted}`;
  const input = h("input", { id, name, type, required, "aria-describedby": hint ? `${id}-hint` : null, ...rest });
  return { element: labelled(id, label, input, hint, wide), input };
}

/** Gives a choice among few; each entry is its value and its words. */
export function choice(
  name: string,
  label: string,
  entries: readonly (readonly [string, string])[],
  options: Pick<FieldOptions, "value" | "hint" | "class"> = {},
): Field<HTMLSelectElement> {
  const id = `field-${++counted}`;
  const made = entries.map(([value, words]) => h("option", { value, selected: value === options.value }, words));
  const input = h("select", { id, name, "aria-describedby": options.hint ? `${id}-hint` : null }, made);
  return { element: labelled(id, label, input, options.hint, options.class), input };
}

/** Gives a field for longer text. */
export function textArea(name: string, label: string, options: FieldOptions = {}): Field<HTMLTextAreaElement> {
  const { hint, class: wide, required = false, minlength, maxlength, value = "" } = options;
  const id = `field-${++counted}`;
  const described = hint ? `${id}-hint` : null;
  const input = h(
    "textarea",
    { id, name, rows: 3, required, minlength, maxlength, "aria-describedby": described },
    value,
  );
  return { element: labelled(id, label, input, hint, wide), input };
}

/** Gives what was typed into a form, trimmed, without empty fields. */
export function values(form: HTMLFormElement): Record<string, string> {
  const typed = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()] as const);
  return Object.fromEntries(typed.filter(([, value]) => value !== ""));
}

/** Calls `send` when the form is complete; its button waits meanwhile, so nothing is sent twice. */
export function whenSent(form: HTMLFormElement, send: (typed: Record<string, string>) => Promise<void>): void {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sender = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (sender) sender.disabled = true;
    try {
      await send(values(form));
    } finally {
      if (sender) sender.disabled = false;
    }
  });
}

function labelled(id: string, label: string, input: HTMLElement, hint?: string, wide = ""): HTMLElement {
  return h(
    "div",
    { class: `field ${wide}` },
    h("label", { for: id }, label),
    input,
    hint ? h("small", { id: `${id}-hint` }, hint) : null,
  );
}
