"""Which column feeds which field, by whose profile; and what is never read."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from importer_files import square, vbdlis, write_layer

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery
from landdb.importers.maps.mapping import column_key, map_layer, personal_keys
from landdb.importers.maps.profile import packaged_profiles, parse_profile

PROFILES = {profile.name: profile for profile in packaged_profiles()}


#: A place in the Lambert 93 system, EPSG:2154.
PARIS = (652_000.0, 6_862_000.0)


def lay(profile: str, columns: list[str], layer: str = "x", job: ImportJob | None = None) -> dict[str, str]:
    mapping = map_layer(
        PROFILES[profile], layer, columns, job or ImportJob(Path("x")), personal_keys(packaged_profiles())
    )
    assert mapping is not None
    return mapping.described()


def read(path: Path, **told: Any) -> tuple[list[dict[str, Any]], Any]:
    with open_delivery(ImportJob(path, **told)) as opened:
        rows = [row for batch in opened.batches() for row in batch.to_pylist()]
        return rows, opened.description


@pytest.mark.parametrize(
    ("written", "key"),
    [("Số_Tờ", "soto"), ("SoHieuToBanDo", "sohieutobando"), ("Đường", "duong"), ("DIỆN TÍCH (m2)", "dientichm2")],
)
def test_names_are_compared_without_case_accent_or_underscore(written: str, key: str) -> None:
    assert column_key(written) == key


def test_columns_cut_to_ten_letters_are_still_known() -> None:
    columns = ["MaXa", "SoHieuToBa", "SoThuTuThu", "DienTich", "DienTichPh", "KyHieuMucD", "SoHieuTo_1", "SoThuTuT_1"]
    assert lay("vbdlis", columns) == {
        "commune_code": "MaXa",
        "sheet_no": "SoHieuToBa",
        "parcel_no": "SoThuTuThu",
        "old_sheet_no": "SoHieuTo_1",
        "old_parcel_no": "SoThuTuT_1",
        "registered_area_m2": "DienTich",
        "legal_area_m2": "DienTichPh",
        "land_use": "KyHieuMucD",
    }


def test_short_names_of_cadastral_tools_are_known() -> None:
    columns = ["SHBANDO", "SHTHUA", "DIENTICH", "LOAIDAT", "TENCHU", "DIACHI", "DTPL"]
    mapped = lay("gcadas", columns)
    assert (mapped["sheet_no"], mapped["parcel_no"], mapped["legal_area_m2"]) == ("SHBANDO", "SHTHUA", "DTPL")
    assert "TENCHU" not in mapped.values()


def test_the_profile_that_fits_best_is_chosen(tmp_path: Path) -> None:
    path = write_layer(
        tmp_path / "a.gpkg", [square(origin=PARIS)],
        {"commune": ["75118"], "prefixe": ["000"], "section": ["0A"], "numero": ["0007"], "contenance": [100]},
        crs="EPSG:2154",
    )  # fmt: skip
    with pytest.raises(ImportRefused) as refused:
        read(path, profile="vbdlis")
    assert refused.value.code == "MISSING_COLUMN"
    rows, description = read(path)
    assert description.profile == "fr_etalab"
    assert (rows[0]["sheet_no"], rows[0]["parcel_no"]) == ("A", "7")
    assert rows[0]["reject_code"] is None


def test_pieces_of_one_column_make_sheet_and_number(tmp_path: Path) -> None:
    idu = ["354000ZD0018", "3541230A0007"]
    path = tmp_path / "a.gpkg"
    shapes = [square(origin=PARIS), square(2, origin=PARIS)]
    write_layer(path, shapes, {"IDU": idu, "SUPF": [100.0, 90.0]}, crs="EPSG:2154", layer="PARCELLE_id")
    rows, description = read(path, commune_code="25354")
    assert [(row["sheet_no"], row["parcel_no"], row["reject_code"]) for row in rows] == [
        ("ZD", "18", None),
        ("123A", "7", None),
    ]
    assert description.profile == "fr_edigeo"


def test_a_missing_column_is_named_with_those_found_and_the_option(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], {"SOTHUA": ["1"], "MAXA": ["07954"], "BANDO_SO": ["5"]})
    with pytest.raises(ImportRefused) as refused:
        read(path)
    assert refused.value.code == "MISSING_COLUMN"
    assert "sheet_no" in refused.value.reason
    assert "BANDO_SO" in refused.value.reason
    assert "--column sheet_no=" in str(refused.value.remedy)
    rows, _ = read(path, columns={"sheet_no": "bando_so"})
    assert rows[0]["sheet_no"] == "5"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"sheet_no": "NICHTDA"}, "UNKNOWN_COLUMN"),
        ({"colour": "DienTich"}, "UNKNOWN_FIELD"),
        ({"address": "TenChu"}, "PERSONAL_COLUMN"),
    ],
)
def test_an_override_that_cannot_be_is_refused(tmp_path: Path, columns: dict[str, str], code: str) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    with pytest.raises(ImportRefused) as refused:
        read(path, columns=columns)
    assert refused.value.code == code


def test_names_of_people_are_stored_nowhere_but_in_the_quarantine(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square(), None], vbdlis(2))
    rows, description = read(path)
    assert "Mẫu" not in json.dumps({k: v for k, v in rows[0].items() if not isinstance(v, bytes)}, ensure_ascii=False)
    assert json.loads(rows[1]["raw_row"])["TenChu"] == "Nguyễn Văn Mẫu"
    assert description.layers[0].personal == ("TenChu",)
    assert "TenChu" not in description.mapping.values()


def test_roads_in_the_parcel_layer_become_land_objects(tmp_path: Path) -> None:
    columns = vbdlis(3, SoThuTuThua=["1", None, None], KyHieuMucDichSuDung=["ONT", "DGT", "ONT"])
    path = write_layer(tmp_path / "a.gpkg", [square(i) for i in range(3)], columns)
    rows, _ = read(path)
    assert [(row["noun"], row["object_kind"], row["reject_code"]) for row in rows] == [
        ("parcel", None, None),
        ("land_object", "road", None),
        ("parcel", None, "MISSING_PARCEL_NO"),
    ]


def test_layers_are_told_apart_by_name_and_rows_numbered_through(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(path, [square(), square(1)], vbdlis(2), layer="DC_ThuaDat")
    write_layer(path, [square(9)], {"MaXa": ["07954"], "Ten": ["Đường 1"]}, layer="GiaoThong", append=True)
    write_layer(path, [square(9)], {"colour": ["red"]}, layer="decoration", append=True)
    rows, description = read(path)
    assert [(row["row_no"], row["noun"]) for row in rows] == [(1, "parcel"), (2, "parcel"), (3, "land_object")]
    assert rows[2]["object_kind"] == "road"
    ignored = next(layer for layer in description.layers if layer.name == "decoration")
    assert ignored.noun is None
    assert ignored.reason


def test_a_profile_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    profile = tmp_path / "own.toml"
    profile.write_text(
        'name = "own"\ntitle = "Own"\n[[layer]]\nnoun = "parcel"\ndefault = true\n'
        '[layer.fields]\nparcel_no = ["zahl"]\n[layer.constants]\nsheet_no = "7"\nland_use = "x"\n'
        '[layer.codes.land_use]\nx = "ONT"\n'
    )
    path = write_layer(tmp_path / "a.gpkg", [square()], {"Zahl": [5]})
    rows, description = read(path, profile=str(profile), commune_code="07954")
    assert (rows[0]["sheet_no"], rows[0]["parcel_no"], rows[0]["land_use"]) == ("7", "5", "ONT")
    assert description.profile == "own"


@pytest.mark.parametrize(
    "text",
    [
        "name = ",
        'name = "x"',
        'name="x"\ntitle="x"\n[[layer]]\nnoun="cow"',
        'name="x"\ntitle="x"\n[[layer]]\nnoun="parcel"\n[layer.fields]\ncolour=["c"]',
    ],
)
def test_a_faulty_profile_is_refused(text: str) -> None:
    with pytest.raises(ImportRefused, match="PROFILE_INVALID"):
        parse_profile(text)


def test_an_unknown_profile_is_refused_with_those_there_are(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    with pytest.raises(ImportRefused) as refused:
        read(path, profile="nobody")
    assert "vbdlis" in str(refused.value.remedy)


def test_a_layer_without_geometry_is_no_map(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(path, [shapely.Point(0, 0)], {"x": ["1"]}, layer="points")
    with pytest.raises(ImportRefused, match="MISSING_COLUMN"):
        read(path)
