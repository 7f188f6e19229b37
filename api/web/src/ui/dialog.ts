/** A modal dialog: focus stays inside, Esc closes, focus returns to where it was. */
import { t } from "../core/i18n.ts";
import { iconButton } from "./button.ts";
import { type Child, h } from "./dom.ts";

export interface Dialog {
  readonly element: HTMLDialogElement;
  close(): void;
}

let counted = 0;

/** Opens a dialog with a title; `closed` is told when it is gone, however that came about. */
export function openDialog(title: string, content: Child, closed: () => void = () => {}): Dialog {
  const id = `dialog-${++counted}`;
  const close = (): void => element.close();
  const element = h(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    h("header", null, h("h2", { id }, title), iconButton("close", t("action.close"), close)),
    h("div", { class: "dialog-body" }, content),
  );
  element.addEventListener("close", () => {
    element.remove();
    closed();
  });
  document.body.append(element);
  element.showModal();
  return { element, close };
}
