/** The extract as a PDF with a code that can be checked. */

import { send } from "../api/client.ts";
import type { Parcel } from "../api/types.ts";
import { language } from "../core/i18n.ts";
import { place } from "../core/router.ts";
import { toastProblem } from "../ui/toast.ts";

const KEPT_MS = 60_000;

/** Fetches the extract as of the panel's day and opens it beside the page. */
export function openExtract(parcel: Parcel): void {
  void fetchExtract(parcel).catch(toastProblem);
}

async function fetchExtract(parcel: Parcel): Promise<void> {
  const query = { valid_at: place.get().params.on, lang: language };
  const accepted = { Accept: "application/pdf, application/problem+json" };
  const response = await send("GET", `/parcels/${parcel.parcel_id}/extract.pdf`, { query, headers: accepted });
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `trich_luc_${parcel.parcel_id}.pdf`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
