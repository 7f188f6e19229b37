"""Drawings: closed lines and linework become polygons, loose text becomes their numbers, and nothing gets lost."""

import json
from pathlib import Path

import pytest
import shapely
from drawing_files import EAST, area, at, box, dgn, dxf, hatch, line, parcels, path_of, polyline, rows_of, text

from landdb.errors import ImportRefused


def test_closed_lines_with_loose_text_become_parcels(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 20, 10),
        box("10", 20, 0, 10, 10),
        text("13", 5, 5, "0345"),
        text("4", 5, 3, "200,5"),
        text("2", 5, 7, "ONT"),
        text("13", 25, 5, "346"),
        text("29", 25, 7, "CLN"),
    )
    rows = rows_of(path)
    found = parcels(rows)
    assert set(found) == {"345", "346"}
    first, second = found["345"], found["346"]
    assert (first["commune_code"], first["sheet_no"], first["srid"]) == ("07954", "12", 9208)
    assert (first["registered_area_m2"], first["land_use"], area(first)) == (200.5, "ONT", 200.0)
    assert (second["registered_area_m2"], second["land_use"]) == (None, "CLN")
    assert [row["row_no"] for row in rows] == [1, 2]


def test_open_linework_is_polygonised_at_equal_endpoints_and_crossings(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        line("RANH_THUA", (0, 0), (30, 0), (30, 10)),
        line("RANH_THUA", (30, 10), (0, 10), (0, 0)),
        line("RANH_THUA", (10, 0), (10, 10)),
        line("RANH_THUA", (20, -2), (20, 12)),
        text("SO_THUA", 5, 5, "1"),
        text("SO_THUA", 15, 5, "2"),
        text("SO_THUA", 25, 5, "3"),
    )
    rows = rows_of(path)
    assert {number: area(row) for number, row in parcels(rows).items()} == {"1": 100.0, "2": 100.0, "3": 100.0}
    assert len(rows) == 3


def test_lines_that_do_not_meet_leave_their_number_rejected_not_lost(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        line("10", (0, 0), (10, 0), (10, 10), (0, 10), (0, 0.002)),
        box("10", 20, 0, 10, 10),
        text("13", 5, 5, "1"),
        text("13", 25, 5, "2"),
    )
    rows = rows_of(path)
    assert set(parcels(rows)) == {"2"}
    (lost,) = [row for row in rows if row["reject_code"]]
    assert (lost["reject_code"], lost["reject_field"]) == ("NO_POLYGON_AROUND_NUMBER", "geom")
    assert json.loads(lost["raw_row"])["numbers"] == "1"


def test_a_polygon_without_number_or_with_two_is_rejected_with_its_reason(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 10, 10),
        box("10", 20, 0, 10, 10),
        box("10", 40, 0, 10, 10),
        text("13", 22, 2, "7"),
        text("13", 22, 6, "8"),
        text("13", 42, 2, "9"),
        text("13", 42, 6, "9"),
    )
    rows = rows_of(path)
    assert [row["reject_code"] for row in rows] == ["NO_NUMBER_IN_POLYGON", "SEVERAL_NUMBERS_IN_POLYGON", None]
    assert rows[2]["parcel_no"] == "9"
    assert json.loads(rows[1]["raw_row"])["numbers"] == "7, 8"
    assert all(row["reject_remedy"] for row in rows[:2])


def test_a_boundary_that_crosses_itself_stays_findable_by_its_number(tmp_path: Path) -> None:
    path = dxf(tmp_path / "a.dxf", polyline("10", (0, 0), (10, 10), (10, 0), (0, 10)), text("13", 2, 5, "5"))
    (row,) = rows_of(path)
    assert (row["parcel_no"], row["reject_code"], row["geom"]) == ("5", None, None)
    assert row["geom_fault"]


def test_overlapping_closed_lines_stay_as_drawn(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 20, 10),
        box("10", 18, 0, 20, 10),
        text("13", 5, 5, "1"),
        text("13", 30, 5, "2"),
    )
    assert {number: area(row) for number, row in parcels(rows_of(path)).items()} == {"1": 200.0, "2": 200.0}


def test_a_stray_open_line_elsewhere_leaves_closed_lines_as_drawn(tmp_path: Path) -> None:
    overlapping = (box("10", 0, 0, 20, 10), box("10", 18, 0, 20, 10), text("13", 5, 5, "1"), text("13", 30, 5, "2"))
    rows = rows_of(dxf(tmp_path / "a.dxf", *overlapping, line("10", (60, 0), (70, 0))))
    assert {number: area(row) for number, row in parcels(rows).items()} == {"1": 200.0, "2": 200.0}
    assert len(rows) == 2


