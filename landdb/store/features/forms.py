"""How a feature is written: GeoJSON and JSON-FG text, CSV lines, columns. Text is put together by PostgreSQL."""

from collections.abc import Callable
from typing import Final, Literal

from landdb.store.features.collection import Collection, Property
from landdb.store.features.places import Crs

Form = Literal["geojson", "geojsonseq", "jsonfg", "csv"]
Axes = Literal["lonlat", "latlon", "zone"]

#: Digits after the point in metres: a tenth of a millimetre.
_METRE_DECIMALS: Final = 4
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"


def axes_of(system: Crs) -> Axes:
    """Give how a system writes coordinates."""
    if system.is_degrees:
        return "latlon" if system.latitude_first else "lonlat"
    return "zone"


def geometry(collection: Collection, axes: Axes) -> str:
    """Give the expression of the geometry; `zone` asks for the parameter `srid`."""
    if axes == "zone":
        return _in_zone(collection)
    degrees = collection.geom_4326
    return f"ST_FlipCoordinates({degrees})" if axes == "latlon" else degrees


def _in_zone(collection: Collection) -> str:
    """Give the geometry in the zone `srid`: as drawn where it was drawn there.

    PROJ converts between VN-2000 and WGS 84 here; tests hold it to the operation that `landdb.domain.crs` pins.
    """
    from_degrees = f"ST_Transform({collection.geom_4326}, %(srid)s::int)"
    if collection.native is None:
        return from_degrees
    native = collection.native
    return (
        f"CASE WHEN ST_SRID({native}) = %(srid)s::int THEN {native}"
        f" WHEN {native} IS NOT NULL THEN ST_Transform({native}, %(srid)s::int) ELSE {from_degrees} END"
    )


def text_of(collection: Collection, form: Form, axes: Axes) -> str:
    """Give the expression that writes one feature."""
    writers: dict[Form, Callable[[Collection, Axes], str]] = {
        "geojson": _geojson, "geojsonseq": _geojson, "jsonfg": _jsonfg, "csv": _csv_line,
    }  # fmt: skip
    return writers[form](collection, axes)


def _geojson(collection: Collection, axes: Axes) -> str:
    return (
        f"""'{{"type":"Feature","id":' || v.{collection.key} || ',"geometry":'"""
        f" || {_geometry_json(collection, axes)} || {_properties_json(collection)}"
    )


def _jsonfg(collection: Collection, axes: Axes) -> str:
    """Give a JSON-FG feature: `geometry` in degrees, `place` as drawn, or in the zone that was asked for."""
    starts = "v.valid_from" if collection.versioned else collection.starts
    time = "'null'" if starts is None else f"""coalesce('{{"interval":["' || ({starts}) || '",".."]}}', 'null')"""
    return (
        f"""'{{"type":"Feature","featureType":"{collection.id}","id":' || v.{collection.key} || ',"time":' || {time}"""
        f""" || ',"place":' || {_place(collection, axes)} || ',"geometry":'"""
        f" || {_geometry_json(collection, 'lonlat')} || {_properties_json(collection)}"
    )


def _place(collection: Collection, axes: Axes) -> str:
    shape = geometry(collection, "zone") if axes == "zone" else collection.native
    if shape is None:
        return "'null'"
    written = f"ST_AsGeoJSON({shape}, {_METRE_DECIMALS}, 0)"
    system = f"""',"coordRefSys":"{_EPSG}' || ST_SRID({shape}) || '"}}'"""
    return f"coalesce(rtrim({written}, '}}') || {system}, 'null')"


def _geometry_json(collection: Collection, axes: Axes) -> str:
    decimals = _METRE_DECIMALS if axes == "zone" else collection.decimals
    return f"coalesce(ST_AsGeoJSON({geometry(collection, axes)}, {decimals}, 0), 'null')"


def _properties_json(collection: Collection) -> str:
    members = " || ',".join(f""""{told.name}":' || {_member(told)}""" for told in collection.returned)
    return f"""',"properties":{{{members} || '}}}}'"""


def _member(told: Property) -> str:
    if told.type in {"string", "array", "timestamp"}:
        return f"coalesce(to_json({told.told})::text, 'null')"
    if told.type == "date":
        return f"""coalesce('"' || ({told.told})::text || '"', 'null')"""
    return f"coalesce(({told.told})::text, 'null')"


def _csv_line(collection: Collection, axes: Axes) -> str:
    cells = [f"v.{collection.key}", *(_cell(told) for told in collection.returned)]
    decimals = _METRE_DECIMALS if axes == "zone" else collection.decimals
    wkt = f"ST_AsText({geometry(collection, axes)}, {decimals})"
    cells.append(f"""coalesce('"' || {wkt} || '"', '')""")
    return " || ',' || ".join(cells) + " || chr(13) || chr(10)"


def _cell(told: Property) -> str:
    if told.type == "array":
        return _quoted(f"array_to_string({told.told}, ' ')")
    return _quoted(told.told) if told.type == "string" else f"coalesce(({told.told})::text, '')"


def _quoted(sql: str) -> str:
    return f"""coalesce('"' || replace(({sql}), '"', '""') || '"', '')"""


def columns_of(collection: Collection, axes: Axes) -> str:
    """Give the select list of a feature as columns: its key as `feature_id`, its properties, its geometry as WKB.

    Where polygons are multipolygons at times, all are: a layer of a file has one type.
    """
    casts = {"integer": "::bigint", "number": "::float8"}
    told = [f"({entry.told}){casts.get(entry.type, '')} AS {entry.name}" for entry in collection.returned]
    shape = geometry(collection, axes)
    shape = shape if collection.geometry_type == "any" else f"ST_Multi({shape})"
    return ", ".join([f"v.{collection.key} AS feature_id", *told, f"ST_AsBinary({shape}) AS geometry"])
