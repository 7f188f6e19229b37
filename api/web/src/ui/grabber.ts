/** On phones: the handle of a sheet that lies over the map's foot. Elsewhere it is not shown. */
import { t } from "../core/i18n.ts";
import { h } from "./dom.ts";

/** Gives the handle; put first into a sheet, it lowers and raises the sheet. */
export function grabber(): HTMLElement {
  const toggle = (): void => {
    const isLow = handle.parentElement?.classList.toggle("lowered") ?? false;
    handle.setAttribute("aria-expanded", String(!isLow));
  };
  const handle: HTMLElement = h("button", {
    type: "button",
    class: "grabber",
    "aria-label": t("sheet.handle"),
    "aria-expanded": "true",
    on: { click: toggle },
  });
  return handle;
}
