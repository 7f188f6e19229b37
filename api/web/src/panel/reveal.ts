/** Shows a holder in clear, for a stated purpose and case; the server records who saw whom before it answers. */
import { Problem, post } from "../api/client.ts";
import type { Party } from "../api/types.ts";
import { named, t, type WordKey } from "../core/i18n.ts";
import { button } from "../ui/button.ts";
import { openDialog } from "../ui/dialog.ts";
import { h, put } from "../ui/dom.ts";
import { explain } from "../ui/explain.ts";
import { facts, note } from "../ui/facts.ts";
import { whenSent } from "../ui/form.ts";
import { caseField, purposeField } from "../ui/reasons.ts";

const FIELDS = ["name", "citizen_id", "address"] as const;
/** Clear values leave the screen by themselves. */
const SHOWN_MS = 60_000;

/** Opens the dialog about one holder. */
export function openReveal(party: Party): void {
  const answer = h("div", { "aria-live": "polite" });
  const options = FIELDS.map((name) => {
    const input = h("input", { type: "checkbox", name: "fields", value: name, checked: name === "name" });
    return h("label", { class: "option" }, input, t(`reveal.${name}` as WordKey));
  });
  const form = h(
    "form",
    { class: "stack" },
    note(t("reveal.why"), "warning"),
    h("fieldset", { class: "row" }, h("legend", null, t("reveal.fields")), options),
    purposeField().element,
    caseField().element,
    button(t("reveal.send"), () => {}, { look: "main", type: "submit", icon: "eye" }),
  );
  let hiding = 0;
  const dialog = openDialog(t("reveal.title", { holder: party.name_masked }), h("div", null, form, answer), () =>
    clearTimeout(hiding),
  );
  whenSent(form, async (typed) => {
    const fields = new FormData(form).getAll("fields");
    const body = { fields, purpose: typed.purpose, case_ref: typed.case_ref };
    try {
      const revealed = await post<Record<string, unknown>>(`/parties/${party.party_id}/reveal`, { body });
      put(answer, shown(revealed));
      hiding = setTimeout(dialog.close, SHOWN_MS);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(answer, note(refusal(error), "error"));
    }
  });
}

function shown(revealed: Readonly<Record<string, unknown>>): HTMLElement {
  const values = (revealed.values ?? revealed) as Readonly<Record<string, unknown>>;
  const told = FIELDS.filter((name) => values[name]).map(
    (name) => [t(`reveal.${name}` as WordKey), String(values[name])] as const,
  );
  return h("div", { class: "revealed" }, facts(told), h("p", { class: "muted" }, t("reveal.recorded")));
}

function refusal(problem: Problem): string {
  const known = problem.reason ? named(`reveal.refused.${problem.reason}`, "") : "";
  return known || (problem.status === 403 ? t("reveal.refused") : explain(problem));
}
