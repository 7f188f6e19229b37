"""The OpenAPI description of OGC API Features, each collection by its own path with its own parameters.

GDAL sends an attribute filter to the server only when the property is a query parameter of the collection's path.
"""

from typing import Any, Final

from api.ogc.documents import property_schema
from api.ogc.formats import ITEM, ITEMS, METADATA, Format
from api.ogc.requests import DEFAULT_LIMIT, ITEM_PARAMETERS, ITEMS_PARAMETERS, MOST_FEATURES
from api.responses import OPTIONAL_TOKEN, problems
from landdb.domain.cql2 import LANGUAGES
from landdb.domain.crs import ZONES
from landdb.lookups.features import CRS84, EPSG_4326, Collection, Property, collections, zone

_TAG: Final = "features"
_SCHEMA_JSON: Final = "application/schema+json"
_FORMAT_WORDS: Final = "the format; without it the Accept header decides"
_STRING: Final[dict[str, Any]] = {"type": "string"}
_CRS: Final[dict[str, Any]] = {
    "type": "string",
    "enum": [CRS84.uri, EPSG_4326.uri, *(zone(srid).uri for srid in sorted(ZONES))],
    "default": CRS84.uri,
}


def describe(document: dict[str, Any]) -> None:
    """Add the paths and schemas of OGC API Features to an OpenAPI 3.1 document, before the others."""
    schemas = document["components"]["schemas"]
    schemas |= _SCHEMAS
    told: dict[str, Any] = dict(_documents())
    for collection in collections().values():
        name = _pascal(collection.id)
        schemas[f"{name}Feature"] = _feature(collection)
        schemas[f"{name}Features"] = _features(f"{name}Feature")
        told |= _paths(collection, name)
    document["paths"] = {**told, **document["paths"]}


def _documents() -> dict[str, Any]:
    """Give the paths that are there once."""
    plain = (
        ("/", "landing", "Landing page: what there is.", "LandingPage"),
        ("/conformance", "conformance", "The conformance classes that hold.", "Conformance"),
        ("/collections", "collections", "The collections, and where they lie.", "Collections"),
        ("/functions", "functions", "Functions that CQL2 filters may call.", "Functions"),
        ("/api", "api", "This description, as OpenAPI 3.0.", "OpenApi"),
    )  # fmt: skip
    told = {path: _get(f"ogc_{name}", words, _content(METADATA, schema)) for path, name, words, schema in plain}
    told["/api"]["get"]["responses"]["200"]["content"] = {
        "application/vnd.oai.openapi+json;version=3.0": {"schema": _ref("OpenApi")},
        "text/html": {"schema": _STRING},
    }
    return told


def _paths(collection: Collection, name: str) -> dict[str, Any]:
    """Give the paths of one collection."""
    at, title, about = f"/collections/{collection.id}", collection.title["en"], collection.description["en"]
    items = _get(
        f"get{name}Features", f"{title}: one page, or all of them in a bulk format. {about}",
        _items_content(name), [*_items_parameters(), *map(_queryable, collection.properties)], 403,
    )  # fmt: skip
    item = _get(
        f"get{name}Feature", f"One of {title[0].lower()}{title[1:]}.", _item_content(name),
        [_path_key(collection), *_item_parameters()], 404,
    )  # fmt: skip
    for operation in (items, item):
        operation["get"]["responses"]["304"] = {"description": "the asker has it, by If-None-Match"}
        operation["get"] |= OPTIONAL_TOKEN
    schema = {"content": {_SCHEMA_JSON: {"schema": {"type": "object"}}}}
    queryables = {"content": {**schema["content"], "text/html": {"schema": _STRING}}}
    return {
        f"{at}/items": items,
        f"{at}/items/{{featureId}}": item,
        at: _get(f"describe{name}", f"The collection: {about}", _content(METADATA, "Collection"), (_f(METADATA),)),
        f"{at}/queryables": _get(f"get{name}Queryables", "What filters may ask about.", queryables, (_f(METADATA),)),
        f"{at}/schema": _get(f"get{name}Schema", "What a feature has.", schema, (_f(METADATA[:1]),)),
    }


def _get(
    operation_id: str, words: str, answer: dict[str, Any], parameters: Any = None, *statuses: int
) -> dict[str, Any]:
    told = [_f(METADATA)] if parameters is None else list(parameters)
    faults = {str(status): fault for status, fault in problems(*statuses).items()}
    responses = {"200": {"description": "the answer", **answer}, **faults}
    return {
        "get": {
            "operationId": operation_id, "tags": [_TAG], "description": words, "parameters": told,
            "responses": responses,
        }
    }  # fmt: skip


def _content(offered: tuple[Format, ...], schema: str) -> dict[str, Any]:
    return {
        "content": {
            form.media_type: {"schema": _STRING if form.media_type.startswith("text/") else _ref(schema)}
            for form in offered
        }
    }


def _items_content(name: str) -> dict[str, Any]:
    content: dict[str, Any] = {form.media_type: {"schema": {}} for form in ITEMS}
    for form in ITEMS[:2]:
        content[form.media_type] = {"schema": _ref(f"{name}Features")}
    return {"content": content, "headers": _headers()}


