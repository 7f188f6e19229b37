/**
 * A change that is being prepared. It stays in this browser until it is made or thrown away, so a reload or a power cut
 * loses nothing. Persons are never part of it: they are typed again.
 */
import type { ChangeBody } from "../../api/changes.ts";
import type { Shape } from "../../api/types.ts";
import { keep, recall } from "../../core/memory.ts";
import { type Signal, signal } from "../../core/signal.ts";
import type { Pair } from "../../geo/vn2000.ts";

export const KINDS = ["split", "merge", "transfer"] as const;
export type Kind = (typeof KINDS)[number];

/** Procedures that let a right change hands, all by the same terms. */
export const TRANSFERS = ["transfer", "gift", "inheritance"] as const;

/** A person as typed, by the names of the API's fields. */
export type Typed = Readonly<Record<string, string>>;

/** A parcel of the change, and the tag of the state in which the clerk saw it. */
export interface Seen {
  readonly parcel_id: number;
  readonly tag: string;
  readonly number: string;
  readonly shape: Shape;
}

export interface Draft {
  readonly kind: Kind;
  /** The parcel that the change began with comes first. */
  readonly parcels: readonly Seen[];
  readonly way: "line" | "ratio";
  /** Metres in the sheet's zone. */
  readonly line: readonly Pair[];
  readonly edge: number;
  readonly ratio: string;
  /** Giver (empty: all holders) and share (empty: all of it) as typed. */
  readonly transfer: { readonly kind: string; readonly from: string; readonly share: string };
  /** Named as in the form. */
  readonly typed: Typed;
  readonly acknowledge: readonly string[];
  /** Another request gets another key; the same one, sent twice over a bad line, acts once. */
  readonly key: string;
}

export interface Drafting {
  readonly draft: Signal<Draft>;
  edit(change: Partial<Omit<Draft, "key">>): void;
  forget(): void;
}

/** Gives the draft about a parcel that was kept, or a new one. */
export function draftOf(seen: Seen): Drafting {
  const name = draftName(seen.parcel_id);
  const draft = signal<Draft>({ ...fresh(seen), ...recall<Partial<Draft>>(name, {}) });
  return {
    draft,
    edit(change) {
      const next = { ...draft.get(), ...change, key: newKey() };
      keep(name, next);
      draft.set(next);
    },
    forget: () => forgetDraft(seen.parcel_id),
  };
}

/** Tells whether a draft about a parcel is kept. */
export function hasDraft(parcelId: number): boolean {
  return recall<unknown>(draftName(parcelId), null) !== null;
}

/** Throws a draft away. */
export function forgetDraft(parcelId: number): void {
  keep(draftName(parcelId), null);
}

/** Takes the last point of the line back; tells whether there was one. */
export function takeBack({ draft, edit }: Pick<Drafting, "draft" | "edit">): boolean {
  const { line } = draft.get();
  if (line.length === 0) return false;
  edit({ line: line.slice(0, -1) });
  return true;
}

/** Gives what the draft asks the server for, or null while something is missing. */
export function bodyOf(draft: Draft, taker: Typed): ChangeBody | null {
  const terms = termsOf(draft, taker);
  if (!terms) return null;
  const { document_kind: kind = "DECISION", reference, issued_on, valid_from, reason, lender_consent } = draft.typed;
  const parcels = draft.kind === "merge" ? draft.parcels : draft.parcels.slice(0, 1);
  return {
    kind: draft.kind === "transfer" ? draft.transfer.kind : draft.kind,
    parcels: parcels.map(({ parcel_id, tag }) => ({ parcel_id, tag })),
    // A preview does not wait for the document's number; the form does not send without it.
    document: { kind, reference: reference || "…", ...given({ issued_on }) },
    terms,
    acknowledge: draft.acknowledge,
    ...given({ valid_from, reason, lender_consent }),
  };
}

/** Gives the parts of a ratio such as `1:2`, or null when it is none. */
export function ratioOf(text: string): number[] | null {
  const parts = text.split(":").map((part) => Number(part.trim().replace(",", ".")));
  return parts.length >= 2 && parts.every((part) => Number.isFinite(part) && part > 0) ? parts : null;
}

function termsOf(draft: Draft, taker: Typed): unknown {
  if (draft.kind === "merge") return draft.parcels.length > 1 ? {} : null;
  if (draft.kind === "transfer") return taker.name ? { moves: [moveOf(draft.transfer, taker)] } : null;
  if (draft.way === "line") return draft.line.length > 1 ? { line: draft.line } : null;
  const ratio = ratioOf(draft.ratio);
  return ratio && { edge: draft.edge, ratio };
}

function moveOf({ from, share }: Draft["transfer"], taker: Typed): unknown {
  return { ...(from ? { from: Number(from) } : {}), to: taker, ...given({ share }) };
}

function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as Record<string, string>;
}

function fresh(seen: Seen): Draft {
  const transfer = { kind: "transfer", from: "", share: "" };
  const nothing = { transfer, line: [], edge: 0, ratio: "1:1", typed: {}, acknowledge: [] };
  return { kind: "split", parcels: [seen], way: "line", ...nothing, key: newKey() };
}

function draftName(parcelId: number): string {
  return `draft.${parcelId}`;
}

/** Not crypto.randomUUID, which browsers refuse to pages of an office's own network without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
