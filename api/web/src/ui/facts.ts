/** Small shapes that many parts show: pairs of name and value, tables, notes, waiting. */

import { Problem } from "../api/client.ts";
import { t } from "../core/i18n.ts";
import { button } from "./button.ts";
import { type Child, h, put } from "./dom.ts";
import { explain } from "./explain.ts";
import { type IconName, icon } from "./icons.ts";

export type Fact = readonly [name: string, value: Child];

/** Gives a list of names and values; those without a value are left out. */
export function facts(entries: readonly Fact[]): HTMLElement {
  const told = entries.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  return h(
    "dl",
    { class: "facts" },
    told.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value))),
  );
}

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => Child;
  readonly isNumber?: boolean;
}

/** Gives a table; its caption is read out, and shown only when asked for. */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  options: { readonly showsCaption?: boolean } = {},
): HTMLElement {
  const look = (column: Column<T>): string | null => (column.isNumber ? "number" : null);
  const head = columns.map((column) => h("th", { scope: "col", class: look(column) }, column.title));
  const body = rows.map((row) =>
    h(
      "tr",
      null,
      columns.map((column) => h("td", { class: look(column) }, column.cell(row))),
    ),
  );
  return h(
    "div",
    { class: "table-scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", { class: options.showsCaption ? null : "unseen" }, caption),
      h("thead", null, h("tr", null, head)),
      h("tbody", null, body),
    ),
  );
}

/** Gives a block with a heading. */
export function block(title: string, ...content: readonly Child[]): HTMLElement {
  return h("section", { class: "block" }, h("h3", null, title), content);
}

/** Gives a remark beside its icon. */
export function note(message: Child, kind: "info" | "warning" | "error" | "good" = "info"): HTMLElement {
  const name: IconName = { info: "info", warning: "alert", error: "alert", good: "check" }[kind] as IconName;
  return h("div", { class: `note ${kind}` }, icon(name), h("div", null, message));
}

/** Gives an element that shows waiting, then what `load` gives, or why it failed with a button to try again. */
export function loaded(load: () => Promise<Child>): HTMLElement {
  const place = h("div", { class: "loaded" });
  const attempt = async (): Promise<void> => {
    put(place, h("p", { class: "waiting", role: "status" }, t("state.loading")));
    try {
      put(place, await load());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(
        place,
        note(explain(error), "error"),
        button(t("action.retry"), () => void attempt()),
      );
    }
  };
  void attempt();
  return place;
}
