"""Formats that point elsewhere, carry programs, lie about themselves or break off."""

import json
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shapely
from hostile_files import (
    Corpus,
    Place,
    feature,
    honest_layer,
    polygon,
    refused,
    rows,
    square,
    write_layer,
)

FILES = Corpus()
add = FILES.add


def _vrt(place: Place, name: str) -> Path:
    layer = f"<OGRVRTLayer name='root'><SrcDataSource>{place.secret}</SrcDataSource></OGRVRTLayer>"
    return place.file(name, f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")


FILES.each(
    refused("VIRTUAL_FORMAT"), _vrt, {"vrt_as_geojson": "a.geojson", "vrt_as_shp": "a.shp", "vrt_as_gml": "a.gml"}
)


@add(refused("VIRTUAL_FORMAT"))
def vrt_to_the_network(place: Place) -> Path:
    layer = f"<OGRVRTLayer name='a'><SrcDataSource>/vsicurl/{place.url}a.csv</SrcDataSource></OGRVRTLayer>"
    return place.file("a.shp", f"<!-- a --><OGRVRTDataSource>{layer}</OGRVRTDataSource>")


@add(refused("VIRTUAL_FORMAT"))
def gdal_pipeline(place: Place) -> Path:
    command = f"gdal vector pipeline ! read {place.secret} ! write --of stream"
    return place.file("a.geojson", json.dumps({"type": "gdal_streamed_alg", "command_line": command}))


@add(refused("UNREADABLE_FILE", "UNKNOWN_FORMAT"))
def gdal_pipeline_behind_a_feature_collection(place: Place) -> Path:
    filler = f'"type":"FeatureCollection","features":[],"x":"{" " * 70_000}",'
    command = f"gdal vector pipeline ! read {place.secret}"
    return place.file("a.geojson", f'{{{filler}"type":"gdal_streamed_alg","command_line":"{command}"}}')


@add(refused("VIRTUAL_FORMAT"))
def wfs_source(place: Place) -> Path:
    return place.file("wfs.xml", f"<OGRWFSDataSource><URL>{place.url}</URL></OGRWFSDataSource>")


@add(refused("VIRTUAL_FORMAT"))
def wfs_capabilities(place: Place) -> Path:
    return place.file("a.gml", f'<WFS_Capabilities version="1.1.0" xlink:href="{place.url}"/>')


@add(refused("VIRTUAL_FORMAT", "UNKNOWN_FORMAT"))
def features_service(place: Place) -> Path:
    links = [{"rel": "data", "href": f"{place.url}collections"}]
    return place.file("a.json", json.dumps({"conformsTo": ["http://www.opengis.net/spec"], "links": links}))


@add(refused("UNKNOWN_FORMAT"))
def path_instead_of_a_file(place: Place) -> Path:
    return place.file("a.geojson", f"/vsicurl/{place.url}a.geojson")


def _gpkg(place: Place, *statements: str, writable: bool = False) -> Path:
    path = honest_layer(place.folder / "a.gpkg", 3)
    with sqlite3.connect(path) as database:
        if writable:
            database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


RECURSION = "WITH RECURSIVE t(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM t) SELECT fid, NULL AS geom FROM t"
CONTENTS = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('v', 'features', 'v', 9208)"
COLUMNS = "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 9208, 0, 0)"

FILES.each(
    refused("GPKG_VIEW"),
    lambda place, statements: _gpkg(place, *statements),
    {
        "geopackage_with_an_endless_view": (f"CREATE VIEW v AS {RECURSION}",),
        "geopackage_with_a_view_as_layer": (f"CREATE VIEW v AS {RECURSION}", CONTENTS, COLUMNS),
    },
)


@add(refused("GPKG_VIEW", "GPKG_DAMAGED"))
def geopackage_with_a_view_in_capitals(place: Place) -> Path:
    hide = "UPDATE sqlite_master SET type = 'VIEW' WHERE type = 'view'"
    return _gpkg(place, f"CREATE VIEW v AS {RECURSION}", CONTENTS, COLUMNS, hide, writable=True)


FILES.each(
    refused("GPKG_TRIGGER"),
    lambda place, body: _gpkg(place, f"CREATE TRIGGER {body} AFTER INSERT ON a BEGIN SELECT 1; END"),
    {"geopackage_with_a_trigger": "evil"},
)


@add(refused("GPKG_TRIGGER"))
def geopackage_with_a_trigger_that_loads_code(place: Place) -> Path:
    return _gpkg(place, "CREATE TRIGGER rtree_x AFTER INSERT ON a BEGIN SELECT load_extension('x.so'); END")


@add(refused("GPKG_VIRTUAL_TABLE"))
def geopackage_with_a_virtual_table(place: Place) -> Path:
    return _gpkg(place, "CREATE VIRTUAL TABLE f USING fts4(x)")


@add(refused("GPKG_VIRTUAL_TABLE", "GPKG_DAMAGED"))
def geopackage_with_a_virtual_table_behind_a_comment(place: Place) -> Path:
    sql = f"CREATE/**/VIRTUAL TABLE v USING VirtualOGR(''{place.secret}'')"
    entry = f"INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, '{sql}')"
    return _gpkg(place, CONTENTS, COLUMNS, entry, writable=True)


@add(refused("GPKG_DAMAGED", "UNREADABLE_FILE", "GPKG_GENERATED", "TOO_MUCH_MEMORY"))
def geopackage_with_a_computed_column(place: Place) -> Path:
    return _gpkg(place, "ALTER TABLE a ADD COLUMN big TEXT GENERATED ALWAYS AS (hex(zeroblob(900000000))) VIRTUAL")


@add(refused("UNKNOWN_FORMAT"))
def plain_sqlite(place: Place) -> Path:
    path = place.folder / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE a (x)")
    database.close()
    return path


def _damaged(place: Place, damage: Callable[[bytearray], Any], name: str = "a.gpkg", **options: Any) -> Path:
    """Write an honest file of 300 parcels, then damage its bytes."""
    shapes = [shapely.Polygon(square(number)) for number in range(300)]
    path = write_layer(place.folder / name, shapes, **options)
    content = bytearray(path.read_bytes())
    damage(content)
    path.write_bytes(content)
    return path


def _cut(content: bytearray) -> None:
    del content[len(content) // 2 :]


def _scribble(at: int, length: int) -> Callable[[bytearray], None]:
    def damage(content: bytearray) -> None:
        content[at : at + length] = b"\xa5" * length

    return damage


FILES.each(
    refused("GPKG_DAMAGED"),
    _damaged,
    {
        "geopackage_cut": _cut,
        "geopackage_page_of_noise": _scribble(4096 * 5, 4096),
        "geopackage_schema_of_noise": _scribble(100, 8),
    },
)
FILES.each(
    refused("FILE_CUT", "UNREADABLE_FILE", "READER_CRASHED"),
    lambda place, damage: _damaged(place, damage, "a.fgb", driver="FlatGeobuf"),
    {
        "flatgeobuf_cut": _cut,
        "flatgeobuf_header_of_noise": _scribble(12, 200),
        "flatgeobuf_of_noise": _scribble(40_000, 9000),
    },
)


def _shapefile(place: Place, **damage: Callable[[bytearray], Any] | None) -> Path:
    """Write a shapefile of 3 parcels; each part is damaged, or left out where the damage is None."""
    path = honest_layer(place.folder / "a.shp", 3)
    for suffix, harm in damage.items():
        part = path.with_suffix(f".{suffix}")
        if harm is None:
            part.unlink()
            continue
        content = bytearray(part.read_bytes())
        harm(content)
        part.write_bytes(content)
    return path


FILES.each(
    rows(3),
    lambda place, damage: _shapefile(place, **damage),
    {"shapefile_without_shx": {"shx": None}, "shapefile_with_a_bad_cpg": {"cpg": _scribble(0, 5)}},
)
FILES.each(refused("SHAPEFILE_INCOMPLETE"), lambda place, _: _shapefile(place, dbf=None), {"shapefile_without_dbf": 0})


def _put(at: int, form: str, value: int) -> Callable[[bytearray], None]:
    def damage(content: bytearray) -> None:
        content[at : at + struct.calcsize(form)] = struct.pack(form, value)

    return damage


def _keep(length: int) -> Callable[[bytearray], None]:
    """Cut a part of a shapefile, and say so in its header."""

    def damage(content: bytearray) -> None:
        del content[length:]
        content[24:28] = struct.pack(">i", length // 2)

    return damage


FILES.each(
    refused("UNREADABLE_FILE", "READER_CRASHED"),
    lambda place, damage: _shapefile(place, **damage),
    {
        "shapefile_of_a_size_it_has_not": {"shp": _put(24, ">i", 0x7FFFFFFF)},
        "shapefile_cut": {"shp": _cut},
    },
)


FILES.each(
    rows(2, NO_GEOMETRY=1),
    lambda place, damage: _shapefile(place, **damage),
    {"shapefile_with_points_beyond_its_end": {"shp": _put(100 + 8 + 40, "<i", 0x7FFFFFF)}},
)
FILES.each(
    rows(3),
    lambda place, damage: _shapefile(place, **damage),
    {
        "shapefile_index_to_nowhere": {"shx": _put(100, ">i", 0x7FFFFFF0)},
    },
)
FILES.each(
    refused("MISSING_COLUMN"),
    lambda place, damage: _shapefile(place, **damage),
    {"shapefile_with_endless_header": {"dbf": _put(8, "<H", 0xFFFF)}},
)
FILES.each(
    refused("FILE_CUT", "UNREADABLE_FILE", "MISSING_COLUMN"),
    lambda place, damage: _shapefile(place, **damage),
    {
        "shapefile_table_cut": {"dbf": _cut},
        "shapefile_that_states_too_many_rows": {"dbf": _put(4, "<I", 0x7FFFFFFF)},
        "shapefile_with_more_rows_than_shapes": {"shp": _keep(100 + 136), "shx": _keep(100 + 8)},
    },
)


@add(rows(3))
def shapefile_text_in_wrong_bytes(place: Place) -> Path:
    texts = [b"\xff\xfe\x00\xd8" * 63, "Đường ".encode("utf-16-le") * 20, bytes(range(128, 256)) * 1]
    path = honest_layer(place.folder / "a.shp", 3, DiaChi=["x" * 254] * 3)
    content = path.with_suffix(".dbf").read_bytes()
    for text in texts:
        content = content.replace(b"x" * 254, text[:254].ljust(254), 1)
    path.with_suffix(".dbf").write_bytes(content)
    path.with_suffix(".cpg").write_text("UTF-8")
    return path


@add(refused("FILE_CUT"), crs=9208)
def geojson_lines_cut(place: Place) -> Path:
    lines = [json.dumps(feature(polygon(square(number)), number)) for number in range(1, 41)]
    text = "\n".join(lines)
    return place.file("a.geojsonl", text[: len(text) - 100])


@add(refused("FILE_CUT"), crs=9208)
def geojson_lines_with_one_of_noise(place: Place) -> Path:
    one, two = (json.dumps(feature(polygon(square(number)), number)) for number in (1, 2))
    return place.file("a.geojsonl", f"{one}\n{{noise\n{two}\n")


@add(refused("FILE_CUT"))
def edigeo_without_a_part(place: Place) -> Path:
    place.file("EDA1SE.SCD", "BOMT 10:EDA1SE.SCD\r\nEOMT 00:\r\n")
    text = "BOMT 09:E0A1.THF\r\nCSET 03:IRV\r\nRTYSA03:GTL\r\nLONSA04:EDA1\r\nSCNSA02:SE\r\nGDNSA02:T1\r\n"
    return place.file("E0A1.THF", text + "EOMT 00:\r\n")
