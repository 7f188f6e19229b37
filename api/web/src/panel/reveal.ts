/** Shows a holder in clear, for a lawful purpose in a case; the server records who saw whom before it answers. */
import { get, Problem, post } from "../api/client.ts";
import type { Party } from "../api/types.ts";
import { number } from "../core/format.ts";
import { named, t, told } from "../core/i18n.ts";
import { button } from "../ui/button.ts";
import { openDialog } from "../ui/dialog.ts";
import { type Child, h, put } from "../ui/dom.ts";
import { explain } from "../ui/explain.ts";
import { facts, loaded, note } from "../ui/facts.ts";
import { choice, whenSent } from "../ui/form.ts";
import { caseField } from "../ui/reasons.ts";

interface Purpose {
  readonly code: string;
  readonly label: Readonly<Record<string, string>>;
  readonly legal_basis: string;
  readonly fields: readonly string[];
}

interface Revelation {
  readonly values: Readonly<Record<string, string | null>>;
  readonly withheld: readonly { readonly field: string }[];
  readonly quota: readonly { readonly scope: string; readonly left: number }[];
}

/** Clear values leave the screen by themselves. */
const SHOWN_MS = 60_000;

/** Opens the dialog about one holder. */
export function openReveal(party: Party): void {
  let hiding = 0;
  const content = loaded(async () => {
    const { purposes } = await get<{ purposes: readonly Purpose[] }>("/purposes");
    return asking(party, purposes, () => {
      clearTimeout(hiding);
      hiding = setTimeout(dialog.close, SHOWN_MS);
    });
  });
  const dialog = openDialog(t("reveal.title", { holder: party.name_masked }), content, () => clearTimeout(hiding));
}

function asking(party: Party, purposes: readonly Purpose[], shows: () => void): Child {
  const answer = h("div", { "aria-live": "polite" });
  const purpose = choice("purpose", t("field.purpose"), [
    ["", t("reveal.choose")],
    ...purposes.map((one) => [one.code, told(one.label)] as const),
  ]);
  purpose.input.required = true;
  const basis = h("small", { class: "muted" });
  const fields = h("fieldset", { class: "row" });
  const offer = (): void => {
    const chosen = purposes.find((one) => one.code === purpose.input.value);
    put(basis, chosen?.legal_basis ?? "");
    put(fields, h("legend", null, t("reveal.fields")), (chosen?.fields ?? ["name"]).map(fieldOption));
  };
  purpose.input.addEventListener("change", offer);
  offer();
  const send = button(t("reveal.send"), () => {}, { look: "main", type: "submit", icon: "eye" });
  const form = h(
    "form",
    { class: "stack" },
    note(t("reveal.why"), "warning"),
    h("div", null, purpose.element, basis),
    fields,
    caseField().element,
    send,
  );
  whenSent(form, async (typed) => {
    const body = { fields: new FormData(form).getAll("fields"), purpose: typed.purpose, case_ref: typed.case_ref };
    try {
      put(answer, shown(await post<Revelation>(`/parties/${party.party_id}/reveal`, { body })));
      shows();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(answer, note(refusal(error), "error"));
    }
  });
  return h("div", null, form, answer);
}

function fieldOption(name: string): HTMLElement {
  const input = h("input", { type: "checkbox", name: "fields", value: name, checked: name === "name" });
  return h("label", { class: "option" }, input, named(`reveal.${name}`, name));
}

function shown(revealed: Revelation): HTMLElement {
  const values = Object.entries(revealed.values).map(
    ([name, value]) => [named(`reveal.${name}`, name), value ?? t("reveal.not_recorded")] as const,
  );
  const withheld = revealed.withheld.map((one) => named(`reveal.${one.field}`, one.field)).join(", ");
  const left = Math.min(...revealed.quota.map((one) => one.left));
  return h(
    "div",
    { class: "revealed" },
    facts(values),
    withheld ? note(t("reveal.withheld", { fields: withheld }), "warning") : null,
    h(
      "p",
      { class: "muted" },
      t("reveal.recorded"),
      " ",
      Number.isFinite(left) ? t("reveal.left", { count: number(left) }) : null,
    ),
  );
}

function refusal(problem: Problem): string {
  const known = named(`reveal.refused.${problem.reason ?? problem.kind}`, "");
  if (known) return known;
  return problem.status === 403 || problem.status === 404 ? t("reveal.refused") : explain(problem);
}
