"""Values that break the store behind the reader: endless, invisible, of the wrong kind, or written as commands."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
from hostile_files import (
    Corpus,
    Place,
    feature,
    geojson,
    honest_geojson,
    polygon,
    properties,
    random_text,
    refused,
    rows,
    square,
)

FILES = Corpus()
add = FILES.add


def _with(place: Place, changed: dict[str, Any]) -> Path:
    return place.file("a.geojson", geojson(feature(polygon(square())) | {"properties": properties() | changed}))


FILES.each(
    rows(1),
    _with,
    {
        "address_of_a_megabyte": {"DiaChi": "x" * (1 << 20)},
        "land_use_of_a_megabyte": {"KyHieuMucDichSuDung": random_text(1 << 20)},
        "area_negative": {"DienTich": -5},
        "area_as_1e999": {"DienTich": "1e999"},
        "area_of_400_digits": {"DienTich": "9" * 400},
        "area_as_a_list": {"DienTich": [1, 2, {"a": 3}]},
        "text_with_nul": {"DiaChi": "a\u0000b", "KyHieuMucDichSuDung": "\u0000"},
        "text_right_to_left": {"DiaChi": "\u202eabc\u2066\u200f", "KyHieuMucDichSuDung": "O\u202eTN"},
        "text_of_noncharacters": {"DiaChi": "\ufffe\uffff\U0010ffff\u0085\u2028\x1b[2J"},
        "text_with_commands": {
            "DiaChi": "'; DROP TABLE cadastre.parcel; --",
            "KyHieuMucDichSuDung": "=cmd|' /C calc'!A0",
        },
        "code_of_a_megabyte": {"MaThua": random_text(1 << 20)},
    },
)
FILES.each(
    rows(KEY_TOO_LONG=1),
    _with,
    {
        "parcel_number_of_10_000_letters": {"SoThuTuThua": random_text(10_000)},
        "sheet_number_of_10_000_letters": {"SoHieuToBanDo": random_text(10_000)},
        "old_number_of_10_000_letters": {"SoThuTuThuaCu": random_text(10_000), "SoHieuToBanDoCu": "1"},
    },
)
FILES.each(
    rows(UNKNOWN_COMMUNE_CODE_FORM=1),
    _with,
    {
        "commune_as_sql": {"MaXa": "'; DROP TABLE admin.commune; --"},
        "commune_of_a_megabyte": {"MaXa": "9" * (1 << 20)},
        "commune_in_other_digits": {"MaXa": "٩٩٠٠٩"},
    },
)
FILES.each(rows(UNKNOWN_COMMUNE=1), _with, {"commune_of_nobody": {"MaXa": "99999"}})


@add(rows(1))
def keys_twice(place: Place) -> Path:
    text = honest_geojson().replace('"SoThuTuThua"', '"SoThuTuThua": "7", "SoThuTuThua"')
    return place.file("a.geojson", text)


@add(rows(1))
def lone_surrogates(place: Place) -> Path:
    text = honest_geojson().replace('"ONT"', '"\\ud800\\udc00\\ud800"').replace('"100.0"', '"\\udfff"')
    return place.file("a.geojson", text)


@add(rows(1))
def invalid_utf8(place: Place) -> Path:
    return place.file("a.geojson", honest_geojson().encode().replace(b"ONT", b"\xff\xc3\x28\xed\xa0\x80"))


@add(rows(1))
def column_names_of_noise(place: Place) -> Path:
    noise = {f"\x1b[31m\u202e{number}" + "x" * 5000: number for number in range(300)}
    return _with(place, noise)


@add(refused("MISSING_COLUMN"))
def no_known_column_but_many_strange(place: Place) -> Path:
    noise = {f"\x1b[31m\u202e{number}" + "x" * 5000: number for number in range(300)}
    one = feature(polygon(square())) | {"properties": noise}
    return place.file("a.geojson", geojson(one))


def _parquet(place: Place, table: pa.Table, geo: Any, **options: Any) -> Path:
    written = geo if isinstance(geo, bytes) else json.dumps(geo).encode()
    pq.write_table(table.replace_schema_metadata({b"geo": written}), place.folder / "a.parquet", **options)
    return place.folder / "a.parquet"


CRS = pyproj.CRS.from_epsg(9208).to_json_dict()
GEO = {
    "version": "1.0.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": CRS}},
}


def _geo(**changed: Any) -> dict[str, Any]:
    return GEO | {"columns": {"geometry": GEO["columns"]["geometry"] | changed}}


def _rows(count: int = 1, **columns: Any) -> pa.Table:
    honest = {name: [value] * count for name, value in properties().items()}
    honest["SoThuTuThua"] = [str(number + 1) for number in range(count)]
    honest["geometry"] = [shapely.Polygon(square(number)).wkb for number in range(count)]
    return pa.table(honest | columns)


FILES.each(
    refused("NO_GEOMETRY_COLUMN", "UNREADABLE_FILE"),
    lambda place, geo: _parquet(place, _rows(), geo),
    {
        "parquet_geometry_is_text": {
            **GEO,
            "primary_column": "SoThuTuThua",
            "columns": {"SoThuTuThua": {"encoding": "WKB"}},
        },
        "parquet_geometry_is_missing": {**GEO, "primary_column": "x", "columns": {"x": {"encoding": "WKB"}}},
        "parquet_encoding_unknown": _geo(encoding="multipolygon"),
        "parquet_geo_is_a_list": [1, 2],
        "parquet_geo_is_broken": b"{",
        "parquet_geo_is_nested": b"[" * 200_000,
        "parquet_geo_is_not_text": b"\xff\xfe\x00",
        "parquet_columns_is_a_list": {**GEO, "columns": ["geometry"]},
    },
)
FILES.each(
    refused("CRS_UNKNOWN"),
    lambda place, crs: _parquet(place, _rows(), _geo(crs=crs)),
    {"parquet_crs_is_noise": {"a": [1]}, "parquet_crs_is_a_path": "/etc/passwd"},
    near=None,
)


@add(rows(1))
def parquet_text_with_nul(place: Place) -> Path:
    table = _rows(1, KyHieuMucDichSuDung=["O\0NT"], DiaChi=["\0"], DienTich=["\0x"])
    return _parquet(place, table, GEO)


@add(refused("UNREADABLE_FILE"))
def parquet_column_named_with_nul(place: Place) -> Path:
    return _parquet(place, _rows(1, **{"a\0b": ["x"]}), GEO)


@add(rows(1))
def parquet_text_that_is_no_utf8(place: Place) -> Path:
    broken = pa.array([b"\xff\xed\xa0\x80"]).view(pa.utf8())
    return _parquet(place, _rows(1, KyHieuMucDichSuDung=broken, DiaChi=broken), GEO)


@add(rows(UNREADABLE_GEOMETRY=3))
def parquet_geometry_of_noise(place: Place) -> Path:
    noise = [b"\x01\x03\x00\x00\x00\xff\xff\xff\xff", b"\x01", b"\x07" * 50]
    return _parquet(place, _rows(3, geometry=noise), GEO)


@add(refused("READER_CRASHED", "CRS_UNKNOWN"))
def parquet_geometry_nested_2_000_000_deep(place: Place) -> Path:
    return _parquet(place, _rows(1, geometry=[b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * 2_000_000]), GEO)


@add(refused("UNREADABLE_FILE"))
def parquet_cut(place: Place) -> Path:
    path = _parquet(place, _rows(100), GEO)
    return place.file("a.parquet", path.read_bytes()[:2000])


@add(refused("UNREADABLE_FILE"))
def parquet_page_of_noise(place: Place) -> Path:
    path = _parquet(place, _rows(3000), GEO)
    content = bytearray(path.read_bytes())
    content[200:1500] = b"\xa5" * 1300
    return place.file("a.parquet", bytes(content))


@add(refused("TOO_MANY_ROWS"), max_rows=20_000)
def parquet_of_4_million_rows(place: Place) -> Path:
    """Equal values pack to nothing: a file of some kilobytes that holds more rows than the country has parcels."""
    count = 4_000_000
    index = pa.array([0] * 1000, pa.int8())
    names = ("MaXa", "SoHieuToBanDo", "SoThuTuThua")
    text = pa.dictionary(pa.int8(), pa.utf8())
    schema = pa.schema([*((name, text) for name in names), ("geometry", pa.binary())])
    columns = [pa.DictionaryArray.from_arrays(index, ["99009"])] * 3
    batch = pa.table([*columns, pa.nulls(1000, pa.binary())], schema=schema)
    big = pa.concat_tables([batch] * 1000)
    path = place.folder / "a.parquet"
    with pq.ParquetWriter(path, schema.with_metadata({b"geo": json.dumps(GEO).encode()}), compression="zstd") as out:
        for _ in range(count // len(big)):
            out.write_table(big)
    return path
