/** A citizen reads who looked at his or her data: which office, when, why and by which law. */
import { get } from "../api/client.ts";
import { moment } from "../core/format.ts";
import { named, t, told } from "../core/i18n.ts";
import { all, type Child, h } from "../ui/dom.ts";
import { loaded, note, table } from "../ui/facts.ts";
import type { ScreenView } from "./screen.ts";

interface Access {
  readonly at: string;
  readonly office: string | null;
  readonly role: string;
  readonly action: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
  readonly purpose: Readonly<Record<string, string>>;
  readonly case_ref: string;
  readonly legal_basis: string | null;
}

/** Opens the list, newest first. */
export function openAccesses(): ScreenView {
  const list = loaded(async () => drawn((await get<{ accesses: readonly Access[] }>("/me/accesses")).accesses));
  return { element: h("div", { class: "padded" }, h("h1", null, t("accesses.title")), list) };
}

function drawn(accesses: readonly Access[]): Child {
  if (accesses.length === 0) return note(t("accesses.none"));
  return table<Access>(
    t("accesses.title"),
    [
      { title: t("accesses.when"), cell: (one) => moment(one.at) },
      { title: t("accesses.office"), cell: (one) => all(one.office ?? named(`role.${one.role}`, one.role)) },
      { title: t("accesses.what"), cell: (one) => all(told(one.action), fieldsOf(one)) },
      { title: t("accesses.purpose"), cell: (one) => all(told(one.purpose), small(one.legal_basis)) },
      { title: t("accesses.case"), cell: (one) => one.case_ref },
    ],
    accesses,
  );
}

function fieldsOf(access: Access): Child {
  return small(access.fields.map((name) => named(`reveal.${name}`, name)).join(", "));
}

function small(words: string | null): Child {
  return words ? h("small", { class: "below muted" }, words) : null;
}
