/** One received file as the server answers it. */

export interface Layer {
  readonly name: string;
  readonly noun: string | null;
  readonly columns: readonly string[];
  readonly mapping: Readonly<Record<string, string>>;
  readonly ignored: readonly string[];
  readonly personal: readonly string[];
  readonly srid: number | null;
  readonly reason: string | null;
}

export interface Understood {
  readonly file_format: string;
  readonly kind: string;
  readonly layers: readonly Layer[];
  readonly encoding: string | null;
  readonly source_count: number | null;
  readonly notes: readonly string[];
  readonly fields: readonly string[] | null;
}

export interface Counts {
  readonly source: number;
  readonly stored: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export interface Import {
  readonly import_id: string;
  readonly state: "RECEIVED" | "READY" | "REFUSED" | "RUNNING" | "DONE" | "FAILED" | "CANCELLED" | "INTERRUPTED";
  readonly file_name: string;
  readonly wanted: Readonly<Record<string, unknown>>;
  readonly understood: Understood | null;
  readonly problem: { readonly code: string; readonly reason: string; readonly remedy: string | null } | null;
  readonly seen_rows: number;
  readonly expected_rows: number | null;
  readonly counts: Counts | null;
  readonly received_at: string;
}

export interface Reject {
  readonly row_no: number;
  readonly layer: string | null;
  readonly commune_code: string | null;
  readonly sheet_no: string | null;
  readonly parcel_no: string | null;
  readonly reason_code: string;
  readonly reason: string;
  readonly remedy: string | null;
}
