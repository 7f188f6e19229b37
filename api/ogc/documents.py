"""Landing page, conformance, collections, queryables and schemas as JSON documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.ogc.formats import ITEMS, METADATA
from api.ogc.links import Place, collection_links, landing_links, link, own_links
from landdb.lookups.features import CRS84, EPSG_4326, FUNCTIONS, Collection, Facts, Property, zone

TITLE: Final = "landdb"
_F1: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_F2: Final = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf"
_F3: Final = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
_CQL: Final = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    f"{_F1}/core", f"{_F1}/geojson", f"{_F1}/html", f"{_F1}/oas30",
    f"{_F2}/crs",
    f"{_F3}/queryables", f"{_F3}/queryables-query-parameters", f"{_F3}/filter", f"{_F3}/features-filter",
    f"{_CQL}/cql2-text", f"{_CQL}/cql2-json", f"{_CQL}/basic-cql2", f"{_CQL}/advanced-comparison-operators",
    f"{_CQL}/case-insensitive-comparison", f"{_CQL}/accent-insensitive-comparison", f"{_CQL}/basic-spatial-functions",
    f"{_CQL}/basic-spatial-functions-plus", f"{_CQL}/spatial-functions", f"{_CQL}/temporal-functions",
    f"{_CQL}/array-functions", f"{_CQL}/property-property", f"{_CQL}/functions", f"{_CQL}/arithmetic",
    "http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
)  # fmt: skip
#: Vietnam with its seas: where a collection lies of which nothing is known yet.
_VIETNAM: Final = (102.14, 6.0, 117.82, 23.4)
_TYPES: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"}, "integer": {"type": "integer"}, "number": {"type": "number"},
    "boolean": {"type": "boolean"}, "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "array": {"type": "array", "items": {"type": "string"}},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the data: the zones in use, the main one first, and the facts of each collection."""

    zones: tuple[int, ...]
    facts: Mapping[str, Facts]


def landing(place: Place) -> dict[str, Any]:
    """Give the landing page."""
    return {
        "title": "landdb: cơ sở dữ liệu thửa đất mở / the open land-parcel database",
        "description": "Parcels, map sheets, communes and findings of Vietnamese communes, by OGC API Features.",
        "links": own_links(place, METADATA[0], METADATA) + landing_links(place),
    }


def conformance(place: Place) -> dict[str, Any]:
    """Give the conformance classes that hold."""
    return {"conformsTo": list(CONFORMANCE), "links": own_links(place, METADATA[0], METADATA)}


def collection_list(place: Place, told: Told, all_of_them: Mapping[str, Collection]) -> dict[str, Any]:
    """Give all collections."""
    return {
        "links": own_links(place, METADATA[0], METADATA),
        "crs": crs_uris(told),
        "collections": [collection(place, known, told) for known in all_of_them.values()],
    }


def collection(place: Place, known: Collection, told: Told) -> dict[str, Any]:
    """Give one collection: the same document on its own and in the list."""
    facts = told.facts[known.id]
    at = f"/collections/{known.id}"
    own = [
        link(
            place.to(f"{at}?f={form.name}"), "self" if form is METADATA[0] else "alternate", form.media_type, form.title
        )
        for form in METADATA
    ]
    since = None if facts.since is None else f"{facts.since.isoformat()}T00:00:00Z"
    return {
        "id": known.id,
        "title": f"{known.title['vi']} / {known.title['en']}",
        "description": f"{known.description['vi']} {known.description['en']}",
        "itemType": "feature",
        "itemCount": facts.features,
        "extent": {
            "spatial": {"bbox": [list(facts.box or _VIETNAM)], "crs": CRS84.uri},
            "temporal": {"interval": [[since, None]]},
        },
        "crs": crs_uris(told),
        "storageCrs": zone(told.zones[0]).uri if known.native and told.zones else CRS84.uri,
        "links": own + collection_links(place, known.id, ITEMS),
    }


def crs_uris(told: Told) -> list[str]:
    """Give the systems that are served, the default first."""
    return [CRS84.uri, EPSG_4326.uri, *(zone(srid).uri for srid in told.zones)]


def queryables(place: Place, known: Collection) -> dict[str, Any]:
    """Give what filters may ask about, as JSON Schema."""
    properties = {told.name: _described(told) for told in known.properties}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": place.to(f"/collections/{known.id}/queryables"),
        "type": "object",
        "title": known.title["en"],
        "description": known.description["en"],
        "properties": {**properties, "geometry": _geometry(known)},
        "additionalProperties": False,
    }


def schema(place: Place, known: Collection) -> dict[str, Any]:
    """Give what a feature has, as JSON Schema."""
    properties = {told.name: _described(told) for told in known.returned}
    key = {"type": "integer", "x-ogc-role": "id", "title": known.key, "readOnly": True}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": place.to(f"/collections/{known.id}/schema"),
        "type": "object",
        "title": known.title["en"],
        "description": known.description["en"],
        "properties": {"id": key, **properties, "geometry": {**_geometry(known), "x-ogc-role": "primary-geometry"}},
    }


def functions(place: Place) -> dict[str, Any]:
    """Give the functions that filters may call."""
    return {
        "links": own_links(place, METADATA[0], METADATA),
        "functions": [
            {
                "name": function.name,
                "description": f"{function.vi} / {function.en}",
                "arguments": [{"type": [_function_type(kind)]} for kind in function.arguments],
                "returns": [_function_type(function.returns)],
            }
            for function in FUNCTIONS
        ],
    }


def property_schema(told: Property) -> dict[str, Any]:
    """Give the JSON Schema of a property's type."""
    return dict(_TYPES[told.type])


def _described(told: Property) -> dict[str, Any]:
    unit = {} if told.unit is None else {"x-ogc-unit": told.unit}
    return {"title": told.vi, "description": told.en, **property_schema(told), **unit}


def _geometry(known: Collection) -> dict[str, Any]:
    return {"title": "Hình", "description": "Geometry", "format": f"geometry-{known.geometry_type}"}


def _function_type(kind: str) -> str:
    return {"text": "string", "date": "date", "geometry": "geometry"}.get(kind, kind)