def test_a_closed_line_divided_by_an_open_one_gives_its_parts(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 20, 10),
        line("10", (8, 0), (8, 10)),
        box("10", 40, 0, 10, 10),
        text("13", 4, 5, "1"),
        text("13", 15, 5, "2"),
        text("13", 45, 5, "3"),
    )
    found = parcels(rows_of(path))
    assert {number: area(row) for number, row in found.items()} == {"1": 80.0, "2": 120.0, "3": 100.0}


def test_an_island_is_cut_out_of_the_parcel_around_it(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 20, 20),
        box("10", 5, 5, 5, 5),
        text("13", 15, 15, "1"),
        text("13", 7, 7, "2"),
    )
    assert {number: area(row) for number, row in parcels(rows_of(path)).items()} == {"1": 375.0, "2": 25.0}


def test_a_line_drawn_twice_is_one_parcel(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 10, 10),
        polyline("10", (10, 10), (0, 10), (0, 0), (10, 0)),
        text("13", 5, 5, "1"),
    )
    assert [row["parcel_no"] for row in rows_of(path)] == ["1"]


def test_a_hatch_on_the_boundary_layer_is_a_polygon_and_its_pattern_is_no_text(tmp_path: Path) -> None:
    (row,) = rows_of(dxf(tmp_path / "a.dxf", hatch("10", 0, 0, 10), text("13", 5, 5, "1")))
    assert (row["parcel_no"], area(row), row["land_use"]) == ("1", 100.0, None)


def test_roads_and_water_are_land_objects_and_bound_parcels(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("21", 0, -5, 20, 5),
        box("32", 0, 10, 20, 5),
        line("10", (0, 0), (0, 10)),
        line("10", (20, 0), (20, 10)),
        line("10", (10, 0), (10, 10)),
        text("13", 5, 5, "1"),
        text("13", 15, 5, "2"),
        text("48", 10, -3, "Đường Mẫu"),
        encoding="utf-8",
        version="AC1021",
    )
    rows = rows_of(path)
    assert {number: area(row) for number, row in parcels(rows).items()} == {"1": 100.0, "2": 100.0}
    objects = [(row["object_kind"], row["object_name"], area(row)) for row in rows if row["noun"] == "land_object"]
    assert objects == [("road", "Đường Mẫu", 100.0), ("river", None, 100.0)]
    assert len(rows) == 4


def test_a_face_without_number_whose_land_type_is_road_or_water_is_a_land_object(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 10, 10),
        box("10", 20, 0, 10, 10),
        text("2", 5, 5, "DGT"),
        text("13", 25, 5, "1"),
    )
    rows = rows_of(path)
    assert [(row["noun"], row["object_kind"], row["reject_code"]) for row in rows] == [
        ("land_object", "road", None),
        ("parcel", None, None),
    ]


def test_layers_can_be_named_by_the_caller(tmp_path: Path) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("Z1", 0, 0, 10, 10),
        text("Z2", 5, 5, "1"),
        text("Z3", 5, 3, "99.5"),
        text("Z4", 5, 7, "ONT"),
        box("10", 0, 0, 50, 50),
    )
    columns = {"boundary": "Z1", "parcel_no": "Z2", "registered_area_m2": "Z3", "land_use": "Z4"}
    (row,) = rows_of(path, columns=columns)
    assert (row["parcel_no"], row["registered_area_m2"], row["land_use"]) == ("1", 99.5, "ONT")
    with pytest.raises(ImportRefused, match="UNKNOWN_COLUMN"):
        rows_of(path, columns={"boundary": "Z9"})


@pytest.mark.parametrize("layer", ["10", "Level 10", "LEVEL_10", "lv10", "RANH", "RanhThua", "PARCEL", "boundary"])
def test_a_boundary_layer_is_known_by_its_level_or_its_usual_names(tmp_path: Path, layer: str) -> None:
    (row,) = rows_of(dxf(tmp_path / "a.dxf", box(layer, 0, 0, 10, 10), text("13", 5, 5, "1")))
    assert row["parcel_no"] == "1"


