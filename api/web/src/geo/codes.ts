/** Code lists of landdb, read from the same files as the server reads. */
import changeKinds from "../../../../landdb/codelists/change_kind.csv";
import landOrigins from "../../../../landdb/codelists/land_origin.csv";
import landUses from "../../../../landdb/codelists/land_use.csv";
import partyKinds from "../../../../landdb/codelists/party_kind.csv";
import { language } from "../core/i18n.ts";

export type Row = Readonly<Record<string, string>>;

/** Gives the rows of a CSV text with a heading; quoted fields may hold commas. */
export function rows(csv: string): readonly Row[] {
  const [heading, ...lines] = csv.replace(/\r/g, "").trimEnd().split("\n").map(cells);
  return lines.map((line) => Object.fromEntries((heading ?? []).map((name, index) => [name, line[index] ?? ""])));
}

const LISTS = {
  landUse: labels(landUses),
  landOrigin: labels(landOrigins),
  changeKind: labels(changeKinds),
  partyKind: labels(partyKinds),
} as const;

/** Gives the label of a code in the reader's language; the code itself when the list does not know it. */
export function label(list: keyof typeof LISTS, code: string | null | undefined): string {
  return code ? (LISTS[list].get(code) ?? code) : "";
}

function labels(csv: string): ReadonlyMap<string, string> {
  return new Map(rows(csv).map((row) => [row.code ?? "", row[`label_${language}`] ?? ""]));
}

function cells(line: string): string[] {
  const found = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...found].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "");
}
