"""What tiles there are, as OGC API – Tiles (20-057), the tile matrix set standard (17-083r4) and TileJSON 3 tell it.

`base` is the address of the service without a slash at its end; all links are absolute.
"""

from collections.abc import Sequence
from typing import Any, Final

from landdb.domain.tile_grid import DEEPEST, HALF_WORLD_M, Tile
from landdb.domain.tile_layers import COLLECTIONS, LAYERS, TileLayer, zooms_of

MATRIX_SET: Final = "WebMercatorQuad"
MATRIX_SET_URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
MVT: Final = "application/vnd.mapbox-vector-tile"
CONFORMANCE: Final = (
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{part}"
        for part in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "mvt")
    ),
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
)
_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
_DIMENSIONS: Final = {"point": 0, "polygon": 2}
#: 0.28 mm, the pixel that scale denominators are told for.
_OGC_PIXEL_M: Final = 0.28e-3

#: West, south, east, north in degrees; None: nothing is drawn yet.
Extent = tuple[float, float, float, float] | None
#: Where Vietnam lies, for maps of a register that is still empty.
VIETNAM: Final = (102.0, 8.0, 110.0, 23.5)

TITLES: Final = {
    "communes": "Xã, phường · communes",
    "parcels": "Thửa đất · parcels",
    "sheets": "Tờ bản đồ · map sheets",
    "land-objects": "Đối tượng chiếm đất · land-occupying objects",
    "findings": "Lỗi phát hiện · findings",
}


def matrix_sets(base: str) -> dict[str, Any]:
    """Give the list of tile matrix sets: there is one."""
    uri = {"id": MATRIX_SET, "title": "Google Maps Compatible for the World", "uri": MATRIX_SET_URI, "crs": CRS}
    return {"tileMatrixSets": [{**uri, "links": [_link("self", f"{base}/tileMatrixSets/{MATRIX_SET}")]}]}


def matrix_set() -> dict[str, Any]:
    """Give the definition of the matrix set down to the zoom that tiles are drawn at."""
    return {
        "id": MATRIX_SET,
        "title": "Google Maps Compatible for the World",
        "uri": MATRIX_SET_URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(z) for z in range(DEEPEST + 1)],
    }


def tilesets(base: str, collection: str | None) -> dict[str, Any]:
    """Give the tilesets of a collection, of all together when it is None: one, in the one matrix set."""
    path = f"{base}{_path(collection)}"
    about = {"title": _title(collection), "dataType": "vector", "crs": CRS, "tileMatrixSetURI": MATRIX_SET_URI}
    return {
        "tilesets": [{**about, "links": [*_ways(base, collection), _link("self", f"{path}/{MATRIX_SET}")]}],
        "links": [_link("self", path)],
    }


def tileset(base: str, collection: str | None, extent: Extent) -> dict[str, Any]:
    """Give the metadata of a tileset: its layers with their fields, the ground it covers, and where its tiles are."""
    path = f"{base}{_path(collection)}/{MATRIX_SET}"
    west, south, east, north = extent or VIETNAM
    names = [collection] if collection else COLLECTIONS
    first = min(zooms_of(name)[0] for name in names)
    return {
        "title": _title(collection),
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetURI": MATRIX_SET_URI,
        "boundingBox": {
            "lowerLeft": [west, south],
            "upperRight": [east, north],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        },
        "layers": [_layer(name, layers) for name, layers in _named(names).items()],
        "centerPoint": {
            "coordinates": [(west + east) / 2, (south + north) / 2],
            "tileMatrix": str(max(first, 12)),
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        },
        "links": [
            _link("self", path),
            _link("describedby", f"{path}/tilejson.json", title="TileJSON"),
            *_ways(base, collection),
        ],
    }


def tilejson(base: str, collections: Sequence[str], extent: Extent) -> dict[str, Any]:
    """Give the TileJSON 3.0 of the tiles of some collections."""
    path = f"{base}{_path(collections[0] if len(collections) == 1 else None)}/{MATRIX_SET}"
    chosen = "" if len(collections) in (1, len(COLLECTIONS)) else f"?collections={','.join(collections)}"
    west, south, east, north = extent or VIETNAM
    return {
        "tilejson": "3.0.0",
        "name": "landdb",
        "scheme": "xyz",
        "tiles": [f"{path}/{{z}}/{{y}}/{{x}}{chosen}"],
        "minzoom": min(zooms_of(name)[0] for name in collections),
        "maxzoom": DEEPEST,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, 12],
        "vector_layers": [
            {
                "id": name,
                "minzoom": min(layer.first for layer in layers),
                "maxzoom": max(layer.last for layer in layers),
                "fields": {field: meaning for field, (_, meaning) in _fields(layers).items()},
            }
            for name, layers in _named(collections).items()
        ],
    }


def _matrix(z: int) -> dict[str, Any]:
    cell_m = Tile(z, 0, 0).side_m / 256
    return {
        "id": str(z),
        "scaleDenominator": cell_m / _OGC_PIXEL_M,
        "cellSize": cell_m,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 1 << z,
        "matrixHeight": 1 << z,
    }


def _named(collections: Sequence[str]) -> dict[str, list[TileLayer]]:
    """Give the layers of these collections by name: a layer may say more from some zoom on."""
    named: dict[str, list[TileLayer]] = {}
    for layer in LAYERS:
        if layer.collection in collections:
            named.setdefault(layer.name, []).append(layer)
    return named


def _fields(layers: Sequence[TileLayer]) -> dict[str, tuple[str, str]]:
    return {name: meaning for layer in layers for name, meaning in layer.fields.items()}


def _layer(name: str, layers: Sequence[TileLayer]) -> dict[str, Any]:
    properties = {field: {"type": kind, "title": meaning} for field, (kind, meaning) in _fields(layers).items()}
    dimension = _DIMENSIONS.get(layers[0].shape)
    return {
        "id": name,
        "title": TITLES.get(name, name),
        "dataType": "vector",
        "minTileMatrix": str(min(layer.first for layer in layers)),
        "maxTileMatrix": str(max(layer.last for layer in layers)),
        **({} if dimension is None else {"geometryDimension": dimension}),
        "propertiesSchema": {"type": "object", "properties": properties},
    }


def _ways(base: str, collection: str | None) -> list[dict[str, Any]]:
    """Give the links of a tileset to its tiles and its grid."""
    item = f"{base}{_path(collection)}/{MATRIX_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    return [
        {"rel": "item", "type": MVT, "href": item, "templated": True},
        _link(f"{_REL}/tiling-scheme", f"{base}/tileMatrixSets/{MATRIX_SET}"),
    ]


def _path(collection: str | None) -> str:
    return "/tiles" if collection is None else f"/collections/{collection}/tiles"


def _title(collection: str | None) -> str:
    return "landdb" if collection is None else TITLES[collection]


def _link(rel: str, href: str, **more: str) -> dict[str, Any]:
    return {"rel": rel, "type": "application/json", "href": href, **more}
