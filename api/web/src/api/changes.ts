/** Legal changes, as the server previews and makes them (docs/registration.md). */
import { ask, post } from "./client.ts";
import type { Shape } from "./types.ts";

export interface Notice {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly subject: string;
  readonly message: Readonly<Record<string, string>>;
}

export interface AreaRow {
  readonly number: string;
  readonly before_m2: number | null;
  readonly after_m2: number | null;
  readonly legal_before_m2: number | null;
  readonly legal_after_m2: number | null;
}

export interface Outcome {
  readonly kind: string;
  readonly result: "PREVIEW" | "REFUSED" | "DRAFT" | "SUBMITTED" | "NEEDS_SUPPLEMENT" | "APPROVED";
  readonly transaction_id: number | null;
  readonly refusing: readonly string[];
  readonly notices: readonly Notice[];
  readonly areas: readonly AreaRow[];
  readonly shapes: readonly { readonly number: string; readonly shape: Shape }[];
  readonly numbers: readonly {
    readonly parcel_id: number | null;
    readonly number: string;
    readonly parcel_code: string | null;
  }[];
  readonly rights: readonly { readonly what: string; readonly action: string; readonly on: readonly string[] }[];
}

export interface ChangeBody {
  readonly kind: string;
  readonly parcels: readonly { readonly parcel_id: number; readonly tag?: string }[];
  readonly valid_from?: string;
  readonly document: { readonly kind: string; readonly reference: string; readonly issued_on?: string };
  readonly terms: unknown;
  readonly reason?: string;
  readonly acknowledge: readonly string[];
  readonly lender_consent?: string;
}

/** A change of one parcel names the state that was seen in If-Match, one of several in its body. */
function tagged(body: ChangeBody): Readonly<Record<string, string>> {
  const tag = body.parcels.length === 1 ? body.parcels[0]?.tag : undefined;
  return tag ? { "If-Match": `"${tag}"` } : {};
}

/** Gives what the change would do; nothing is kept. */
export function preview(body: ChangeBody, signal: AbortSignal): Promise<Outcome> {
  return post<Outcome>("/transactions", { body, query: { dry_run: true }, headers: tagged(body), signal });
}

/** Makes the change; the same key never acts twice. */
export async function register(body: ChangeBody, key: string): Promise<Outcome> {
  const headers = { ...tagged(body), "Idempotency-Key": key };
  return (await ask<Outcome>("POST", "/transactions", { body, headers })).body;
}
