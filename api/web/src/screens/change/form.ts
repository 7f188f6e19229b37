/** What every change names: document, dates, reason; and the button that makes it. */
import { type Outcome, register } from "../../api/changes.ts";
import { Problem } from "../../api/client.ts";
import { todayIso } from "../../core/format.ts";
import { t } from "../../core/i18n.ts";
import { go, HOME } from "../../core/router.ts";
import { refreshTiles } from "../../map/refresh.ts";
import { button } from "../../ui/button.ts";
import { h, put } from "../../ui/dom.ts";
import { choice, field, textArea, values, whenSent } from "../../ui/form.ts";
import { toast } from "../../ui/toast.ts";
import type { Work } from "./desk.ts";
import { bodyOf } from "./draft.ts";
import { refusalOf } from "./refusal.ts";

const DOCUMENTS = ["DECISION", "SURVEY", "DEED", "HANDOVER"] as const;

export interface ChangeForm {
  readonly element: HTMLElement;
  /** Says whether the present draft could be made as it is. */
  ready(isReady: boolean): void;
}

/** Gives the form; what is typed goes into the draft at once. */
export function changeForm(work: Work): ChangeForm {
  const refused = h("div", { "aria-live": "assertive" });
  const send = button(t("change.commit"), () => {}, { look: "main", icon: "check", type: "submit", disabled: true });
  const form = h(
    "form",
    { class: "stack", on: { input: () => typed() } },
    h("h2", null, t("change.basis")),
    fields(work.draft.get().typed),
    refused,
    h("div", { class: "row" }, send, button(t("change.discard"), work.discard)),
    h("p", { class: "muted" }, t("change.kept")),
  );
  const typed = (): void => {
    send.disabled = true;
    work.edit({ typed: values(form) });
  };
  let isReady = false;
  whenSent(form, async () => {
    if (!isReady) return;
    put(refused);
    try {
      await make(work);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(refused, refusalOf(error, work));
    }
  });
  work.draft.watch(() => {
    isReady = false;
    send.disabled = true;
    put(refused);
  });
  return {
    element: form,
    ready(is) {
      isReady = is;
      send.disabled = !is;
    },
  };
}

function fields(typed: Readonly<Record<string, string>>): HTMLElement {
  const kinds = DOCUMENTS.map((kind) => [kind, t(`change.document.${kind}`)] as const);
  const day = (name: "issued_on" | "valid_from") =>
    field(name, t(`change.${name}`), { type: "date", max: todayIso(), value: typed[name] ?? "" });
  return h(
    "div",
    { class: "two-fields" },
    choice("document_kind", t("change.document"), kinds, { value: typed.document_kind ?? "DECISION" }).element,
    field("reference", t("change.reference"), {
      required: true,
      maxlength: 200,
      value: typed.reference ?? "",
      autocomplete: "off",
    }).element,
    day("issued_on").element,
    day("valid_from").element,
    textArea("reason", t("change.reason"), { maxlength: 500, value: typed.reason ?? "", class: "wide-field" }).element,
    h(
      "details",
      { class: "wide-field", open: Boolean(typed.lender_consent) },
      h("summary", null, t("change.mortgaged")),
      field("lender_consent", t("change.lender_consent"), { maxlength: 200, value: typed.lender_consent ?? "" })
        .element,
    ),
  );
}

/** Makes the change; afterwards the draft is gone, and the panel shows what came of the parcel. */
async function make(work: Work): Promise<void> {
  const draft = work.draft.get();
  const body = bodyOf(draft, work.taker.get());
  if (!body) return;
  const outcome = await register(body, draft.key);
  work.forget();
  refreshTiles();
  tell(outcome);
  const shown = outcome.numbers[0]?.parcel_id ?? work.parcel.parcel_id;
  go({ screen: HOME, parcelId: shown, params: { tab: "history" } });
}

function tell(outcome: Outcome): void {
  const numbers = outcome.numbers.map((one) => one.number).join(", ");
  if (outcome.result === "SUBMITTED") toast(t("change.submitted", { id: outcome.transaction_id ?? "" }), "good");
  else toast(numbers ? t("change.made", { numbers }) : t("change.made_right"), "good");
}
