/** What the server answers, as docs/api.md and /openapi.json describe it; only what the page reads. */

export interface CommuneName {
  readonly code: string;
  readonly name: string;
  readonly kind: string;
}

export interface Commune extends CommuneName {
  readonly district_name: string | null;
  readonly province_code?: string;
  readonly province?: { readonly code: string; readonly name: string | null };
  readonly lon: number | null;
  readonly lat: number | null;
}

export interface CommuneDetail extends Commune {
  readonly area_km2: number | null;
  readonly predecessors: readonly (CommuneName & { readonly is_divided: boolean })[];
  readonly successors: readonly (CommuneName & { readonly is_divided: boolean })[];
  readonly sheets: readonly Sheet[];
}

export interface Sheet {
  readonly sheet_no: string;
  readonly scale_denominator: number | null;
  readonly srid: number;
}

export type Position = readonly [number, number];
export interface Shape {
  readonly type: string;
  readonly coordinates: unknown;
}

export interface Provenance {
  readonly batch_id: number;
  readonly file_name: string | null;
  readonly source_row: number | null;
  readonly imported_at: string | null;
  readonly document_reference: string | null;
  readonly valid_from: string;
  readonly recorded_at: string;
  readonly version: number;
}

export interface LandUse {
  readonly ordinal: number;
  readonly land_use_code: string | null;
  readonly land_use_raw: string;
  readonly land_use_fault: string | null;
  readonly area_m2: number | null;
  readonly origin: string | null;
  readonly use_form: string | null;
  readonly term: string | null;
  readonly expires_on: string | null;
}

export interface Certificate {
  readonly certificate_id: number;
  readonly serial: string | null;
  readonly registry_no: string | null;
  readonly issued_on: string | null;
  readonly serial_fault?: string | null;
  readonly certificate_area_m2?: number | null;
}

export interface Party {
  readonly party_id: number;
  readonly party_kind: string;
  readonly name_masked: string;
  readonly citizen_id_masked: string | null;
  readonly org_no: string | null;
}

export interface Right {
  readonly rrr_id: number;
  readonly rrr_kind: string;
  readonly holder_group: string;
  readonly share: string | null;
  readonly role: string | null;
  readonly party: Party | null;
  readonly certificate: Certificate | null;
  readonly provenance: Provenance;
}

export interface Finding {
  readonly finding_id: number;
  readonly rule_id: string;
  readonly severity: "error" | "warning" | "info";
  readonly state: string;
  readonly measure: number | null;
  readonly unit: string | null;
  readonly area_m2: number | null;
  readonly width_m: number | null;
  readonly point: Shape | null;
  readonly message: Readonly<Record<string, string>> | null;
  readonly changed_at: string;
}

export interface Parcel {
  readonly parcel_id: number;
  readonly parcel_code: string | null;
  readonly parcel_no: string;
  readonly commune: CommuneName;
  readonly sheet: Sheet;
  readonly old_numbers: { readonly old_sheet_no: string | null; readonly old_parcel_no: string | null };
  readonly address: string | null;
  readonly geometry: Shape | null;
  readonly geometry_native: { readonly srid: number; readonly geometry: Shape } | null;
  readonly geometry_fault: string | null;
  readonly areas: {
    readonly legal_area_m2: number | null;
    readonly registered_area_m2: number | null;
    readonly computed_area_m2: number | null;
  };
  readonly land_use_on_map: {
    readonly label: string;
    readonly land_use_codes: readonly string[] | null;
    readonly fault: string | null;
  } | null;
  readonly land_uses: readonly LandUse[];
  readonly certificates: readonly Certificate[];
  readonly rights: readonly Right[];
  readonly findings: readonly Finding[] | null;
  readonly withheld: readonly { readonly field: string; readonly reason: string }[];
  readonly provenance: Provenance;
}

export interface ParcelAnswer {
  readonly status: "RESOLVED" | "AMBIGUOUS" | "NOT_FOUND";
  readonly reason: string | null;
  readonly as_of: { readonly valid_at: string; readonly known_at: string | null } | null;
  readonly next: string | null;
  readonly parcels: readonly Parcel[];
}

export interface OldNumberAnswer {
  readonly status: "RESOLVED" | "AMBIGUOUS" | "NOT_FOUND";
  readonly reason: string | null;
  readonly candidates: readonly {
    readonly commune_code: string;
    readonly commune_name: string | null;
    readonly commune_kind: string | null;
    readonly evidence: string;
    readonly sheet_no: string | null;
    readonly parcel_no: string | null;
    readonly scale_denominator: number | null;
    readonly note: string | null;
    readonly parcel_id: number | null;
  }[];
  readonly parcels: readonly Parcel[];
}

export interface Relative {
  readonly parcel_id: number;
  readonly sheet_no: string;
  readonly parcel_no: string;
  readonly parcel_code: string | null;
  readonly legal_area_m2: number | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly is_in_force: boolean;
}

export interface Version {
  readonly version: number;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly recorded_at: string;
  readonly superseded_at: string | null;
  readonly sheet_no: string;
  readonly parcel_no: string;
  readonly parcel_code: string | null;
  readonly legal_area_m2: number | null;
  readonly computed_area_m2: number | null;
}

export interface Transaction {
  readonly transaction_id: number;
  readonly kind: string;
  readonly change_code: string | null;
  readonly valid_from: string;
  readonly recorded_at: string;
  readonly reason: string | null;
  readonly document: {
    readonly kind: string;
    readonly reference: string | null;
    readonly issued_on: string | null;
  } | null;
  readonly actor: string | null;
}

export interface History {
  readonly parcel_id: number;
  readonly parcels: readonly Relative[];
  readonly lineage: readonly {
    readonly parent_id: number;
    readonly child_id: number;
    readonly kind: string;
    readonly transaction_id: number | null;
  }[];
  readonly transactions: readonly Transaction[];
  readonly versions: readonly Version[];
}
