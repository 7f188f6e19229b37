/** Why the server would not, in words that say what to do. */
import type { Problem } from "../../api/client.ts";
import { named, t } from "../../core/i18n.ts";
import { button } from "../../ui/button.ts";
import { explain } from "../../ui/explain.ts";
import { note } from "../../ui/facts.ts";
import { toastProblem } from "../../ui/toast.ts";
import type { Work } from "./desk.ts";

/** Gives the refusal; where somebody else was faster, with the way to go on. */
export function refusalOf(problem: Problem, work: Work): HTMLElement {
  if (problem.status === 412 || problem.status === 404) {
    const again = button(t("change.look_again"), () => void work.lookAgain().catch(toastProblem));
    return note([t("change.stale"), " ", again], "warning");
  }
  if (problem.status === 0 || problem.status >= 500)
    return note([explain(problem), " ", t("change.safe_again")], "error");
  const terms = problem.faults.map((fault) => named(`change.fault.${fault.reason}`, "")).filter(Boolean);
  return note(terms.join(" ") || explain(problem), terms.length > 0 ? "info" : "error");
}
