/** What a clerk or an analyst may decide about a finding: accept it as it is, hand it on, remark on it. */
import { Problem, post } from "../../api/client.ts";
import type { FindingDetail } from "../../api/findings.ts";
import { todayIso } from "../../core/format.ts";
import { t, type WordKey } from "../../core/i18n.ts";
import { button } from "../../ui/button.ts";
import { openDialog } from "../../ui/dialog.ts";
import { type Child, h, put } from "../../ui/dom.ts";
import { explain } from "../../ui/explain.ts";
import { note } from "../../ui/facts.ts";
import { field, textArea, whenSent } from "../../ui/form.ts";
import { toast } from "../../ui/toast.ts";

type Typed = Readonly<Record<string, string>>;

interface Decision {
  readonly path: string;
  readonly title: WordKey;
  readonly fields: () => readonly Child[];
  readonly body: (typed: Typed) => unknown;
}

/** Gives the buttons; `again` is called once a decision is stored. */
export function decisions({ finding }: FindingDetail, again: () => void): HTMLElement {
  const buttons: HTMLElement[] = [];
  const offer = (decision: Decision, look: "main" | "plain"): void => {
    const open = (): void => ask(`/findings/${finding.finding_id}/${decision.path}`, decision, again);
    buttons.push(button(t(`findings.${decision.path}` as WordKey), open, { look }));
  };
  if (finding.state === "accepted") offer(REVOKE, "plain");
  else if (finding.state !== "fixed") offer(ACCEPT, "plain");
  offer(assignment(finding.assigned_to), "plain");
  offer(COMMENT, "plain");
  return h("div", { class: "row" }, buttons);
}

/** Opens a form, sends what was typed and tells how it went: also for repairs. */
export function ask(path: string, decision: Decision, done: () => void): void {
  const fault = h("div", { "aria-live": "polite" });
  const form = h(
    "form",
    { class: "stack" },
    decision.fields(),
    fault,
    button(t(decision.title), () => {}, { look: "main", type: "submit" }),
  );
  const dialog = openDialog(t(decision.title), form);
  whenSent(form, async (typed) => {
    try {
      await post(path, { body: decision.body(typed) });
      dialog.close();
      toast(t("findings.done"), "good");
      done();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(fault, note(explain(error), "error"));
    }
  });
}

const ACCEPT: Decision = {
  path: "accept",
  title: "findings.accept_title",
  fields: () => [
    note(t("findings.accept_hint")),
    textArea("reason", t("findings.reason"), { required: true, minlength: 10, maxlength: 1000 }).element,
    field("until", t("findings.until"), { type: "date", min: todayIso() }).element,
  ],
  body: (typed) => ({ reason: typed.reason, until: typed.until ?? null }),
};

const REVOKE: Decision = {
  path: "revoke",
  title: "findings.revoke",
  fields: () => [textArea("note", t("findings.reason"), { maxlength: 1000 }).element],
  body: (typed) => ({ note: typed.note ?? null }),
};

const COMMENT: Decision = {
  path: "comment",
  title: "findings.comment",
  fields: () => [textArea("text", t("findings.comment_text"), { required: true, maxlength: 1000 }).element],
  body: (typed) => ({ text: typed.text }),
};

function assignment(now: string | null): Decision {
  return {
    path: "assign",
    title: "findings.assign",
    fields: () => [field("to", t("findings.assign_to"), { value: now ?? "", maxlength: 100 }).element],
    body: (typed) => ({ to: typed.to ?? null }),
  };
}
