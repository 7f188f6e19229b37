/** Search by holder: separate, by role, by POST, with purpose and case, on record. */
import { get, Problem, post } from "../api/client.ts";
import type { Parcel, ParcelAnswer } from "../api/types.ts";
import { area, communeName } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { go, type Place } from "../core/router.ts";
import { hitLine, moveThroughHits } from "../search/hit.ts";
import { button } from "../ui/button.ts";
import { all, type Child, h, put } from "../ui/dom.ts";
import { explain } from "../ui/explain.ts";
import { note } from "../ui/facts.ts";
import { choice, field, whenSent } from "../ui/form.ts";
import { caseField, purposeField } from "../ui/reasons.ts";
import type { ScreenView } from "./screen.ts";

/** Opens the search by holder. */
export function openPersonSearch(_place: Place): ScreenView {
  const kind = choice("kind", t("person.kind"), [
    ["citizen", t("person.by_citizen")],
    ["organisation", t("person.by_organisation")],
  ]);
  const number = field("number", t("person.number"), {
    required: true,
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: 14,
    hint: t("person.citizen_hint"),
  });
  const reasons = h("fieldset", { class: "stack" }, purposeField().element, caseField().element);
  const found = h("div", { "aria-live": "polite" });
  const form = h(
    "form",
    { class: "stack" },
    kind.element,
    number.element,
    reasons,
    button(t("search.go"), () => {}, { look: "main", type: "submit", icon: "search" }),
  );
  kind.input.addEventListener("change", () => {
    const isOrganisation = kind.input.value === "organisation";
    reasons.hidden = isOrganisation;
    reasons.disabled = isOrganisation;
  });
  whenSent(form, async (typed) => {
    try {
      put(found, results(await ask(typed)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(found, note(explain(error), "error"));
    }
  });
  const element = h("div", { class: "padded" }, h("h1", null, t("nav.person")), note(t("person.why")), form, found);
  return { element };
}

function ask(typed: Readonly<Record<string, string>>): Promise<ParcelAnswer> {
  if (typed.kind === "organisation") {
    return get<ParcelAnswer>(`/organisations/${encodeURIComponent(typed.number ?? "")}/parcels`);
  }
  const body = { citizen_id: typed.number, purpose: typed.purpose, case_ref: typed.case_ref };
  return post<ParcelAnswer>("/persons/search", { body });
}

function results(answer: ParcelAnswer): Child {
  if (answer.parcels.length === 0) return note(t("person.none"));
  const count = t("search.count", { count: answer.parcels.length });
  return all(
    h("p", { class: "status" }, count),
    h("ol", { class: "hits", on: { keydown: moveThroughHits } }, answer.parcels.map(entry)),
  );
}

function entry(parcel: Parcel): HTMLElement {
  const { parcel_id: parcelId, parcel_no: parcelNo } = parcel;
  const why = area(parcel.areas.legal_area_m2);
  const line = { parcelId, parcelNo, sheetNo: parcel.sheet.sheet_no, place: communeName(parcel.commune), why };
  return hitLine(line, () => go({ parcelId }));
}
