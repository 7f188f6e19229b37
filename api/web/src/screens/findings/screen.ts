/** The analyst's desk: what the rules found, the worst first, beside the map; one of them in full. */
import { get } from "../../api/client.ts";
import type { FindingList, ListedFinding } from "../../api/findings.ts";
import { t } from "../../core/i18n.ts";
import { go, type Place } from "../../core/router.ts";
import { withMap } from "../../map/mount.ts";
import { button } from "../../ui/button.ts";
import { h, put } from "../../ui/dom.ts";
import { note } from "../../ui/facts.ts";
import { toastProblem } from "../../ui/toast.ts";
import type { ScreenView } from "../screen.ts";
import { findingDetail } from "./detail.ts";
import { findingFilters } from "./filters.ts";
import { findingLine } from "./line.ts";
import { drawFindings, FAULTS } from "./on-map.ts";
import { progressOf } from "./trend.ts";

const PAGE = 50;
/** Parameters of the address that choose findings. */
const CHOOSING = ["commune", "family", "severity", "state", "sheet"] as const;

/** Opens the list, or the finding that the address names. */
export function openFindings(place: Place): ScreenView {
  const element = h("div", { class: "padded findings-screen" });
  let shown = "";
  const show = (at: Place): void => {
    const key = JSON.stringify([at.params.finding ?? null, ...CHOOSING.map((name) => at.params[name])]);
    if (key === shown) return;
    shown = key;
    if (at.params.finding) put(element, oneFinding(Number(at.params.finding)));
    else put(element, list(at));
  };
  show(place);
  return { element, changed: show, leave: () => withMap((desk) => desk.draw(FAULTS, [])) };
}

function oneFinding(findingId: number): HTMLElement {
  const back = (): void => go({ params: { finding: null } });
  return h(
    "div",
    { class: "stack" },
    h("h1", { class: "unseen" }, t("nav.findings")),
    button(t("findings.back"), back, { look: "quiet", class: "back" }),
    findingDetail(findingId),
  );
}

function list(at: Place): HTMLElement {
  const status = h("p", { class: "status", role: "status" }, t("state.loading"));
  const entries = h("ol", { class: "hits finding-list" });
  const more = h("div", null);
  void fill(at, status, entries, more).catch(toastProblem);
  return h(
    "div",
    { class: "stack" },
    h("h1", null, t("nav.findings")),
    at.params.commune ? progressOf(at.params.commune) : note(t("findings.choose")),
    findingFilters(at.params),
    status,
    entries,
    more,
  );
}

async function fill(at: Place, status: HTMLElement, entries: HTMLElement, more: HTMLElement): Promise<void> {
  const seen: ListedFinding[] = [];
  const load = async (after: string | null): Promise<void> => {
    const { commune, family, severity, state, sheet } = at.params;
    const query = { commune, rule: family, severity, state, sheet, after, limit: PAGE };
    const page = await get<FindingList>("/findings", { query });
    seen.push(...page.findings);
    entries.append(...page.findings.map(findingLine));
    const isWhole = page.next === null;
    const words = isWhole ? "findings.shown" : "findings.shown_more";
    put(status, seen.length === 0 ? t("findings.none") : t(words, { count: seen.length }));
    put(more, isWhole ? null : button(t("action.more"), () => void load(page.next).catch(toastProblem)));
    drawFindings(seen);
  };
  await load(null);
}
