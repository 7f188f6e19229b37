"""Every format comes out as the same rows, through the sandboxed child."""

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from importer_files import ORIGIN, square, vbdlis, write_layer
from pyproj import CRS

from landdb.domain.text import encode_legacy
from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery, wire

CUT = {name[:10]: values for name, values in vbdlis(2).items()}
SHAPES = [square(), square(1)]


def read(path: Path, **told: Any) -> list[dict[str, Any]]:
    with open_delivery(ImportJob(path, **told)) as opened:
        rows = []
        for batch in opened.batches():
            assert batch.schema == wire.FEATURE
            rows += batch.to_pylist()
        return rows


def write_parquet(path: Path, crs: Any) -> Path:
    geo = {
        "version": "1.1.0",
        "primary_column": "shape",
        "columns": {"shape": {"encoding": "WKB", "geometry_types": [], "crs": crs}},
    }
    table = pa.table(vbdlis(2) | {"shape": [shapely.to_wkb(s) for s in SHAPES]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def write_lines(path: Path) -> Path:
    rows = [dict(zip(CUT, values, strict=True)) for values in zip(*CUT.values(), strict=True)]
    features = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in zip(rows, SHAPES, strict=True)
    ]
    path.write_text("\n".join(json.dumps(feature) for feature in features) + "\n")
    return path


def write_format(folder: Path, file_format: str) -> Path:
    match file_format:
        case "GPKG":
            return write_layer(folder / "a.gpkg", SHAPES, vbdlis(2))
        case "SHP":
            return write_layer(folder / "a.shp", SHAPES, CUT, geometry_type="Polygon")
        case "GEOJSON":
            return write_layer(folder / "a.geojson", SHAPES, vbdlis(2))
        case "GEOJSONSEQ":
            return write_lines(folder / "a.geojsonl")
        case "FGB":
            return write_layer(folder / "a.fgb", SHAPES, vbdlis(2), SPATIAL_INDEX="NO")
        case "GML":
            return write_layer(folder / "a.gml", SHAPES, vbdlis(2))
        case _:
            return write_parquet(folder / "a.parquet", CRS.from_epsg(9208).to_json_dict())


@pytest.mark.parametrize("file_format", ["GPKG", "SHP", "GEOJSON", "GEOJSONSEQ", "FGB", "GML", "PARQUET"])
def test_a_format_gives_the_rows_that_were_written(tmp_path: Path, file_format: str) -> None:
    path = write_format(tmp_path, file_format)
    rows = read(path, crs=9208)
    assert [(row["row_no"], row["commune_code"], row["sheet_no"], row["parcel_no"]) for row in rows] == [
        (1, "07954", "12", "1"),
        (2, "07954", "12", "2"),
    ]
    assert [row["reject_code"] for row in rows] == [None, None]
    assert shapely.from_wkb(rows[0]["geom"]).equals_exact(square(), 0, normalize=True)
    assert [row["registered_area_m2"] for row in rows] == [100.0, 100.0]
    assert {row["srid"] for row in rows} == {9208}


def test_a_shapefile_without_cpg_in_an_old_font_is_decoded(tmp_path: Path) -> None:
    addresses = ["thôn đồng ruộng", "xóm giữa trường", "khu phố mới", "thôn trường thịnh"]
    columns = {"MaXa": ["07954"] * 4, "SOTO": ["1"] * 4, "SOTHUA": ["1", "2", "3", "4"], "DIACHI": addresses}
    columns["DIACHI"] = [encode_legacy(text, "TCVN3") for text in addresses]
    path = write_layer(
        tmp_path / "a.shp", [square(i) for i in range(4)], columns, geometry_type="Polygon", encoding="ISO-8859-1"
    )
    (tmp_path / "a.cpg").unlink(missing_ok=True)
    rows = read(path)
    assert [row["address"] for row in rows] == addresses
    assert json.loads(rows[0]["raw"])["address"] == columns["DIACHI"][0]


@pytest.mark.parametrize("with_cpg", [True, False])
def test_a_shapefile_in_utf8_is_read_as_such_with_or_without_cpg(tmp_path: Path, *, with_cpg: bool) -> None:
    path = write_layer(tmp_path / "a.shp", SHAPES, CUT | {"DiaChi": ["Thôn Đồng Ruộng"] * 2}, geometry_type="Polygon")
    if not with_cpg:
        (tmp_path / "a.cpg").unlink()
    assert [row["address"] for row in read(path)] == ["Thôn Đồng Ruộng"] * 2


def test_a_wrong_cpg_does_not_spoil_an_old_font(tmp_path: Path) -> None:
    legacy = encode_legacy("thôn đồng ruộng trường thịnh", "TCVN3")
    path = write_layer(
        tmp_path / "a.shp",
        SHAPES,
        CUT | {"DiaChi": [legacy] * 2, "TenChu": ["x"] * 2},
        geometry_type="Polygon",
        encoding="ISO-8859-1",
    )
    (tmp_path / "a.cpg").write_text("UTF-8")
    assert read(path)[0]["address"] == "thôn đồng ruộng trường thịnh"


def test_a_shapefile_needs_its_table_but_not_its_index(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.shp", SHAPES, CUT, geometry_type="Polygon")
    (tmp_path / "a.shx").unlink()
    assert len(read(path)) == 2
    (tmp_path / "a.dbf").unlink()
    with pytest.raises(ImportRefused, match="SHAPEFILE_INCOMPLETE"):
        read(path)


def test_arcs_become_lines(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", SHAPES, vbdlis(2))
    x, y = ORIGIN
    arc = [(x, y), (x + 10, y + 10), (x + 20, y), (x + 10, y - 10), (x, y)]
    circle = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<dd", *point) for point in arc)
    blob = b"GP\x00\x01" + struct.pack("<i", 9208) + struct.pack("<BII", 1, 10, 1) + circle
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE a SET geom = ? WHERE fid = 2", (blob,))
    database.close()
    rows = read(path)
    assert [row["reject_code"] for row in rows] == [None, None]
    assert rows[1]["computed_area_m2"] == pytest.approx(314.159, rel=0.01)


def test_each_record_is_one_row_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    tie = shapely.Polygon([(ORIGIN[0] + dx, ORIGIN[1] + dy) for dx, dy in ((0, 0), (10, 10), (10, 0), (0, 10))])
    shapes = [square(), None, tie, shapely.Point(ORIGIN), square(4)]
    path = write_layer(tmp_path / "a.gpkg", shapes, vbdlis(5, SoThuTuThua=["1", "2", "3", "4", None]))
    rows = read(path, batch_rows=2)
    assert [(row["row_no"], row["reject_code"], row["geom_fault"]) for row in rows] == [
        (1, None, None),
        (2, "NO_GEOMETRY", None),
        (3, None, "Self-intersection"),
        (4, "NOT_A_POLYGON", None),
        (5, "MISSING_PARCEL_NO", None),
    ]
    assert rows[2]["parcel_no"] == "3"


def test_the_description_tells_how_the_file_was_understood(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", SHAPES, vbdlis(2) | {"GhiChu": ["x", "y"]}, layer="thua_dat")
    with open_delivery(ImportJob(path)) as opened:
        list(opened.batches())
        told = opened.description
    assert (told.file_format, told.kind, told.profile, told.srid, told.source_count) == (
        "GPKG",
        "FEATURE",
        "vbdlis",
        9208,
        2,
    )
    assert told.mapping["sheet_no"] == "SoHieuToBanDo"
    assert told.layers[0].ignored == ("GhiChu",)
    assert any("9208" in note for note in told.notes)


def test_an_empty_layer_is_a_delivery_of_no_rows(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("DELETE FROM a")
    database.close()
    assert read(path) == []


def test_a_file_with_more_vertices_than_allowed_is_refused(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", SHAPES, vbdlis(2))
    assert len(read(path, max_vertices=10)) == 2
    with pytest.raises(ImportRefused, match="TOO_MANY_VERTICES"):
        read(path, max_vertices=9)


def test_a_map_is_not_taken_for_a_table(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", SHAPES, vbdlis(2))
    with pytest.raises(ImportRefused, match="NOT_A_TABLE"):
        read(path, noun="holdings")


def drawing_of_one_parcel() -> str:
    """Give a DXF drawing of parcel 345 and nothing else."""
    (east, north), tags = ORIGIN, "0\nLWPOLYLINE\n100\nAcDbEntity\n8\n10\n100\nAcDbPolyline\n90\n4\n70\n1\n"
    corners = [(east, north), (east + 20, north), (east + 20, north + 10), (east, north + 10)]
    outline = tags + "".join(f"10\n{x}\n20\n{y}\n" for x, y in corners)
    number = f"0\nTEXT\n8\n13\n10\n{east + 5}\n20\n{north + 5}\n40\n1.0\n1\n0345\n"
    return f"0\nSECTION\n2\nENTITIES\n{outline}{number}0\nENDSEC\n0\nEOF\n"


def test_a_drawing_goes_through_the_same_child(tmp_path: Path) -> None:
    path = tmp_path / "to 12.dxf"
    path.write_text(drawing_of_one_parcel())
    rows = read(path, crs=9208, commune_code="07954", sheet_no="12")
    assert [(row["layer"], row["parcel_no"], row["computed_area_m2"]) for row in rows] == [("to 12", "345", 200.0)]


def test_a_table_goes_through_the_same_child(tmp_path: Path) -> None:
    path = tmp_path / "sheets.csv"
    path.write_text("xaId,xaIdCu,soHieuToBanDo,soHieuToBanDoCu,tyLe\n7954,07963,85,1,1/500\n")
    with open_delivery(ImportJob(path)) as opened:
        assert (opened.kind, opened.description.profile) == ("CROSSWALK", "crosswalk")
        rows = [row for batch in opened.batches() for row in batch.to_pylist()]
    assert [(row["layer"], row["sheet_no"], row["old_sheet_no"]) for row in rows] == [("sheets", "85", "1")]


def test_a_drawing_is_noted_under_the_name_it_was_delivered_by(tmp_path: Path) -> None:
    path = tmp_path / "to 7.dxf"
    path.write_text(drawing_of_one_parcel())
    with open_delivery(ImportJob(path, crs=9208, commune_code="07954", sheet_no="7")) as opened:
        list(opened.batches())
        assert opened.description.notes == ["Drawing to 7: EPSG:9208, told, axes EN."]


def test_a_table_under_title_lines_goes_through_the_same_child(tmp_path: Path) -> None:
    path = tmp_path / "sheets.csv"
    table = (
        "UBND XÃ MẪU SƠN\nBẢNG ĐỐI CHIẾU\n\nxaId,xaIdCu,soHieuToBanDo,soHieuToBanDoCu,tyLe\n7954,07963,8\x005,1,1/500\n"
    )
    path.write_text(table, "utf-8")
    with open_delivery(ImportJob(path)) as opened:
        rows = [row for batch in opened.batches() for row in batch.to_pylist()]
    assert [(row["layer"], row["sheet_no"], row["old_sheet_no"]) for row in rows] == [("sheets", "85", "1")]


def test_leaving_early_is_allowed(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square(i) for i in range(50)], vbdlis(50))
    with open_delivery(ImportJob(path, batch_rows=5)) as opened:
        assert next(iter(opened.batches())).num_rows == 5


@pytest.mark.parametrize("crs", [None, {"type": "name"}, "http://example.invalid"])
def test_a_parquet_file_without_a_system_asks_for_one(tmp_path: Path, crs: Any) -> None:
    with pytest.raises(ImportRefused, match="CRS_UNKNOWN"):
        read(write_parquet(tmp_path / "a.parquet", crs))


def test_a_parquet_table_without_geometry_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table(vbdlis(2)), tmp_path / "a.parquet")
    with pytest.raises(ImportRefused, match="NO_GEOMETRY_COLUMN"):
        read(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "CREATE VIEW v AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT * FROM r",
            "GPKG_VIEW",
        ),
        ("CREATE TRIGGER own AFTER INSERT ON a BEGIN DELETE FROM a; END", "GPKG_TRIGGER"),
        ("CREATE TRIGGER rtree_x AFTER INSERT ON a BEGIN SELECT load_extension('x'); END", "GPKG_TRIGGER"),
        ("CREATE VIRTUAL TABLE t USING fts4(x)", "GPKG_VIRTUAL_TABLE"),
    ],
)
def test_a_geopackage_with_stored_programs_is_refused(tmp_path: Path, statement: str, code: str) -> None:
    path = write_layer(tmp_path / "a.gpkg", SHAPES, vbdlis(2))
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()
    with pytest.raises(ImportRefused) as refused:
        read(path)
    assert refused.value.code == code


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("file_format", ["GPKG", "SHP", "GEOJSON", "FGB", "GML", "PARQUET"])
def test_a_file_cut_short_never_ends_in_a_crash(tmp_path: Path, file_format: str, share: float) -> None:
    path = write_format(tmp_path, file_format)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert ended_well(path)


def ended_well(path: Path) -> bool:
    """Tell whether reading gave rows or a refusal with a remedy, not a breakdown."""
    try:
        return len(read(path, crs=9208)) <= 2
    except ImportRefused as refused:
        return refused.remedy is not None and refused.code != "READER_CRASHED"
