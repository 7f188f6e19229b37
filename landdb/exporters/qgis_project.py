"""A QGIS project that is connected to a running landdb: features by OGC API, the map by vector tiles.

The project holds addresses, styles and words, no data. It is QGIS 3.22's form, which newer ones read.
"""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from xml.etree import ElementTree as ET

from landdb.exporters.qgis_styles import add_labels, add_symbol

Kind = Literal["fill", "line", "marker"]
_VERSION = "3.22.16-Białowieża"
_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@dataclass(frozen=True, slots=True)
class Symbol:
    """How something is drawn; colours as QGIS writes them: red,green,blue,opacity of 255."""

    kind: Kind
    drawn_by: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A class of features: those that `expression` is true of (empty: all), with what the legend says."""

    label: str
    symbol: Symbol
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field with the name that people read, and what its codes mean."""

    name: str
    alias: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeatureLayer:
    """A collection of the API as a layer; farther out than 1 : `smallest_scale` it is not drawn and asks nothing."""

    collection: str
    title: str
    group: str
    geometry: Literal["Polygon", "Point"]
    fields: Sequence[Field]
    drawn: Sequence[Drawn]
    label: str | None = None
    smallest_scale: int | None = None


@dataclass(frozen=True, slots=True)
class TileStyle:
    """How features of a layer of the tiles are drawn, from one zoom to another."""

    layer: str
    drawn: Drawn
    first: int = -1
    last: int = -1


@dataclass(frozen=True, slots=True)
class TileMap:
    """The vector tiles as one layer; `template` holds {z}, {x} and {y}."""

    title: str
    group: str
    template: str
    deepest: int
    styles: Sequence[TileStyle]


@dataclass(frozen=True, slots=True)
class Project:
    """What the project shows: layers from the lowest to the highest, first looking at a box in degrees."""

    title: str
    base: str
    tiles: TileMap
    layers: Sequence[FeatureLayer]
    bounds: tuple[float, float, float, float]


def write_project(project: Project, path: Path) -> None:
    """Write the project, zipped when the file's name ends with .qgz."""
    text = project_text(project).encode("utf-8")
    if path.suffix.lower() != ".qgz":
        path.write_bytes(text)
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{path.stem}.qgs", text)


def project_text(project: Project) -> str:
    """Give the project as XML."""
    root = ET.Element("qgis", version=_VERSION, projectname=project.title, saveUser="", saveUserFull="")
    ET.SubElement(root, "title").text = project.title
    _add_crs(ET.SubElement(root, "projectCrs"), "EPSG:3857")
    tree = ET.SubElement(root, "layer-tree-group", name="", expanded="1", checked="Qt::Checked")
    layers = ET.SubElement(root, "projectlayers")
    groups: dict[str, ET.Element] = {}
    for layer in reversed(project.layers):
        _add_to_tree(tree, groups, layer.group, _id_of(layer.collection), layer.title, "OAPIF")
        _add_features(layers, layer, project.base)
    _add_to_tree(tree, groups, project.tiles.group, _id_of("tiles"), project.tiles.title, "")
    _add_tiles(layers, project.tiles)
    order = ET.SubElement(root, "layerorder")
    for name in [*(layer.collection for layer in reversed(project.layers)), "tiles"]:
        ET.SubElement(order, "layer", id=_id_of(name))
    _add_view(root, project.bounds)
    return _HEAD + ET.tostring(root, encoding="unicode")


def _id_of(name: str) -> str:
    """Give the identity of a layer; QGIS makes up another one where it is shorter than 17 characters."""
    return f"landdb_layer_of_{name}"


def _add_to_tree(
    tree: ET.Element, groups: dict[str, ET.Element], group: str, name: str, title: str, provider: str
) -> None:
    if group not in groups:
        groups[group] = ET.SubElement(tree, "layer-tree-group", name=group, expanded="1", checked="Qt::Checked")
    ET.SubElement(
        groups[group],
        "layer-tree-layer",
        id=name,
        name=title,
        checked="Qt::Checked",
        expanded="0",
        providerKey=provider,
    )