def _item_content(name: str) -> dict[str, Any]:
    content: dict[str, Any] = {form.media_type: {"schema": _ref(f"{name}Feature")} for form in ITEM}
    content["text/html"] = {"schema": _STRING}
    return {"content": content, "headers": _headers()}


def _headers() -> dict[str, Any]:
    return {
        "Content-Crs": {"description": "the system of the coordinates, in angle brackets", "schema": _STRING},
        "ETag": {"description": "changes when the features do", "schema": _STRING},
    }


def _items_parameters() -> list[dict[str, Any]]:
    return [_parameter(name, _ITEMS_WORDS[name]) for name in ITEMS_PARAMETERS]


def _item_parameters() -> list[dict[str, Any]]:
    return [_f(ITEM)] + [_parameter(name, _ITEMS_WORDS[name]) for name in ITEM_PARAMETERS if name != "f"]


def _parameter(name: str, words: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    told = {"name": name, "in": "query", "required": False, "description": words[0], "schema": words[1]}
    return {**told, "style": "form", "explode": False}


def _f(offered: tuple[Format, ...]) -> dict[str, Any]:
    names = [form.name for form in offered]
    return _parameter("f", (_FORMAT_WORDS, {"type": "string", "enum": names}))


def _queryable(told: Property) -> dict[str, Any]:
    words = f"{told.vi} / {told.en}" + (" (one of them)" if told.type == "array" else "")
    schema = _STRING if told.type == "array" else property_schema(told)
    return _parameter(told.name, (words, schema))


def _path_key(collection: Collection) -> dict[str, Any]:
    return {
        "name": "featureId", "in": "path", "required": True, "description": collection.key,
        "schema": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}, "example": 1,
    }  # fmt: skip


def _feature(collection: Collection) -> dict[str, Any]:
    properties = {told.name: _nullable(property_schema(told)) for told in collection.returned}
    return {
        "type": "object",
        "title": collection.title["en"],
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": {"anyOf": [_ref("GeoJsonGeometry"), {"type": "null"}]},
            "properties": {"type": "object", "properties": properties, "required": list(properties)},
            "links": _LINKS,
        },
    }


def _features(feature: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "features", "links", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "links": _LINKS,
            "features": {"type": "array", "items": _ref(feature)},
        },
    }


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _pascal(collection_id: str) -> str:
    return "".join(part.capitalize() for part in collection_id.split("-"))


_BOX: Final = [105.25, 21.41, 105.26, 21.42]
_LINKS: Final[dict[str, Any]] = {"type": "array", "items": _ref("Link")}
_ITEMS_WORDS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "f": (_FORMAT_WORDS, {"type": "string", "enum": [form.name for form in ITEMS]}),
    "limit": (
        "features in a page; without it bulk formats give everything",
        {"type": "integer", "minimum": 1, "maximum": MOST_FEATURES, "default": DEFAULT_LIMIT},
    ),
    "cursor": ("of the link `next`; it goes on after the last feature of that page", _STRING),
    "bbox": (
        "features that meet the box: lower corner, upper corner, in the order of bbox-crs",
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6, "example": _BOX},
    ),
    "bbox-crs": ("system of the bbox", _CRS),
    "crs": ("system of the coordinates in the answer", _CRS),
    "datetime": (
        "true in law on this day or moment, or at last between two of them (`2025-07-01/..`)",
        {"type": "string", "example": "2026-01-31"},
    ),
    "known_at": (
        "as recorded by this moment", {"type": "string", "format": "date-time", "example": "2026-01-31T08:00:00Z"},
    ),
    "filter": ("CQL2", {"type": "string", "example": "legal_area_m2 > 500 AND land_use_codes IS NOT NULL"}),
    "filter-lang": ("how the filter is written", {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}),
    "filter-crs": ("system of the coordinates in the filter", _CRS),
}  # fmt: skip
_SCHEMAS: Final[dict[str, Any]] = {
    "Link": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": dict.fromkeys(("href", "rel", "type", "title"), _STRING),
    },
    "LandingPage": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": _STRING, "description": _STRING, "links": _LINKS},
    },
    "Conformance": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": _STRING}, "links": _LINKS},
    },
    "Collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "crs": {"type": "array", "items": _STRING},
            "collections": {"type": "array", "items": _ref("Collection")},
        },
    },
    "Collection": {
        "type": "object",
        "required": ["id", "links", "extent", "crs", "storageCrs", "itemType", "itemCount"],
        "properties": {
            "id": _STRING, "title": _STRING, "description": _STRING, "links": _LINKS,
            "extent": {"type": "object"},
            "itemType": _STRING,
            "itemCount": {"type": "integer"},
            "crs": {"type": "array", "items": _STRING},
            "storageCrs": _STRING,
        },
    },
    "Functions": {
        "type": "object",
        "required": ["functions"],
        "properties": {"links": _LINKS, "functions": {"type": "array", "items": {"type": "object"}}},
    },
    "OpenApi": {"type": "object"},
    "GeoJsonGeometry": {
        "type": "object",
        "required": ["type"],
        "properties": {"type": _STRING, "coordinates": {"type": "array", "items": {}}},
    },
}  # fmt: skip
