/** Findings, proposed repairs and trends, as the server answers them. */
import type { CommuneName, Finding, Shape } from "./types.ts";

export interface ListedFinding extends Finding {
  readonly commune: CommuneName;
  readonly other_commune: CommuneName | null;
  readonly parcels: readonly {
    readonly parcel_id: number;
    readonly commune_code: string;
    readonly sheet_no: string;
    readonly parcel_no: string;
    readonly holders: number | null;
  }[];
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  readonly fixed_at: string | null;
  readonly times_regressed: number;
  readonly accepted_until: string | null;
  readonly assigned_to: string | null;
  readonly shape: Shape | null;
}

export interface FindingList {
  readonly next: string | null;
  readonly findings: readonly ListedFinding[];
}

export interface FindingEvent {
  readonly at: string;
  readonly actor: string;
  readonly kind: string;
  readonly note: string | null;
  readonly from_state: string | null;
  readonly to_state: string | null;
}

type Both = Readonly<Record<string, string>>;

export interface FindingDetail {
  readonly finding: ListedFinding;
  readonly rule: {
    readonly title: Both;
    readonly why: Both;
    readonly remedy: Both;
    readonly legal_basis: string;
  } | null;
  readonly last_run: { readonly finished_at: string; readonly limits: Readonly<Record<string, unknown>> | null };
  readonly waiver: {
    readonly actor: string;
    readonly reason: string;
    readonly ends_on: string | null;
    readonly created_at: string;
  } | null;
  readonly events: readonly FindingEvent[] | null;
}

export interface Proposal {
  readonly proposal_id: number;
  readonly finding_id: number;
  readonly kind: string;
  readonly title: Both;
  readonly rank: number;
  readonly state: string;
  readonly is_acceptable: boolean;
  readonly evidence: Both;
  readonly max_move_m: number;
  readonly max_area_change_m2: number;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
}

export interface ProposedChange {
  readonly parcel_id: number | null;
  readonly label: string;
  readonly before: Shape | null;
  readonly after: Shape | null;
  readonly area_before_m2: number | null;
  readonly area_after_m2: number | null;
  readonly paper_area_m2: number | null;
  readonly area_limit_m2: number | null;
  readonly verdict: Both;
  readonly max_move_m: number;
  readonly accuracy_m: number;
  readonly moves: readonly unknown[];
}

export interface ProposalDetail {
  readonly proposal: Proposal;
  readonly conditions: readonly { readonly code: string; readonly holds: boolean; readonly words: Both }[];
  readonly closes: readonly { readonly rule_id: string }[];
  readonly opens: readonly { readonly rule_id: string }[];
  readonly changes: readonly ProposedChange[];
}

export interface Check {
  readonly run_id: number;
  readonly at: string;
  readonly parcels: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly accepted: number;
  readonly area_m2: number;
  readonly errors_per_1000: number | null;
}
