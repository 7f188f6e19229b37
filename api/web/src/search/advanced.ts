/** The form with the fields that clerks know, for those who would rather fill in boxes. */
import { t } from "../core/i18n.ts";
import { button } from "../ui/button.ts";
import { openDialog } from "../ui/dialog.ts";
import { h, put } from "../ui/dom.ts";
import { note } from "../ui/facts.ts";
import { field, whenSent } from "../ui/form.ts";
import { chosenCommune } from "./commune.ts";
import { run } from "./state.ts";

/** Opens the form; what it finds is shown as the search shows it. */
export function openAdvanced(): void {
  const refused = h("div", { "aria-live": "polite" });
  const commune = chosenCommune.get();
  const form = h(
    "form",
    { class: "stack" },
    h(
      "p",
      { class: "muted" },
      commune ? t("advanced.in", { commune: `${commune.kind} ${commune.name}` }) : t("advanced.everywhere"),
    ),
    group(
      "advanced.number",
      field("sheet", t("field.sheet"), { maxlength: 60 }),
      field("parcel", t("field.parcel"), { maxlength: 60 }),
    ),
    group(
      "advanced.old",
      field("old_sheet", t("field.old_sheet"), { maxlength: 60 }),
      field("old_parcel", t("field.old_parcel"), { maxlength: 60 }),
    ),
    group(
      "advanced.certificate",
      field("serial", t("field.serial"), { maxlength: 30, placeholder: "AB 12345678" }),
      field("registry_no", t("field.registry_no"), { maxlength: 40 }),
      field("barcode", t("field.barcode"), { inputmode: "numeric", maxlength: 20 }),
    ),
    group("advanced.code", field("code", t("field.code"), { maxlength: 12 })),
    refused,
    button(t("search.go"), () => {}, { look: "main", type: "submit", icon: "search" }),
  );
  const dialog = openDialog(t("search.advanced"), form);
  whenSent(form, async (typed) => {
    const text = asText(typed);
    if (!text) {
      put(refused, note(t("advanced.nothing"), "warning"));
      return;
    }
    dialog.close();
    await run(text);
  });
}

/** Puts the fields into the words of the search box, so that both are understood by one parser. */
function asText(typed: Readonly<Record<string, string>>): string | null {
  const { serial, registry_no: registry, barcode, code } = typed;
  if (serial) return serial;
  if (registry) return `số vào sổ ${registry}`;
  if (barcode) return `mã vạch ${barcode}`;
  if (code) return `mã thửa ${code}`;
  const present = [typed.sheet && `tờ ${typed.sheet}`, typed.parcel && `thửa ${typed.parcel}`];
  const old = [typed.old_sheet && `tờ cũ ${typed.old_sheet}`, typed.old_parcel && `thửa ${typed.old_parcel}`];
  const words = (present.some(Boolean) ? present : old).filter(Boolean).join(" ");
  return words || null;
}

function group(
  title: "advanced.number" | "advanced.old" | "advanced.certificate" | "advanced.code",
  ...fields: readonly { readonly element: HTMLElement }[]
): HTMLElement {
  return h(
    "fieldset",
    { class: "row" },
    h("legend", null, t(title)),
    fields.map((one) => one.element),
  );
}
