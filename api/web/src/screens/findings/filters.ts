/** Which findings the list shows; every choice stands in the address, so a link shows the same list. */
import { t, type WordKey } from "../../core/i18n.ts";
import { go } from "../../core/router.ts";
import { h } from "../../ui/dom.ts";
import { choice, field } from "../../ui/form.ts";

const FAMILIES = ["GEO", "COV", "ADM", "IDN", "ARE", "TEN", "PER", "TXT", "HIS", "DOC"] as const;
const SEVERITIES = ["error", "warning", "info"] as const;
const STATES = ["open", "regressed", "accepted", "fixed"] as const;

/** Gives the form; a change goes to the address at once. */
export function findingFilters(params: Readonly<Record<string, string>>): HTMLElement {
  const any = ["", t("findings.any")] as const;
  const made = [
    choice("family", t("findings.family"), [any, ...pairs(FAMILIES, "family")], { value: params.family ?? "" }),
    choice("severity", t("findings.severity"), [any, ...pairs(SEVERITIES, "severity")], {
      value: params.severity ?? "",
    }),
    choice("state", t("findings.state"), [["", t("state.open")], ...pairs(STATES.slice(1), "state")], {
      value: params.state ?? "",
    }),
    field("sheet", t("findings.sheet"), { value: params.sheet ?? "", maxlength: 20, autocomplete: "off" }),
  ];
  const changed = (event: Event): void => {
    const input = event.target as HTMLInputElement | HTMLSelectElement;
    go({ params: { [input.name]: input.value.trim() || null } });
  };
  const kept = (event: Event): void => event.preventDefault();
  return h(
    "form",
    { class: "filters", on: { change: changed, submit: kept } },
    made.map((one) => one.element),
  );
}

function pairs(values: readonly string[], words: string): (readonly [string, string])[] {
  return values.map((value) => [value, t(`${words}.${value}` as WordKey)] as const);
}
