/** Deliveries: drop a file, see how it is read, correct that, start, watch, read what was rejected. */
import { get, Problem, send } from "../../api/client.ts";
import { moment } from "../../core/format.ts";
import { t, type WordKey } from "../../core/i18n.ts";
import { button } from "../../ui/button.ts";
import { h, put } from "../../ui/dom.ts";
import { dropZone } from "../../ui/drop.ts";
import { explain } from "../../ui/explain.ts";
import { loaded, note } from "../../ui/facts.ts";
import type { ScreenView } from "../screen.ts";
import type { Import } from "./import.ts";
import { importView } from "./view.ts";

/** Opens the screen: the place to drop, and the files of before. */
export function openImports(): ScreenView {
  const shown = h("div", { class: "stack", "aria-live": "polite" });
  const past = h("div", null);
  let stop = (): void => {};
  const open = (one: Import): void => {
    stop();
    const view = importView(one, list);
    stop = view.stop;
    put(shown, view.element);
  };
  const list = (): void => {
    put(
      past,
      loaded(() => pastImports(open)),
    );
  };
  const take = (file: File): void => void sent(file, shown, open).then(list);
  list();
  const element = h(
    "div",
    { class: "padded stack wide-screen import" },
    h("h1", null, t("nav.import")),
    note(t("import.what")),
    dropZone("", take),
    shown,
    h("section", { class: "stack" }, h("h2", { class: "past-title" }, t("import.past")), past),
  );
  return { element, leave: () => stop() };
}

async function sent(file: File, shown: HTMLElement, open: (one: Import) => void): Promise<void> {
  put(shown, h("p", { class: "waiting", role: "status" }, t("import.sending", { name: file.name })));
  try {
    const headers = {
      "Content-Type": "application/octet-stream",
      "X-Landdb-File-Name": encodeURIComponent(file.name),
    };
    const response = await send("POST", "/imports", { body: file, headers });
    open((await response.json()) as Import);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    put(shown, note(explain(error), "error"));
  }
}

async function pastImports(open: (one: Import) => void): Promise<HTMLElement> {
  const { imports } = await get<{ imports: readonly Import[] }>("/imports");
  if (imports.length === 0) return h("p", { class: "muted" }, t("import.none"));
  const line = (one: Import): HTMLElement =>
    h(
      "li",
      { class: "row" },
      button(one.file_name, () => open(one), { look: "quiet", icon: "document" }),
      h("span", { class: "chip" }, t(`import.state.${one.state}` as WordKey)),
      h("small", { class: "muted" }, moment(one.received_at)),
    );
  return h("ul", { class: "past-imports" }, imports.map(line));
}
