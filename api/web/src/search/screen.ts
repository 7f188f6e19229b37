/** The list beside the map: how the search was understood, what fits, or what to ask back. */

import { area, communeName } from "../core/format.ts";
import { t, told } from "../core/i18n.ts";
import { go, place } from "../core/router.ts";
import { may } from "../core/session.ts";
import type { ScreenView } from "../screens/screen.ts";
import { button } from "../ui/button.ts";
import { all, type Child, h, put } from "../ui/dom.ts";
import { note } from "../ui/facts.ts";
import type { Hit, Question, SearchAnswer } from "./asking.ts";
import { chooseCommune } from "./commune.ts";
import { hitLine, moveThroughHits } from "./hit.ts";
import { drawHits, lookAtAnswer } from "./on-map.ts";
import { recentParcels } from "./recent.ts";
import { more, type Outcome, outcome, run } from "./state.ts";
import { welcome } from "./welcome.ts";

/** Opens the search screen. */
export function openSearch(): ScreenView {
  const element = h("div", { class: "search-screen" });
  const status = h("p", { class: "status", role: "status", "aria-live": "polite" });
  const body = h("div", null);
  element.append(h("h1", { class: "unseen" }, t("nav.search")), status, body);
  const show = (now: Outcome): void => {
    put(status, statusOf(now));
    put(body, bodyOf(now));
    drawHits(now.state === "answered" ? now.answer.hits : []);
    if (now.state === "answered") lookAtAnswer(now.answer);
    mark(body);
  };
  const endOutcome = outcome.watch(show);
  const endPlace = place.watch(() => {
    if (outcome.get().state === "idle") put(body, bodyOf(outcome.get()));
    mark(body);
  });
  show(outcome.get());
  return {
    element,
    leave() {
      endOutcome();
      endPlace();
      drawHits([]);
    },
  };
}

function statusOf(now: Outcome): Child {
  if (now.state === "asking") return t("state.loading");
  if (now.state !== "answered") return null;
  const { hits, total } = now.answer;
  if (hits.length === 0) return now.answer.message || now.answer.questions.length > 0 ? null : t("search.none");
  return hits.length < total
    ? t("search.some_of", { shown: hits.length, total })
    : t("search.count", { count: hits.length });
}

function bodyOf(now: Outcome): Child {
  if (now.state === "answered") return answered(now.answer);
  if (now.state === "refused") return refused(now.words, now.isPersonal);
  return now.state === "idle" ? all(recentParcels(), welcome()) : null;
}

function refused(words: string, isPersonal: boolean): Child {
  const way = isPersonal && may("searchHolders");
  return all(
    note(words, "warning"),
    way ? button(t("nav.person"), () => go({ screen: "person" }), { look: "main" }) : null,
  );
}

function answered(answer: SearchAnswer): Child {
  return all(
    readings(answer),
    answer.message && answer.hits.length === 0 ? note(told(answer.message), "warning") : null,
    answer.notes.map((one) => note(told(one), "info")),
    answer.questions.map(question),
    hitList(answer.hits),
    answer.hits.length < answer.total ? button(t("action.more"), more, { look: "quiet" }) : null,
  );
}

function readings(answer: SearchAnswer): Child {
  if (answer.readings.length === 0) return null;
  const words = answer.readings.map((reading) => told(reading.text)).join(t("search.or"));
  return h("p", { class: "reading" }, `${t("search.read_as")} `, h("b", null, words));
}

function question(asked: Question): HTMLElement {
  const choices = asked.choices.map((choice) => {
    const take = (): void => {
      if (choice.commune) chooseCommune(choice.commune);
      void run(choice.q);
    };
    return h("li", null, button(told(choice.text), take, { class: "choice" }));
  });
  return h(
    "section",
    { class: "question" },
    h("h2", null, told(asked.text)),
    h("ul", { class: "plain-list" }, choices),
  );
}

function hitList(hits: readonly Hit[]): HTMLElement {
  return h(
    "ol",
    { class: "hits", "aria-label": t("search.results"), on: { keydown: moveThroughHits } },
    hits.map(hitEntry),
  );
}

function hitEntry(hit: Hit): HTMLElement {
  const { parcel_id: parcelId, sheet_no: sheetNo, parcel_no: parcelNo } = hit;
  const place = communeName(hit.commune);
  const why = [told(hit.why), hit.legal_area_m2 === null ? null : area(hit.legal_area_m2)].filter(Boolean).join(" · ");
  return hitLine({ parcelId, sheetNo, parcelNo, place, why }, () => go({ parcelId }));
}

/** Marks the hit whose parcel is open. */
function mark(body: HTMLElement): void {
  const open = String(place.get().parcelId);
  for (const entry of body.querySelectorAll<HTMLElement>("[data-hit]")) {
    entry.setAttribute("aria-current", String(entry.dataset.hit === open));
  }
}
