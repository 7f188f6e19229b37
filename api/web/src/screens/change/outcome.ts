/** What a change would do: what stands against it, areas before and after, new numbers, rights. */
import type { AreaRow, Notice, Outcome } from "../../api/changes.ts";
import { area } from "../../core/format.ts";
import { named, t, told } from "../../core/i18n.ts";
import { type Child, h } from "../../ui/dom.ts";
import { block, type Column, note, table } from "../../ui/facts.ts";
import type { Work } from "./desk.ts";

/** Gives the preview; an acknowledged warning goes into the draft. */
export function outcomeOf(outcome: Outcome, work: Work): Child {
  return [
    outcome.notices.length === 0 ? note(t("change.no_notices"), "good") : null,
    outcome.notices.filter((one) => one.severity !== "warning").map((one) => note(words(one), kindOf(one))),
    warnings(outcome.notices).map((group) => warning(group, work)),
    outcome.areas.length > 0 ? areas(outcome.areas) : null,
    outcome.rights.length > 0 ? rights(outcome) : null,
  ];
}

function kindOf(notice: Notice): "error" | "info" {
  return notice.severity === "error" ? "error" : "info";
}

function words(notice: Notice): string {
  return `${told(notice.message)} (${notice.code})`;
}

/** Gives the warnings by code: each is acknowledged by name, once. */
function warnings(notices: readonly Notice[]): Notice[][] {
  const codes = new Map<string, Notice[]>();
  for (const one of notices) {
    if (one.severity === "warning") codes.set(one.code, [...(codes.get(one.code) ?? []), one]);
  }
  return [...codes.values()];
}

function warning(group: readonly Notice[], { draft, edit }: Work): HTMLElement {
  const code = group[0]?.code ?? "";
  const isAccepted = draft.get().acknowledge.includes(code);
  const input = h("input", { type: "checkbox", checked: isAccepted, "data-code": code });
  input.addEventListener("change", () => {
    const others = draft.get().acknowledge.filter((one) => one !== code);
    edit({ acknowledge: input.checked ? [...others, code] : others });
  });
  const messages = h(
    "ul",
    { class: "plain-list" },
    group.map((one) => h("li", null, told(one.message))),
  );
  return note([messages, h("label", { class: "option" }, input, t("change.acknowledge", { code }))], "warning");
}

interface AreaLine {
  readonly when: string;
  readonly number: string;
  readonly legal: number | null;
  readonly computed: number | null;
}

const COLUMNS: readonly Column<AreaLine>[] = [
  { title: t("change.when"), cell: (line) => line.when },
  { title: t("parcel.short"), cell: (line) => h("b", null, line.number) },
  { title: t("area.legal"), cell: (line) => area(line.legal), isNumber: true },
  { title: t("area.computed"), cell: (line) => area(line.computed, 2), isNumber: true },
];

function areas(rows: readonly AreaRow[]): HTMLElement {
  const side = (when: string, legal: keyof AreaRow, computed: keyof AreaRow): AreaLine[] => {
    const lines = rows
      .filter((row) => row[computed] !== null)
      .map((row) => ({
        when,
        number: row.number,
        legal: row[legal] as number | null,
        computed: row[computed] as number | null,
      }));
    return lines.length > 1 ? [...lines, total(when, lines)] : lines;
  };
  const lines = [
    ...side(t("repairs.before"), "legal_before_m2", "before_m2"),
    ...side(t("repairs.after"), "legal_after_m2", "after_m2"),
  ];
  return block(t("change.areas"), table(t("change.areas"), COLUMNS, lines));
}

function total(when: string, lines: readonly AreaLine[]): AreaLine {
  const sum = (of: "legal" | "computed"): number | null =>
    lines.every((line) => line[of] !== null) ? lines.reduce((all, line) => all + (line[of] ?? 0), 0) : null;
  return { when, number: t("change.total"), legal: sum("legal"), computed: sum("computed") };
}

function rights(outcome: Outcome): HTMLElement {
  const lines = outcome.rights.map((right) => {
    const what = named(`right.${right.what}`, named(`change.what.${right.what}`, right.what));
    const action = named(`change.action.${right.action}`, right.action);
    return h("li", null, h("b", null, what), `: ${action} `, h("span", { class: "muted" }, right.on.join(", ")));
  });
  return block(t("change.rights"), h("ul", { class: "plain-list" }, lines));
}
