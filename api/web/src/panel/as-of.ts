/** "As it stood on": the day that the panel is about. */
import { day, todayIso } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { go } from "../core/router.ts";
import { button } from "../ui/button.ts";
import { h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";

/** Gives the choice of the day, and says loudly when it is not today. */
export function asOfControl(on: string | null): HTMLElement {
  const input = h("input", { type: "date", id: "as-of", max: todayIso(), min: "1900-01-01", value: on ?? "" });
  input.addEventListener("change", () => {
    if (input.value === "" || input.validity.valid) go({ params: { on: input.value || null } });
  });
  const back = on ? button(t("as_of.now"), () => go({ params: { on: null } }), { look: "plain" }) : null;
  const words = h("label", { for: "as-of" }, icon("history"), t("as_of.label"));
  return h(
    "div",
    { class: on ? "as-of past" : "as-of" },
    words,
    input,
    back,
    on ? h("strong", { class: "as-of-words" }, t("as_of.past", { day: day(on) })) : null,
  );
}
