/** A place to drop a file on, with a button for those who do not drag. */
import { t } from "../core/i18n.ts";
import { button } from "./button.ts";
import { h } from "./dom.ts";

/** Gives the place; `taken` gets each file. */
export function dropZone(accept: string, taken: (file: File) => void): HTMLElement {
  const input = h("input", {
    type: "file",
    class: "unseen",
    accept,
    tabindex: -1,
    "aria-label": t("drop.input"),
    on: { change: () => chosen(input.files) },
  });
  const zone = h(
    "div",
    { class: "drop" },
    h("p", null, t("drop.here")),
    button(t("drop.choose"), () => input.click(), { icon: "upload", look: "main" }),
    input,
  );
  const chosen = (files: FileList | null | undefined): void => {
    for (const file of files ?? []) taken(file);
    input.value = "";
  };
  const over = (event: DragEvent, isOver: boolean): void => {
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  zone.addEventListener("dragover", (event) => over(event, true));
  zone.addEventListener("dragleave", (event) => over(event, false));
  zone.addEventListener("drop", (event) => {
    over(event, false);
    chosen(event.dataTransfer?.files);
  });
  return zone;
}

/** Lets the browser keep bytes as a file. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
