"""How QGIS shows findings: one style per layer and language, kept in the GeoPackage's own table `layer_styles`.

A style colours by severity and, within it, by rule, so that the legend is a list of what to look for. QGIS reads
the default style by itself when the layer is opened.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.etree import ElementTree as ET

from landdb.exporters.records import COLUMNS, RuleRecord

SEVERITIES: Final = {
    "error": ({"vi": "Lỗi", "en": "Error"}, "200,30,45"),
    "warning": ({"vi": "Cảnh báo", "en": "Warning"}, "217,119,6"),
    "info": ({"vi": "Thông tin", "en": "Info"}, "71,85,105"),
}
#: Shapes that tell rules of one severity apart without their colour.
_MARKERS: Final = ("circle", "square", "diamond", "triangle", "pentagon", "star", "cross_fill", "hexagon")
_PARCEL_COLUMNS: Final = {
    "commune": ("Mã xã", "Commune"), "sheet_no": ("Số tờ", "Sheet"), "parcel_no": ("Số thửa", "Parcel"),
    "parcel_code": ("Mã thửa", "Parcel code"), "computed_area_m2": ("Diện tích vẽ (m²)", "Drawn area (m²)"),
    "registered_area_m2": ("Diện tích đo đạc (m²)", "Registered area (m²)"),
    "legal_area_m2": ("Diện tích pháp lý (m²)", "Legal area (m²)"), "findings": ("Số lỗi", "Findings"),
    "gravest": ("Mức nặng nhất", "Gravest"), "rules": ("Quy tắc", "Rules"), "srid": ("Mã EPSG", "EPSG"),
}  # fmt: skip
_CREATE: Final = """
CREATE TABLE IF NOT EXISTS layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)"""
_REGISTER: Final = """
INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, description)
VALUES ('layer_styles', 'attributes', 'layer_styles', '')"""
_INSERT: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
    styleSLD, useAsDefault, description, owner)
VALUES ('', '', ?, 'geom', ?, ?, '', ?, ?, 'landdb')"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: a rule that has findings of this severity."""

    rule: RuleRecord
    severity: str


class Layer(StrEnum):
    """The layers that have a style, and what draws them."""

    finding_points = "marker"
    fault_areas = "fill"
    fault_lines = "line"
    parcels_concerned = "outline"


#: What stands at a fault, and in a parcel, where the map is large enough to read it.
_LABELS: Final = {
    Layer.finding_points: '"rule"',
    Layer.parcels_concerned: '"sheet_no" || \'/\' || "parcel_no"',
}
_LABELLED_TO: Final = 5000


def add_styles(db: sqlite3.Connection, legend: Sequence[Entry], layers: Iterable[Layer], *, default: str) -> None:
    """Enter each layer's style in both languages; QGIS takes the one in `default` unasked."""
    db.execute(_CREATE)
    db.execute(_REGISTER)
    for layer in layers:
        for language in ("vi", "en"):
            name = f"landdb {language}"
            text = style(layer, legend, language)
            db.execute(_INSERT, (layer.name, name, text, language == default, f"landdb, {language}"))


def style(layer: Layer, legend: Sequence[Entry], language: str) -> str:
    """Give a layer's style as QML: symbols by severity and rule, labels, and field names that people read."""
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling|Fields")
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0")
    tree = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    for severity, (names, colour) in SEVERITIES.items():
        shown = [entry for entry in legend if entry.severity == severity]
        if shown:
            branch = _add_severity(tree, symbols, layer, shown, names[language], colour)
            _add_rules(branch, symbols, layer, shown, colour, language)
    if layer in _LABELS:
        add_labels(root, _LABELS[layer], is_area=layer is Layer.parcels_concerned, largest_denominator=_LABELLED_TO)
    columns = _PARCEL_COLUMNS if layer is Layer.parcels_concerned else COLUMNS
    aliases = ET.SubElement(root, "aliases")
    for index, (column, names_of) in enumerate(columns.items(), start=1):
        told = names_of[0 if language == "vi" else 1]
        ET.SubElement(aliases, "alias", field=column, index=str(index), name=told)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def _add_severity(
    tree: ET.Element, symbols: ET.Element, layer: Layer, shown: Sequence[Entry], name: str, colour: str
) -> ET.Element:
    """Add one severity to the legend and give its branch."""
    severity = shown[0].severity
    column = "gravest" if layer is Layer.parcels_concerned else "severity"
    branch = ET.SubElement(tree, "rule", key=severity, filter=f"\"{column}\" = '{severity}'", label=name)
    if layer is Layer.parcels_concerned:
        branch.set("symbol", _add_symbol(symbols, layer, colour, 0))
    return branch


