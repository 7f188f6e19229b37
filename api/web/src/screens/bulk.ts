/** Bulk lookup: a table of numbers in, the same table filled out. */
import { Problem, send } from "../api/client.ts";
import { t } from "../core/i18n.ts";
import { chosenCommune } from "../search/commune.ts";
import { h, put } from "../ui/dom.ts";
import { dropZone, save } from "../ui/drop.ts";
import { explain } from "../ui/explain.ts";
import { note } from "../ui/facts.ts";
import { field } from "../ui/form.ts";
import type { ScreenView } from "./screen.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Opens the bulk lookup. */
export function openBulk(): ScreenView {
  const told = h("div", { "aria-live": "polite" });
  const commune = field("commune", t("bulk.commune"), {
    value: chosenCommune.get()?.code ?? "",
    pattern: "[0-9]{1,5}",
    maxlength: 5,
    inputmode: "numeric",
  });
  const fill = async (file: File): Promise<void> => {
    put(told, h("p", { class: "waiting", role: "status" }, t("import.sending", { name: file.name })));
    try {
      const query = { commune: commune.input.value.trim() };
      const headers = { Accept: XLSX, "Content-Type": file.name.endsWith(".csv") ? "text/csv" : XLSX };
      const response = await send("POST", "/lookups/workbook", { body: file, query, headers });
      save(await response.blob(), `${file.name.replace(/\.\w+$/, "")}_ket_qua.xlsx`);
      put(told, note(t("bulk.done"), "good"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      put(told, note(explain(error), "error"));
    }
  };
  const element = h(
    "div",
    { class: "padded stack wide-screen" },
    h("h1", null, t("nav.bulk")),
    note(t("bulk.what")),
    commune.element,
    dropZone(".xlsx,.csv", (file) => void fill(file)),
    told,
  );
  return { element };
}
