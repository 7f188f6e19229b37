"""The project for QGIS as landdb wants it: its collections with the names that people read, its map as it looks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from landdb.cartography.style import Language, palette
from landdb.codelists.land_use import colour_groups, label_of
from landdb.exporters.qgis_project import (
    Drawn,
    FeatureLayer,
    Field,
    Project,
    Symbol,
    TileMap,
    TileStyle,
    write_project,
)
from landdb.store.features.collection import Collection, collections

#: Farther out the tiles show what there is; reading features of a whole province would take a minute.
_PARCELS_FROM, _SHEETS_FROM = 10_000, 100_000
_DEEPEST: Final = 18
_GROUPS: Final[dict[str, dict[Language, str]]] = {
    "quality": {"vi": "Kiểm tra", "en": "Checks"},
    "cadastre": {"vi": "Địa chính", "en": "Cadastre"},
    "admin": {"vi": "Hành chính", "en": "Administration"},
    "map": {"vi": "Bản đồ nền", "en": "Map"},
}
_SEVERITIES: Final = ("error", "warning", "info")
#: Fields that hold land-use codes one at a time: QGIS shows the label for the code.
_LAND_USES: Final = frozenset({"land_use_label", "object_kind"})


def write_qgis_project(path: Path, base: str, language: Language, bounds: tuple[float, float, float, float]) -> None:
    """Write a project (.qgz or .qgs) connected to the API at `base`, first looking at `bounds` (degrees)."""
    known = collections()
    ink = palette()["light"]
    layers = [
        _layer(known["communes"], language, "admin", [_outline(known["communes"], language, ink["commune_line"], 0.5)]),
        _layer(known["sheets"], language, "cadastre", [_outline(known["sheets"], language, ink["sheet_line"], 0.3)],
               label='"sheet_no"', smallest_scale=_SHEETS_FROM),
        _layer(known["land-objects"], language, "cadastre", _objects(language), smallest_scale=_PARCELS_FROM),
        _layer(known["parcels"], language, "cadastre",
               [_outline(known["parcels"], language, ink["parcel_line"], 0.2)],
               label='"sheet_no" || \'/\' || "parcel_no"', smallest_scale=_PARCELS_FROM),
        _layer(known["findings"], language, "quality", _faults(language), geometry="Point"),
    ]  # fmt: skip
    tiles = TileMap(
        title="landdb",
        group=_GROUPS["map"][language],
        template=f"{base}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}",
        deepest=_DEEPEST,
        styles=_tile_styles(language),
    )
    write_project(Project("landdb", base, tiles, layers, bounds), path)


def _layer(
    collection: Collection,
    language: Language,
    group: str,
    drawn: Sequence[Drawn],
    *,
    geometry: Literal["Polygon", "Point"] = "Polygon",
    label: str | None = None,
    smallest_scale: int | None = None,
) -> FeatureLayer:
    return FeatureLayer(
        collection=collection.id,
        title=collection.title[language],
        group=_GROUPS[group][language],
        geometry=geometry,
        fields=[
            Field(one.name, one.vi if language == "vi" else one.en, _meanings(one.name, language))
            for one in collection.returned
        ],
        drawn=drawn,
        label=label,
        smallest_scale=smallest_scale,
    )


def _meanings(name: str, language: Language) -> Mapping[str, str]:
    if name in _LAND_USES:
        return {code: f"{code} – {label_of(code, language)}" for code in colour_groups()}
    if name == "severity":
        return {severity: palette()["titles"][severity][language] for severity in _SEVERITIES}
    return {}


def _outline(collection: Collection, language: Language, colour: str, width_mm: float) -> Drawn:
    """Give a line around what the tiles have filled already."""
    return Drawn(collection.title[language], _fill(colour, opacity=0, line=colour, width_mm=width_mm))


def _objects(language: Language) -> list[Drawn]:
    book = palette()
    return [
        Drawn(
            book["titles"]["land_objects"][language] if kind == "road" else kind,
            _fill(book["light"][kind], line=book["light"].get(f"{kind}_line", book["light"]["road_line"])),
            f'"object_kind" IN ({", ".join(repr(name) for name in names)})',
        )
        for kind, names in book["objects"].items()
    ]


def _faults(language: Language) -> list[Drawn]:
    book = palette()
    return [
        Drawn(book["titles"][severity][language], _marker(book["findings"][severity]["light"]),
              f"\"severity\" = '{severity}'")
        for severity in _SEVERITIES
    ]  # fmt: skip


def _tile_styles(language: Language) -> list[TileStyle]:
    """Give the map's look: land uses under roads and water under lines under faults."""
    book = palette()
    ink = book["light"]
    by_colour: dict[str, list[str]] = {}
    for code, total in colour_groups().items():
        if colour := book["land_use"].get(code) or book["land_use"].get(total):
            by_colour.setdefault(colour, []).append(code)
    uses = [
        TileStyle("parcels", Drawn(label_of(codes[0], language), _fill(colour, opacity=140, line=ink["parcel_line"]),
                                   f'"use" IN ({", ".join(repr(code) for code in codes)})'))
        for colour, codes in by_colour.items()
    ]  # fmt: skip
    objects = [TileStyle("land-objects", _renamed(one, "object_kind", "kind")) for one in _objects(language)]
    lines = [
        TileStyle("sheets", Drawn(book["titles"]["sheets"][language], _fill(ink["sheet_line"], opacity=0,
                                                                         line=ink["sheet_line"])), 13),
        TileStyle("communes", Drawn(book["titles"]["communes"][language], _fill(ink["commune_line"], opacity=0,
                                                                             line=ink["commune_line"], width_mm=0.5))),
    ]  # fmt: skip
    return [*uses, *objects, *lines, *(TileStyle("findings", one) for one in _faults(language))]


def _renamed(drawn: Drawn, field: str, by: str) -> Drawn:
    return Drawn(drawn.label, drawn.symbol, drawn.expression.replace(f'"{field}"', f'"{by}"'))


def _fill(colour: str, *, opacity: int = 255, line: str, width_mm: float = 0.1) -> Symbol:
    options = {
        "color": _rgba(colour, opacity), "style": "solid" if opacity else "no",
        "outline_color": _rgba(line, 255), "outline_width": str(width_mm), "outline_style": "solid",
    }  # fmt: skip
    return Symbol("fill", "SimpleFill", options)


def _marker(colour: str) -> Symbol:
    return Symbol(
        "marker",
        "SimpleMarker",
        {"name": "circle", "color": _rgba(colour, 230), "size": "2.4", "outline_color": "255,255,255,255"},
    )


def _rgba(colour: str, opacity: int) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{opacity}"