def _add_rules(
    branch: ET.Element, symbols: ET.Element, layer: Layer, shown: Sequence[Entry], colour: str, language: str
) -> None:
    """Add one legend entry per rule that has findings of this severity; a parcel may have several rules, so none."""
    if layer is Layer.parcels_concerned:
        return
    for entry in shown:
        ET.SubElement(
            branch,
            "rule",
            key=f"{entry.severity}-{entry.rule.rule}",
            filter=f"\"rule\" = '{entry.rule.rule}'",
            label=f"{entry.rule.rule} {entry.rule.title[language]}",
            symbol=_add_symbol(symbols, layer, colour, int(entry.rule.rule[3:]) - 1),
        )


def _add_symbol(symbols: ET.Element, layer: Layer, colour: str, index: int) -> str:
    """Add a symbol and give its name."""
    name = str(len(symbols))
    kind = "fill" if layer.value == "outline" else layer.value
    drawn = {
        "marker": ("SimpleMarker", {"name": _MARKERS[index % len(_MARKERS)], "color": f"{colour},230", "size": "2.8",
                                    "outline_color": "255,255,255,255", "outline_width": "0.3"}),
        "fill": ("SimpleFill", {"color": f"{colour},110", "style": "solid", "outline_color": f"{colour},255",
                                "outline_width": "0.3"}),
        "line": ("SimpleLine", {"line_color": f"{colour},255", "line_width": "0.8"}),
        "outline": ("SimpleFill", {"color": f"{colour},25", "style": "solid", "outline_color": f"{colour},255",
                                   "outline_width": "0.26"}),
    }  # fmt: skip
    add_symbol(symbols, name, kind, *drawn[layer.value])
    return name


def add_symbol(symbols: ET.Element, name: str, kind: str, drawn_by: str, options: Mapping[str, str]) -> None:
    """Add a symbol of one layer: `kind` is marker, line or fill, `drawn_by` QGIS's class, `options` its properties."""
    symbol = ET.SubElement(symbols, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    layer = ET.SubElement(symbol, "layer", {"class": drawn_by, "pass": "0"}, enabled="1", locked="0")
    options_map = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(options_map, "Option", name=key, value=value, type="QString")
    for key, value in options.items():
        ET.SubElement(layer, "prop", k=key, v=value)


def add_labels(parent: ET.Element, expression: str, *, is_area: bool, largest_denominator: int | None = None) -> None:
    """Add labels inside an area or beside what is none; only at scales up to 1:largest_denominator when given."""
    settings = ET.SubElement(ET.SubElement(parent, "labeling", type="simple"), "settings", calloutType="simple")
    style = ET.SubElement(
        settings, "text-style", fieldName=expression, isExpression="1", fontSize="8", fontSizeUnit="Point",
        textColor="32,48,42,255", textOpacity="1", namedStyle="Regular",
    )  # fmt: skip
    ET.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.7", bufferSizeUnits="MM", bufferColor="255,255,255,255",
        bufferOpacity="1",
    )  # fmt: skip
    ET.SubElement(settings, "placement", placement="1" if is_area else "0", dist="1", distUnits="MM")
    rendering = ET.SubElement(settings, "rendering", drawLabels="1", obstacle="0", fontLimitPixelSize="0")
    if largest_denominator:
        rendering.attrib.update(scaleVisibility="1", scaleMin="1", scaleMax=str(largest_denominator))
