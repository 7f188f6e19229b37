/** What the parcel is: numbers now and before, areas, uses, where the data came from. */
import type { LandUse, Parcel } from "../api/types.ts";
import { area, day, moment, number } from "../core/format.ts";
import { t } from "../core/i18n.ts";
import { label } from "../geo/codes.ts";
import { meridianName, zoneOf } from "../geo/vn2000.ts";
import { iconButton } from "../ui/button.ts";
import { all, type Child, h } from "../ui/dom.ts";
import { block, facts, note, table } from "../ui/facts.ts";
import { copy } from "../ui/toast.ts";
import type { PanelTab } from "./tab.ts";

export const groundTab: PanelTab = {
  id: "ground",
  label: "tab.ground",
  isOffered: () => true,
  content: (parcel) =>
    all(
      parcel.geometry_fault ? note(t("ground.fault", { fault: parcel.geometry_fault }), "error") : null,
      identity(parcel),
      areas(parcel),
      uses(parcel),
      origin(parcel),
    ),
};

function identity(parcel: Parcel): HTMLElement {
  const { sheet, old_numbers: old } = parcel;
  const zone = zoneOf(sheet.srid);
  const before = [
    old.old_sheet_no ? `${t("sheet.short")} ${old.old_sheet_no}` : null,
    old.old_parcel_no ? `${t("parcel.short")} ${old.old_parcel_no}` : null,
  ].filter(Boolean);
  return facts([
    [t("fact.code"), parcel.parcel_code ? code(parcel.parcel_code) : null],
    [t("fact.address"), parcel.address],
    [t("fact.old_numbers"), before.join(", ")],
    [t("fact.scale"), sheet.scale_denominator ? `1:${sheet.scale_denominator}` : null],
    [t("fact.zone"), zone ? `${meridianName(zone)} (EPSG:${sheet.srid})` : `EPSG:${sheet.srid}`],
  ]);
}

function code(value: string): Child {
  return [h("code", null, value), iconButton("link", t("action.copy"), () => void copy(value), { class: "small" })];
}

function areas(parcel: Parcel): HTMLElement {
  const { legal_area_m2: legal, registered_area_m2: registered, computed_area_m2: computed } = parcel.areas;
  const difference = legal !== null && computed !== null ? computed - legal : null;
  const differs = difference !== null && Math.abs(difference) >= 0.05;
  return block(
    t("block.areas"),
    h(
      "div",
      { class: "figures" },
      figure(t("area.legal"), area(legal)),
      figure(t("area.registered"), area(registered)),
      figure(t("area.computed"), area(computed, 2)),
    ),
    differs ? h("p", { class: "muted" }, t("area.difference", { difference: signed(difference) })) : null,
  );
}

function signed(difference: number): string {
  return `${difference > 0 ? "+" : "−"}${number(Math.abs(difference))} m²`;
}

function figure(name: string, value: string): HTMLElement {
  return h("div", { class: "figure" }, h("span", null, name), h("b", null, value));
}

function uses(parcel: Parcel): HTMLElement | null {
  const onMap = parcel.land_use_on_map;
  const mapped = onMap ? h("p", { class: "muted" }, t("use.on_map", { label: onMap.label })) : null;
  if (parcel.land_uses.length === 0) return mapped && block(t("block.uses"), mapped);
  const rows = table<LandUse>(
    t("block.uses"),
    [
      { title: t("use.use"), cell: use },
      { title: t("use.area"), cell: (one) => area(one.area_m2), isNumber: true },
      { title: t("use.term"), cell: (one) => (one.expires_on ? day(one.expires_on) : (one.term ?? "")) },
    ],
    parcel.land_uses,
  );
  return block(t("block.uses"), rows, mapped);
}

function use(one: LandUse): Child {
  const code = one.land_use_code ?? one.land_use_raw;
  const origin = one.origin ? h("small", null, label("landOrigin", one.origin)) : null;
  return h("span", { class: "use" }, h("b", null, code), " ", label("landUse", one.land_use_code), origin);
}

function origin(parcel: Parcel): HTMLElement {
  const from = parcel.provenance;
  return h(
    "details",
    { class: "origin" },
    h("summary", null, t("block.origin")),
    facts([
      [t("fact.file"), from.file_name],
      [t("fact.row"), from.source_row],
      [t("fact.document"), from.document_reference],
      [t("fact.imported"), moment(from.imported_at)],
      [t("fact.valid_from"), day(from.valid_from)],
      [t("fact.recorded"), moment(from.recorded_at)],
      [t("fact.version"), from.version],
    ]),
  );
}
