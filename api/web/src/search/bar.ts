/** The one search box, with the commune that it is about in front of it. */

import { t, told } from "../core/i18n.ts";
import { go } from "../core/router.ts";
import { onKey } from "../keys.ts";
import { iconButton } from "../ui/button.ts";
import { combobox, type Suggestion } from "../ui/combobox.ts";
import { h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { openAdvanced } from "./advanced.ts";
import { isPersonalNumber, type Suggestion as Offered, suggestions } from "./asking.ts";
import { chooseCommune, chosenCommune, followCommune } from "./commune.ts";
import { communePicker } from "./picker.ts";
import { clear, outcome, run, typed } from "./state.ts";

/** Gives the bar. */
export function searchBar(): HTMLElement {
  followCommune();
  const input = h("input", {
    type: "search",
    name: "q",
    class: "search-input",
    "aria-label": t("search.label"),
    placeholder: t("search.placeholder"),
    spellcheck: "false",
    enterkeyhint: "search",
    maxlength: 300,
  });
  const combo = combobox<Offered>(input, {
    label: t("search.suggestions"),
    source: suggest,
    choose: (entry) => take(entry, input),
    cancel: () => {
      if (input.value === "") input.blur();
      else clear();
    },
  });
  const form = h("form", { class: "search-field" }, icon("search"), input, combo.list);
  const bar = h(
    "div",
    { role: "search", class: "search" },
    communePicker(),
    form,
    iconButton("settings", t("search.advanced"), openAdvanced, { class: "advanced" }),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    combo.close();
    void run(input.value.trim());
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && combo.list.hidden) focusFirstHit(event);
  });
  typed.watch((text) => {
    if (input.value.trim() !== text) input.value = text;
  });
  onKey("/", () => {
    input.focus();
    input.select();
  });
  return bar;
}

async function suggest(text: string, signal: AbortSignal): Promise<readonly Suggestion<Offered>[]> {
  if (text.length < 2 || isPersonalNumber(text)) return [];
  const entries = await suggestions(text, chosenCommune.get()?.code ?? null, signal);
  return entries.map((entry) => ({
    value: entry,
    content: [icon(entry.kind === "COMMUNE" ? "locate" : "layers"), h("span", null, told(entry.text))],
  }));
}

function take(entry: Offered, input: HTMLInputElement): void {
  if (entry.parcel_id) {
    go({ screen: "search", parcelId: entry.parcel_id });
    return;
  }
  if (entry.kind === "COMMUNE") {
    chooseCommune(entry.commune.code);
    clear();
    return;
  }
  input.value = entry.q;
  void run(entry.q);
}

function focusFirstHit(event: KeyboardEvent): void {
  if (outcome.get().state !== "answered") return;
  const first = document.querySelector<HTMLElement>(".hits [data-hit]");
  if (!first) return;
  event.preventDefault();
  first.focus();
}