def _add_features(layers: ET.Element, layer: FeatureLayer, base: str) -> None:
    made = ET.SubElement(
        layers, "maplayer", type="vector", geometry=layer.geometry, labelsEnabled=str(int(bool(layer.label)))
    )
    if layer.smallest_scale:
        made.set("hasScaleBasedVisibilityFlag", "1")
        made.set("minScale", str(layer.smallest_scale))
        made.set("maxScale", "0")
    ET.SubElement(made, "id").text = _id_of(layer.collection)
    ET.SubElement(made, "datasource").text = (
        f" pagingEnabled='true' restrictToRequestBBOX='1' srsname='OGC:CRS84' typename='{layer.collection}'"
        f" url='{base}' version='OGC_API_FEATURES'"
    )
    ET.SubElement(made, "layername").text = layer.title
    _add_crs(ET.SubElement(made, "srs"), "OGC:CRS84")
    ET.SubElement(made, "provider", encoding="UTF-8").text = "OAPIF"
    _add_renderer(made, layer.drawn)
    if layer.label:
        add_labels(made, layer.label, is_area=layer.geometry == "Polygon")
    _add_fields(made, layer.fields)


def _add_renderer(parent: ET.Element, drawn: Sequence[Drawn]) -> None:
    renderer = ET.SubElement(parent, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0")
    rules = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    for number, one in enumerate(drawn):
        ET.SubElement(rules, "rule", key=f"rule-{number}", label=one.label, filter=one.expression, symbol=str(number))
        add_symbol(symbols, str(number), one.symbol.kind, one.symbol.drawn_by, one.symbol.options)


def _add_fields(parent: ET.Element, fields: Sequence[Field]) -> None:
    settings, aliases = ET.SubElement(parent, "fieldConfiguration"), ET.SubElement(parent, "aliases")
    for index, one in enumerate(fields):
        widget = ET.SubElement(ET.SubElement(settings, "field", name=one.name), "editWidget")
        widget.set("type", "ValueMap" if one.values else "TextEdit")
        config = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
        if one.values:
            pairs = ET.SubElement(config, "Option", name="map", type="List")
            for code, meaning in one.values.items():
                pair = ET.SubElement(pairs, "Option", type="Map")
                ET.SubElement(pair, "Option", name=meaning, value=code, type="QString")
        ET.SubElement(aliases, "alias", field=one.name, index=str(index), name=one.alias)


def _add_tiles(layers: ET.Element, tiles: TileMap) -> None:
    made = ET.SubElement(layers, "maplayer", type="vector-tile")
    ET.SubElement(made, "id").text = _id_of("tiles")
    address = quote(tiles.template, safe=":/{}")
    ET.SubElement(made, "datasource").text = f"type=xyz&url={address}&zmin=0&zmax={tiles.deepest}"
    ET.SubElement(made, "layername").text = tiles.title
    _add_crs(ET.SubElement(made, "srs"), "EPSG:3857")
    styles = ET.SubElement(ET.SubElement(made, "renderer", type="basic"), "styles")
    for style in tiles.styles:
        written = ET.SubElement(
            styles, "style", name=style.drawn.label, layer=style.layer, expression=style.drawn.expression, enabled="1",
            geometry={"marker": "0", "line": "1", "fill": "2"}[style.drawn.symbol.kind],
        )  # fmt: skip
        written.set("min-zoom", str(style.first))
        written.set("max-zoom", str(style.last))
        symbol = style.drawn.symbol
        add_symbol(ET.SubElement(written, "symbols"), "0", symbol.kind, symbol.drawn_by, symbol.options)


def _add_crs(parent: ET.Element, authid: str) -> None:
    ET.SubElement(ET.SubElement(parent, "spatialrefsys"), "authid").text = authid


def _add_view(root: ET.Element, bounds: tuple[float, float, float, float]) -> None:
    """Let the project open at these bounds: QGIS brings them into the project's system itself."""
    view = ET.SubElement(ET.SubElement(root, "ProjectViewSettings", UseProjectScales="0"), "DefaultViewExtent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        view.set(name, str(value))
    _add_crs(view, "EPSG:4326")
