/** Checks an extract on paper by its code, or a PDF itself: genuine, altered, and whether the register went on since. */
import { get, Problem, post } from "../api/client.ts";
import { day, moment } from "../core/format.ts";
import { t, type WordKey } from "../core/i18n.ts";
import { go, type Place, place } from "../core/router.ts";
import { button } from "../ui/button.ts";
import { all, type Child, h, put } from "../ui/dom.ts";
import { explain } from "../ui/explain.ts";
import { facts, note } from "../ui/facts.ts";
import { field, whenSent } from "../ui/form.ts";
import type { ScreenView } from "./screen.ts";

interface Checked {
  readonly standing: "GENUINE" | "UNKNOWN" | "ALTERED" | "FOREIGN";
  readonly code: string | null;
  readonly issued_at: string | null;
  readonly valid_at: string | null;
  readonly parcel_id: number | null;
  readonly has_changed: boolean | null;
}

/** Opens the check; a code in the address is checked at once. */
export function openCheck(at: Place): ScreenView {
  const answer = h("div", { class: "stack", "aria-live": "polite" });
  const code = field("code", t("check.code"), {
    value: at.params.code ?? "",
    required: true,
    maxlength: 20,
    placeholder: "K7QF-2M9X-P4TD",
    hint: t("check.code_hint"),
  });
  const byCode = h(
    "form",
    { class: "stack" },
    code.element,
    button(t("check.by_code"), () => {}, { look: "main", type: "submit" }),
  );
  const file = field("file", t("check.file"), { type: "file", hint: t("check.file_hint") });
  file.input.accept = "application/pdf,.pdf";
  whenSent(byCode, (typed) => show(answer, () => get<Checked>(`/extracts/${encodeURIComponent(typed.code ?? "")}`)));
  file.input.addEventListener("change", () => {
    const [chosen] = file.input.files ?? [];
    const headers = { "Content-Type": "application/pdf" };
    if (chosen) void show(answer, () => post<Checked>("/extracts/check", { body: chosen, headers }));
  });
  if (at.params.code) void show(answer, () => get<Checked>(`/extracts/${encodeURIComponent(code.input.value)}`));
  const element = h("div", { class: "padded" }, h("h1", null, t("check.title")), byCode, file.element, answer);
  return { element };
}

async function show(answer: HTMLElement, ask: () => Promise<Checked>): Promise<void> {
  put(answer, h("p", { class: "waiting", role: "status" }, t("state.loading")));
  try {
    put(answer, told(await ask()));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isMadeUp = error.status === 404 || error.status === 400;
    put(answer, note(isMadeUp ? t("check.made_up") : explain(error), "error"));
  }
}

function told(checked: Checked): Child {
  const kind = ({ GENUINE: "good", ALTERED: "error", UNKNOWN: "warning", FOREIGN: "warning" } as const)[
    checked.standing
  ];
  return all(
    note(t(`check.${checked.standing}` as WordKey), kind),
    checked.standing === "GENUINE" ? since(checked) : null,
    facts([
      [t("check.code"), checked.code],
      [t("check.issued"), checked.issued_at && moment(checked.issued_at)],
      [t("check.valid_at"), checked.valid_at && day(checked.valid_at)],
    ]),
  );
}

/** Tells whether the register went on, and leads to the parcel. */
function since({ has_changed: hasChanged, parcel_id: parcelId }: Checked): Child {
  const open = (): void => go({ screen: place.get().screen, parcelId });
  return all(
    note(t(hasChanged ? "check.changed" : "check.unchanged"), hasChanged ? "warning" : "info"),
    parcelId === null ? null : button(t("check.open"), open, { icon: "target" }),
  );
}
