/** Parcels that were open lately, kept in this browser by their numbers only. */
import type { Parcel } from "../api/types.ts";
import { communeName } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { keep, recall } from "../core/memory.ts";
import { go } from "../core/router.ts";
import { button } from "../ui/button.ts";
import { h } from "../ui/dom.ts";
import { hitLine, moveThroughHits } from "./hit.ts";

interface Recent {
  readonly parcel_id: number;
  readonly sheet_no: string;
  readonly parcel_no: string;
  readonly place: string;
}

const NAME = "recent";
const MOST = 8;

/** Remembers that a parcel was open. */
export function rememberParcel(parcel: Parcel): void {
  const entry: Recent = {
    parcel_id: parcel.parcel_id,
    sheet_no: parcel.sheet.sheet_no,
    parcel_no: parcel.parcel_no,
    place: communeName(parcel.commune),
  };
  const others = recall<Recent[]>(NAME, []).filter((one) => one.parcel_id !== entry.parcel_id);
  keep(NAME, [entry, ...others].slice(0, MOST));
}

/** Gives the list of parcels that were open lately, nothing when there is none. */
export function recentParcels(): HTMLElement | null {
  const entries = recall<Recent[]>(NAME, []);
  if (entries.length === 0) return null;
  const forget = (): void => {
    keep(NAME, null);
    section.remove();
  };
  const list = entries.map((entry) => {
    const line = { parcelId: entry.parcel_id, sheetNo: entry.sheet_no, parcelNo: entry.parcel_no, place: entry.place };
    return hitLine(line, () => go({ parcelId: entry.parcel_id }));
  });
  const section: HTMLElement = h(
    "section",
    { class: "recent" },
    h("header", null, h("h2", null, t("search.recent")), button(t("search.forget"), forget, { look: "quiet" })),
    h("ul", { class: "hits", on: { keydown: moveThroughHits } }, list),
  );
  return section;
}
