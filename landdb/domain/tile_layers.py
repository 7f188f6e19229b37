"""The layers of map tiles: from which zoom on each is drawn, and what its features say. No layer holds a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from landdb.domain.tile_grid import DEEPEST

Shape = Literal["polygon", "point", "any"]


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A layer of a collection's tiles between two zooms.

    `statement` names how it is drawn, `source` whose changes outdate it, `fields` what a feature says: name → what it
    means. Features of layers with `has_ids` carry the identity of the thing.
    """

    name: str
    collection: str
    statement: str
    source: str
    first: int
    last: int
    shape: Shape
    fields: dict[str, tuple[str, str]]
    has_ids: bool = True


_TEXT, _NUMBER = "string", "integer"
_USE: Final = {"use": (_TEXT, "land-use code, the first of several")}
_NUMBERS: Final = {"sheet": (_TEXT, "number of the map sheet"), "no": (_TEXT, "number of the parcel on its sheet")}
_SHEET: Final = {
    "no": (_TEXT, "number of the sheet"),
    "scale": (_NUMBER, "denominator of its scale"),
    "parcels": (_NUMBER, "how many parcels it holds"),
}
_COMMUNE: Final = {
    "code": (_TEXT, "code of the commune"),
    "name": (_TEXT, "its name"),
    "kind": (_TEXT, "xã, phường or đặc khu"),
    "parcels": (_NUMBER, "how many parcels it holds"),
    "errors": (_NUMBER, "findings of severity error that stand"),
    "warnings": (_NUMBER, "findings of severity warning that stand"),
}
_FINDING: Final = {
    "rule": (_TEXT, "the rule that it breaks"),
    "severity": (_TEXT, "error, warning or info"),
    "state": (_TEXT, "open, regressed or accepted"),
}
#: Below this zoom a parcel is smaller than five pixels: its ground is shown dissolved.
DUST: Final = 14
#: From this zoom on parcels are large enough to hold their numbers.
NUMBERS: Final = 17

LAYERS: Final = (
    TileLayer("communes", "communes", "communes", "communes", 0, DEEPEST, "polygon", _COMMUNE),
    TileLayer("commune-labels", "communes", "commune_labels", "communes", 6, DEEPEST, "point", _COMMUNE),
    TileLayer("parcels", "parcels", "cover", "sheets", 10, DUST - 1, "polygon",
              {"use": (_TEXT, "group of land uses"), "parcels": (_NUMBER, "how many parcels it stands for")},
              has_ids=False),
    TileLayer("parcels", "parcels", "parcels", "parcels", DUST, NUMBERS - 1, "polygon", _USE),
    TileLayer("parcels", "parcels", "numbered_parcels", "parcels", NUMBERS, DEEPEST, "polygon", _USE | _NUMBERS),
    TileLayer("parcel-labels", "parcels", "parcel_labels", "parcels", NUMBERS, DEEPEST, "point",
              _NUMBERS | _USE | {"area": (_NUMBER, "computed area, m²")}),
    TileLayer("sheets", "sheets", "sheets", "sheets", 11, DEEPEST, "polygon", _SHEET),
    TileLayer("sheet-labels", "sheets", "sheet_labels", "sheets", 12, DEEPEST, "point", _SHEET),
    TileLayer("land-objects", "land-objects", "land_objects", "land-objects", 12, DEEPEST, "polygon",
              {"kind": (_TEXT, "land-use code of the object: DGT road, SON river, …"), "name": (_TEXT, "its name")}),
    TileLayer("findings", "findings", "findings", "findings", 12, DEEPEST, "point",
              _FINDING | {"parcel": (_NUMBER, "the parcel that it is about")}),
    TileLayer("finding-shapes", "findings", "finding_shapes", "findings", 15, DEEPEST, "any", _FINDING),
)  # fmt: skip

#: In the order in which they lie upon each other, the lowest first.
COLLECTIONS: Final = tuple(dict.fromkeys(layer.collection for layer in LAYERS))


def layers_of(collections: Iterable[str], z: int) -> list[TileLayer]:
    """Give the layers that tiles of these collections have at a zoom."""
    wanted = set(collections)
    return [layer for layer in LAYERS if layer.collection in wanted and layer.first <= z <= layer.last]


def zooms_of(collection: str) -> tuple[int, int]:
    """Give the smallest and the largest zoom at which a collection is drawn."""
    drawn = [layer for layer in LAYERS if layer.collection == collection]
    return min(layer.first for layer in drawn), max(layer.last for layer in drawn)
