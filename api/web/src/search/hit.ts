/** One line of a list of parcels: number first, then where, then why it is here. */
import { t } from "../core/i18n.ts";
import { h } from "../ui/dom.ts";

export interface HitLine {
  readonly parcelId: number;
  readonly sheetNo: string;
  readonly parcelNo: string;
  readonly place: string;
  readonly why?: string;
}

/** Gives the line as an entry of a list; `open` is called when it is chosen. */
export function hitLine(hit: HitLine, open: () => void): HTMLElement {
  const number = [h("small", null, t("sheet.short")), hit.sheetNo, h("small", null, t("parcel.short")), hit.parcelNo];
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "hit", "data-hit": hit.parcelId, on: { click: open } },
      h("span", { class: "hit-number" }, number),
      h("span", { class: "hit-place" }, hit.place),
      hit.why ? h("span", { class: "hit-why" }, hit.why) : null,
    ),
  );
}

/** Lets the arrows move through a list of hits, and back up into the search box. */
export function moveThroughHits(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = event.currentTarget as HTMLElement;
  if (!step) return;
  const entries = [...list.querySelectorAll<HTMLElement>("[data-hit]")];
  const next = entries.indexOf(document.activeElement as HTMLElement) + step;
  event.preventDefault();
  if (next < 0) document.querySelector<HTMLElement>(".search-input")?.focus();
  else entries[next]?.focus();
}
