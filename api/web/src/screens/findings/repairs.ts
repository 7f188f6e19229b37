/** Proposed repairs of a finding: before and after side by side, what each parcel gains or loses, and the decision. */
import { get, post } from "../../api/client.ts";
import type { ListedFinding, Proposal, ProposalDetail, ProposedChange } from "../../api/findings.ts";
import { area, fixed, length, NOTHING } from "../../core/format.ts";
import { t, told, type WordKey } from "../../core/i18n.ts";
import { may } from "../../core/session.ts";
import { button } from "../../ui/button.ts";
import { type Child, h, put } from "../../ui/dom.ts";
import { block, type Column, facts, loaded, note, table } from "../../ui/facts.ts";
import { textArea } from "../../ui/form.ts";
import { toast, toastProblem } from "../../ui/toast.ts";
import { ask } from "./decisions.ts";
import { showRepair } from "./on-map.ts";
import { sideBySide } from "./pictures.ts";

/** Gives the proposals of a finding, and the way to work some out; `again` is called once one is carried out. */
export function repairsOf(finding: ListedFinding, again: () => void): HTMLElement {
  const place = h("div", { class: "stack" });
  const path = `/communes/${finding.commune.code}/proposals`;
  const draw = (): void => {
    put(
      place,
      loaded(async () => {
        const query = { finding: finding.finding_id, alternatives: true };
        const open = await get<{ proposals: readonly Proposal[] }>(path, { query });
        const past = await get<{ proposals: readonly Proposal[] }>(path, { query: { ...query, state: "accepted" } });
        const known = [...open.proposals, ...past.proposals].sort((a, b) => a.rank - b.rank);
        if (known.length === 0) return nothingYet(path, finding, draw);
        return known.map((one, index) => proposal(one, finding, index === 0, again));
      }),
    );
  };
  draw();
  return block(t("repairs.title"), place);
}

interface Made {
  readonly proposals: number;
  readonly unsolved: readonly { readonly words: Readonly<Record<string, string>> }[];
}

function nothingYet(path: string, finding: ListedFinding, draw: () => void): Child {
  const answer = h("div", { "aria-live": "polite" });
  const workOut = async (): Promise<void> => {
    const body = { finding_id: finding.finding_id };
    const made = await post<Made>(path, { body });
    if (made.proposals > 0) draw();
    else
      put(
        answer,
        note(
          t("repairs.unsolved", { why: made.unsolved.map((one) => told(one.words)).join(" ") || NOTHING }),
          "warning",
        ),
      );
  };
  return [
    h("p", { class: "muted" }, t("repairs.none")),
    h(
      "div",
      { class: "row" },
      button(t("repairs.work_out"), () => void workOut().catch(toastProblem)),
    ),
    answer,
  ];
}

function proposal(one: Proposal, finding: ListedFinding, isFirst: boolean, again: () => void): HTMLElement {
  const content = h("div", { class: "stack" });
  const details = h(
    "details",
    { class: "paper repair" },
    h(
      "summary",
      null,
      h("b", null, told(one.title)),
      " ",
      one.rank === 1 ? h("span", { class: "chip" }, t("repairs.recommended")) : null,
    ),
    content,
  );
  const open = (): void => {
    if (!details.open || content.childElementCount > 0) return;
    put(
      content,
      loaded(async () => {
        const detail = await get<ProposalDetail>(`/proposals/${one.proposal_id}`);
        showRepair(detail.changes, finding);
        return inFull(detail, finding, again);
      }),
    );
  };
  details.addEventListener("toggle", open);
  details.open = isFirst;
  return details;
}

function inFull(detail: ProposalDetail, finding: ListedFinding, again: () => void): Child {
  const { proposal: one, changes } = detail;
  return [
    h("p", null, told(one.evidence)),
    one.is_acceptable ? note(t("repairs.holds"), "good") : note([t("repairs.needs"), failing(detail)], "warning"),
    sideBySide(changes, finding),
    table(t("repairs.title"), COLUMNS, changes),
    facts([
      [t("repairs.closes"), rules(detail.closes)],
      [t("repairs.opens"), rules(detail.opens)],
    ]),
    decide(one, again),
  ];
}

const COLUMNS: readonly Column<ProposedChange>[] = [
  { title: t("repairs.parcel"), cell: (change) => change.label },
  { title: t("repairs.before"), cell: (change) => area(change.area_before_m2, 2), isNumber: true },
  { title: t("repairs.after"), cell: (change) => area(change.area_after_m2, 2), isNumber: true },
  { title: t("repairs.change"), cell: gain, isNumber: true },
  { title: t("repairs.paper"), cell: (change) => area(change.paper_area_m2, 1), isNumber: true },
  { title: t("repairs.vertices"), cell: (change) => change.moves.length, isNumber: true },
  { title: t("repairs.farthest"), cell: (change) => length(change.max_move_m), isNumber: true },
  { title: t("repairs.accuracy"), cell: (change) => length(change.accuracy_m), isNumber: true },
];

function gain(change: ProposedChange): string {
  if (change.area_before_m2 === null || change.area_after_m2 === null) return NOTHING;
  const difference = change.area_after_m2 - change.area_before_m2;
  return `${difference > 0 ? "+" : difference < 0 ? "−" : ""}${fixed(Math.abs(difference), 2)} m²`;
}

function failing(detail: ProposalDetail): HTMLElement {
  return h(
    "ul",
    null,
    detail.conditions.filter((condition) => !condition.holds).map((condition) => h("li", null, told(condition.words))),
  );
}

function rules(touched: readonly { readonly rule_id: string }[]): string {
  return touched.map((one) => one.rule_id).join(", ") || t("repairs.nothing");
}

function decide(one: Proposal, again: () => void): Child {
  const path = `/proposals/${one.proposal_id}`;
  const reason = (words: WordKey, required: boolean) => () => [
    textArea("reason", t(words), { required, minlength: 10, maxlength: 500 }).element,
  ];
  const body = (typed: Readonly<Record<string, string>>): unknown => ({ reason: typed.reason ?? null });
  const act = (path_: string, title: WordKey, words: WordKey, required: boolean): void =>
    ask(path_, { path: "", title, fields: reason(words, required), body }, again);
  if (one.state === "accepted") {
    if (!may("register")) return null;
    return button(t("repairs.undo"), () => act(`${path}/undo`, "repairs.undo", "findings.reason", true));
  }
  const carryOut = async (): Promise<void> => {
    await post(`${path}/accept`, { body: { reason: null } });
    toast(t("repairs.carried_out"), "good");
    again();
  };
  const accept = (): void => {
    if (one.is_acceptable) void carryOut().catch(toastProblem);
    else act(`${path}/accept`, "repairs.accept", "repairs.accept_reason", true);
  };
  return h(
    "div",
    { class: "row" },
    may("register") ? button(t("repairs.accept"), accept, { look: "main", icon: "check" }) : null,
    button(t("repairs.refuse"), () => act(`${path}/refuse`, "repairs.refuse", "findings.reason", true)),
  );
}
