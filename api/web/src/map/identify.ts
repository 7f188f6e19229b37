/** Clicking on ground asks which parcel that is. */
import { get } from "../api/client.ts";
import type { Parcel, ParcelAnswer } from "../api/types.ts";
import { communeName } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { go, place } from "../core/router.ts";
import type { Pair } from "../geo/vn2000.ts";
import { button } from "../ui/button.ts";
import { openDialog } from "../ui/dialog.ts";
import { h } from "../ui/dom.ts";
import { toast, toastProblem } from "../ui/toast.ts";
import type { MapMode } from "./desk.ts";

/** Gives the tool that is at hand when no other is. */
export function identify(): MapMode {
  return { cursor: "", click: (at) => void ask(at).catch(toastProblem) };
}

async function ask([lon, lat]: Pair): Promise<void> {
  const day = place.get().params.on;
  const query = { lon: lon.toFixed(8), lat: lat.toFixed(8), valid_at: day };
  const answer = await get<ParcelAnswer>("/parcels/at", { query });
  const [first, ...others] = answer.parcels;
  if (!first) toast(t("map.nothing_here"));
  else if (others.length === 0) go({ parcelId: first.parcel_id });
  else choose(answer.parcels);
}

function choose(parcels: readonly Parcel[]): void {
  const entries = parcels.map((parcel) => {
    const words = t("parcel.named", { parcel: parcel.parcel_no, sheet: parcel.sheet.sheet_no });
    const open = (): void => {
      dialog.close();
      go({ parcelId: parcel.parcel_id });
    };
    return h("li", null, button(`${words}, ${communeName(parcel.commune)}`, open));
  });
  const dialog = openDialog(t("map.several_here"), h("ul", { class: "plain-list" }, entries));
}
