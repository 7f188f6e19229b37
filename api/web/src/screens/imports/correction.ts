/** Corrects how a file is read: what it does not say itself, and which column feeds which field. */
import { ask, Problem } from "../../api/client.ts";
import { t } from "../../core/i18n.ts";
import { button } from "../../ui/button.ts";
import { h, put } from "../../ui/dom.ts";
import { explain } from "../../ui/explain.ts";
import { note } from "../../ui/facts.ts";
import { choice, field, whenSent } from "../../ui/form.ts";
import type { Import } from "./import.ts";

/** What makes a parcel findable; these are offered even when nothing was recognised. */
const FIRST = ["commune_code", "sheet_no", "parcel_no"] as const;

/** Gives the form; `show` gets the file as it is read then. */
export function correction(one: Import, show: (one: Import) => void): HTMLElement {
  const fault = h("div", { "aria-live": "polite" });
  const form = h(
    "form",
    { class: "stack" },
    h(
      "div",
      { class: "filters" },
      [
        field("commune", t("import.commune"), { value: said(one, "commune"), pattern: "[0-9]{1,5}", maxlength: 5 }),
        field("sheet", t("import.sheet"), { value: said(one, "sheet"), maxlength: 20 }),
        field("crs", t("import.crs"), {
          value: said(one, "crs"),
          pattern: "[0-9]{4,5}",
          maxlength: 5,
          placeholder: "9208",
        }),
        field("document", t("import.document"), { value: said(one, "document"), maxlength: 200 }),
      ].map((made) => made.element),
    ),
    h("div", { class: "filters" }, columnsOf(one)),
    fault,
    button(t("import.apply"), () => {}, { type: "submit" }),
  );
  whenSent(form, async (typed) => {
    try {
      show((await ask<Import>("PUT", `/imports/${one.import_id}`, { body: told(one, typed) })).body);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(fault, note(explain(error), "error"));
    }
  });
  return h("details", { open: one.state === "REFUSED" }, h("summary", null, t("import.correct")), form);
}

function columnsOf(one: Import): HTMLElement[] {
  const layers = one.understood?.layers.filter((layer) => layer.noun !== null) ?? [];
  const columns = [...new Set(layers.flatMap((layer) => layer.columns))];
  if (columns.length === 0) return namesOf(one);
  const mapping = Object.assign({}, ...[...layers].reverse().map((layer) => layer.mapping)) as Record<string, string>;
  const fields = [...new Set([...FIRST, ...(one.understood?.fields ?? Object.keys(mapping))])];
  const entries = [["", t("import.no_column")] as const, ...columns.map((name) => [name, name] as const)];
  return fields.map((name) => choice(`column:${name}`, name, entries, { value: mapping[name] ?? "" }).element);
}

/** Of a file that could not be read no columns are known: they are named as the supplier's list has them. */
function namesOf(one: Import): HTMLElement[] {
  const given = (one.wanted.columns ?? {}) as Readonly<Record<string, string>>;
  return FIRST.map((name) => field(`column:${name}`, name, { value: given[name] ?? "", maxlength: 60 }).element);
}

function told(one: Import, typed: Readonly<Record<string, string>>): Record<string, unknown> {
  const columns = Object.entries(typed)
    .filter(([name]) => name.startsWith("column:"))
    .map(([name, column]) => [name.slice("column:".length), column]);
  return {
    commune: typed.commune ?? null,
    sheet: typed.sheet ?? null,
    crs: typed.crs ? Number(typed.crs) : null,
    document: typed.document ?? null,
    kind: one.wanted.kind ?? "auto",
    columns: Object.fromEntries(columns),
  };
}

function said(one: Import, name: string): string {
  const value = one.wanted[name];
  return value === null || value === undefined ? "" : String(value);
}
