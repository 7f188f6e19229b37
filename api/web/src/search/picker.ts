/** Chooses the commune, by its present or a former name. */
import { get } from "../api/client.ts";
import type { Commune } from "../api/types.ts";
import { communeName } from "../core/format.ts";
import { t, told } from "../core/i18n.ts";
import { button } from "../ui/button.ts";
import { combobox, type Suggestion } from "../ui/combobox.ts";
import { h, put } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { suggestions } from "./asking.ts";
import { chooseCommune, chosenCommune } from "./commune.ts";

/** Gives the button that shows the chosen commune and opens the choice. */
export function communePicker(): HTMLElement {
  const name = h("span", { class: "picker-name" });
  const input = h("input", {
    type: "text",
    "aria-label": t("commune.find"),
    placeholder: t("commune.find"),
    maxlength: 80,
  });
  const details = h("details", { class: "menu picker" });
  const shut = (): void => {
    details.open = false;
    details.querySelector("summary")?.focus();
  };
  const choose = (code: string | null): void => {
    input.value = "";
    shut();
    chooseCommune(code);
  };
  const combo = combobox<string>(input, { label: t("commune.found"), source: find, choose, cancel: shut });
  details.append(
    h("summary", { class: "button quiet" }, icon("locate"), name, icon("chevron")),
    h(
      "div",
      { class: "menu-content" },
      input,
      combo.list,
      button(t("commune.all"), () => choose(null), { look: "quiet" }),
    ),
  );
  details.addEventListener("toggle", () => {
    if (details.open) input.focus();
  });
  document.addEventListener("click", (event) => {
    if (!details.contains(event.target as Node)) details.open = false;
  });
  const show = (): void => {
    const commune = chosenCommune.get();
    put(name, commune ? communeName(commune) : t("commune.all"));
    details.querySelector("summary")?.setAttribute("title", t("commune.label"));
  };
  chosenCommune.watch(show);
  show();
  return details;
}

async function find(text: string, signal: AbortSignal): Promise<readonly Suggestion<string>[]> {
  if (text.length < 2) return [];
  if (/^\d{1,5}$/.test(text)) return byCode(text, signal);
  const entries = await suggestions(text, null, signal);
  const communes = entries.filter((entry) => entry.kind === "COMMUNE");
  return communes.map((entry) => ({ value: entry.commune.code, content: told(entry.text) }));
}

async function byCode(code: string, signal: AbortSignal): Promise<readonly Suggestion<string>[]> {
  const commune = await get<Commune>(`/communes/${code}`, { signal });
  return [{ value: commune.code, content: `${communeName(commune)} (${commune.code})` }];
}
