/** Numbers, days and areas as Vietnamese (or English) readers write them. */
import { language, t } from "./i18n.ts";

const LOCALE = language === "vi" ? "vi-VN" : "en-GB";
export const NOTHING = "–";

/** Gives a number with at most `digits` decimals, or a dash for none. */
export function number(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return NOTHING;
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: digits }).format(value);
}

/** Gives a number with exactly `digits` decimals. */
export function fixed(value: number, digits: number): string {
  return new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** Gives an area in square metres, one decimal as on certificates unless told otherwise. */
export function area(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined ? NOTHING : `${fixed(value, digits)} m²`;
}

/** Gives a length in metres, or in kilometres from ten kilometres on. */
export function length(value: number): string {
  return value >= 10_000 ? `${fixed(value / 1000, 2)} km` : `${fixed(value, 2)} m`;
}

/** Gives an ISO day as dd/mm/yyyy, or a dash for none. */
export function day(value: string | null | undefined): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(value ?? "");
  return parts ? `${parts[3]}/${parts[2]}/${parts[1]}` : NOTHING;
}

/** Gives an ISO moment as day and time where the reader is. */
export function moment(value: string | null | undefined): string {
  if (!value) return NOTHING;
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: "short", timeStyle: "short" }).format(new Date(value));
}

/** Gives today as an ISO day, where the reader is. */
export function todayIso(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** Gives an exact share with its percentage: `1/3 (33,3 %)`; undivided when there is none. */
export function share(value: string | null): string {
  if (value === null) return t("right.undivided");
  const [part, whole] = value.split("/").map(Number);
  if (!part || !whole || part === whole) return value;
  return `${value} (${number((part / whole) * 100, 1)} %)`;
}

/** Gives the name of a commune with its kind: `xã Mẫu Sơn Hạ`. */
export function communeName(commune: { readonly kind: string; readonly name: string }): string {
  return `${commune.kind} ${commune.name}`;
}
