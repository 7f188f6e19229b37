/** The parcel beside the map: what it is, who holds it, which papers, what became of it, what is wrong. */
import { get, Problem } from "../api/client.ts";
import type { Parcel, ParcelAnswer } from "../api/types.ts";
import { day, moment, NOTHING } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { go, type Place, parseNumberAddress, place } from "../core/router.ts";
import { session } from "../core/session.ts";
import { onEscape } from "../keys.ts";
import { rememberParcel } from "../search/recent.ts";
import { button, iconButton } from "../ui/button.ts";
import { all, h, put } from "../ui/dom.ts";
import { explain } from "../ui/explain.ts";
import { note } from "../ui/facts.ts";
import { grabber } from "../ui/grabber.ts";
import { tabs } from "../ui/tabs.ts";
import { panelActions } from "./actions.ts";
import { PANEL_TABS } from "./all-tabs.ts";
import { asOfControl } from "./as-of.ts";
import { historyOf } from "./history.ts";
import { shownParcel } from "./shown.ts";

let asking = new AbortController();

/** Lets the panel follow the address. */
export function mountPanel(panel: HTMLElement, shell: HTMLElement): void {
  const content = h("div", { class: "sheet-content", id: "panel-content" });
  panel.append(grabber(), content);
  let shown = "";
  const follow = (at: Place): void => {
    const wanted = `${at.parcelId}|${at.params.on ?? ""}`;
    panel.hidden = at.parcelId === null;
    shell.classList.toggle("with-panel", at.parcelId !== null);
    if (wanted === shown) return;
    shown = wanted;
    if (at.parcelId === null) shownParcel.set(null);
    else void show(content, at.parcelId, at.params.on ?? null);
  };
  place.watch(follow);
  session.watch(() => {
    shown = "";
    follow(place.get());
  });
  follow(place.get());
  onEscape(() => {
    if (place.get().parcelId === null) return false;
    close();
    return true;
  });
  void openNumberAddress();
}

/** Reads the shown parcel again, after something changed it. */
export function refreshPanel(): void {
  const content = document.getElementById("panel-content");
  const at = place.get();
  if (content && at.parcelId !== null) void show(content, at.parcelId, at.params.on ?? null);
}

function close(): void {
  const was = place.get().parcelId;
  go({ parcelId: null, params: { on: null, tab: null } });
  document.querySelector<HTMLElement>(`[data-hit="${was}"]`)?.focus();
}

/** Turns `/p/{commune}/{sheet}/{parcel}` into the permalink of the parcel that has the number now. */
async function openNumberAddress(): Promise<void> {
  const asked = parseNumberAddress(location.pathname);
  if (!asked) return;
  const answer = await get<ParcelAnswer>("/parcels", { query: { ...asked } }).catch(() => null);
  const found = answer?.parcels[0];
  go({ parcelId: found?.parcel_id ?? null, params: { commune: asked.commune } }, { replace: true });
}

async function show(panel: HTMLElement, parcelId: number, day: string | null): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  panel.setAttribute("aria-busy", "true");
  if (shownParcel.get()?.parcel_id !== parcelId)
    put(panel, h("p", { class: "waiting", role: "status" }, t("state.loading")));
  try {
    const query = { coordinates: "native", valid_at: day };
    const answer = await get<ParcelAnswer>(`/parcels/${parcelId}`, { query, signal });
    const parcel = answer.parcels[0];
    if (!parcel) throw new Problem(404, { type: "not-found" });
    shownParcel.set(parcel);
    rememberParcel(parcel);
    put(panel, head(parcel, day), body(parcel, day));
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    shownParcel.set(null);
    put(panel, gone(error, parcelId, day));
  }
  panel.removeAttribute("aria-busy");
}

function head(parcel: Parcel, day: string | null): HTMLElement {
  const { commune, sheet } = parcel;
  const address = `${location.origin}/p/${parcel.parcel_id}`;
  return h(
    "header",
    { class: "panel-head" },
    h(
      "div",
      { class: "panel-title" },
      h("h2", null, t("parcel.named", { parcel: parcel.parcel_no, sheet: sheet.sheet_no })),
      h("p", null, `${commune.kind} ${commune.name}`),
      iconButton("close", t("action.close"), close, { class: "panel-close" }),
    ),
    h("p", { class: "print-only printed" }, t("panel.printed", { address, moment: moment(new Date().toISOString()) })),
    panelActions(parcel),
    asOfControl(day),
  );
}

function body(parcel: Parcel, day: string | null): HTMLElement {
  const offered = PANEL_TABS.filter((tab) => tab.isOffered(parcel));
  const entries = offered.map((tab) => ({
    id: tab.id,
    label: t(tab.label),
    badge: tab.badge?.(parcel) ?? null,
    content: tab.content(parcel, day),
  }));
  const chosen = place.get().params.tab ?? "";
  return tabs(t("panel.label"), entries, chosen, (id) => go({ params: { tab: id } }, { replace: true })).element;
}

/** Says that the parcel is not in force, and offers its history: it may have been split or merged. */
function gone(problem: Problem, parcelId: number, on: string | null): DocumentFragment {
  const isGone = problem.status === 404;
  const words = isGone ? (on ? t("panel.not_on", { day: day(on) }) : t("panel.gone")) : explain(problem);
  const title = h("h2", null, NOTHING);
  const named = (parcel: string, sheet: string): void => {
    put(title, t("parcel.named", { parcel, sheet }));
  };
  return all(
    h(
      "header",
      { class: "panel-head" },
      h(
        "div",
        { class: "panel-title" },
        title,
        iconButton("close", t("action.close"), close, { class: "panel-close" }),
      ),
      on ? asOfControl(on) : null,
    ),
    h(
      "div",
      { class: "padded" },
      note(words, isGone ? "info" : "error"),
      isGone ? historyOf(parcelId, on, named) : button(t("action.retry"), refreshPanel),
    ),
  );
}