def test_the_legal_boundary_stands_in_only_where_there_is_no_current_one(tmp_path: Path) -> None:
    legal, current = box("61", 0, 0, 10, 10), box("10", 0, 0, 11, 10)
    number = text("13", 5, 5, "1")
    assert [area(row) for row in rows_of(dxf(tmp_path / "a.dxf", legal, number))] == [100.0]
    assert [area(row) for row in rows_of(dxf(tmp_path / "b.dxf", legal, current, number))] == [110.0]


def test_a_drawing_without_boundaries_or_numbers_is_refused_with_its_layers(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"(?s)NO_BOUNDARIES.*WALLS.*--column boundary="):
        rows_of(dxf(tmp_path / "a.dxf", box("WALLS", 0, 0, 10, 10), text("13", 5, 5, "1")))
    with pytest.raises(ImportRefused, match=r"(?s)NO_PARCEL_NUMBERS.*--column parcel_no="):
        rows_of(dxf(tmp_path / "b.dxf", box("10", 0, 0, 10, 10), text("48", 50, 5, "Ao")))


def test_numbers_on_a_layer_nobody_knows_are_found_when_no_other_layer_has_any(tmp_path: Path) -> None:
    (row,) = rows_of(dxf(tmp_path / "a.dxf", box("10", 0, 0, 10, 10), text("MISC", 5, 5, "12")))
    assert row["parcel_no"] == "12"


def test_a_drawing_that_says_no_system_is_refused_unless_told_or_near_a_known_place(tmp_path: Path) -> None:
    path = dxf(tmp_path / "a.dxf", box("10", 0, 0, 10, 10), text("13", 5, 5, "1"))
    with pytest.raises(ImportRefused, match="CRS_UNKNOWN"):
        rows_of(path, crs=None)
    (row,) = rows_of(path, crs=None, near=(105.3152, 21.4141, 10.0))
    assert row["srid"] == 9208


def test_too_many_vertices_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    path = dxf(tmp_path / "a.dxf", box("10", 0, 0, 10, 10), text("13", 5, 5, "1"))
    with pytest.raises(ImportRefused, match="TOO_MANY_VERTICES"):
        rows_of(path, max_vertices=4)
    broken = tmp_path / "b.dxf"
    broken.write_bytes(b"0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\n10\n90\n4\n10\nxx\n")
    with pytest.raises(ImportRefused):
        rows_of(broken)


@pytest.mark.parametrize("broken", ["nan", "inf", "1e400"])
def test_a_broken_coordinate_costs_its_own_parcel_only(tmp_path: Path, broken: str) -> None:
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 10, 10),
        line("10", (3, 0), (3, 10)),
        box("10", 20, 0, 10, 10).replace(str(EAST + 20), broken, 1),
        line("10", (50, 0), (60, 1)).replace(str(EAST + 50), broken),
        *(text("13", x, 5, str(number)) for number, x in enumerate((2, 5, 25), 1)),
    )
    rows = rows_of(path)
    assert set(parcels(rows)) == {"1", "2"}
    assert "NO_POLYGON_AROUND_NUMBER" in {row["reject_code"] for row in rows}


def test_a_dgn_of_shapes_and_lines_is_read_by_its_levels(tmp_path: Path) -> None:
    path = dgn(
        tmp_path / "a.dgn",
        [
            (10, shapely.Polygon(path_of((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))), ""),
            (10, path_of((10, 0), (30, 0)), ""),
            (10, path_of((30, 0), (30, 10), (10, 10)), ""),
            (10, path_of((20, 0), (20, 10)), ""),
            (13, at(5, 5), "1"),
            (13, at(15, 5), "2"),
            (4, at(15, 3), "100.5"),
            (2, at(15, 7), "LUC"),
            (11, at(25, 5), "3/99.5"),
            (21, shapely.Polygon(path_of((0, -5), (30, -5), (30, 0), (0, 0), (0, -5))), ""),
        ],
    )
    rows = rows_of(path, "DGN")
    found = parcels(rows)
    assert {number: area(row) for number, row in found.items()} == {"1": 100.0, "2": 100.0, "3": 100.0}
    assert (found["2"]["registered_area_m2"], found["2"]["land_use"]) == (100.5, "LUC")
    assert found["3"]["registered_area_m2"] == 99.5
    assert [(row["noun"], row["object_kind"]) for row in rows if row["noun"] != "parcel"] == [("land_object", "road")]
    assert all(row["reject_code"] is None for row in rows)
