import type { Problem } from "../api/client.ts";
import { t, type WordKey } from "../core/i18n.ts";
import { session, sessionEnded } from "../core/session.ts";

const TOLD: readonly string[] = ["offline", "unauthenticated", "forbidden", "not-found", "unavailable", "rate-limited"];

/** Gives the words for a refusal: the server's own where it has them, else ours; unforeseen ones with their id. */
export function explain(problem: Problem): string {
  const own = problem.faults.map((fault) => fault.message).filter(Boolean);
  if (own.length > 0) return own.join(" ");
  if (problem.status === 401 && session.get().role !== "public") {
    sessionEnded();
    return t("session.ended");
  }
  if (problem.status === 429) return t("problem.rate-limited");
  if (TOLD.includes(problem.kind)) return t(`problem.${problem.kind}` as WordKey);
  if (problem.kind === "invalid-request") return t("problem.invalid-request", { detail: detail(problem) });
  if (problem.status >= 500) return t("problem.other", { id: problem.requestId ?? problem.status });
  return [problem.reason, problem.remedy].filter(Boolean).join(": ") || t("problem.other", { id: problem.status });
}

function detail(problem: Problem): string {
  return problem.faults.map((fault) => `${fault.field.replace(/^\w+\./, "")} (${fault.reason})`).join(", ");
}
