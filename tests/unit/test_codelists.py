import datetime as dt
import sqlite3
from collections import Counter

import pytest

from landdb import codelists
from landdb.codelists import build_admin_units
from landdb.errors import NotFound

CODED = [
    *("land_use", "certificate_type", "change_kind", "party_kind", "land_origin", "land_object_kind"),
    *("id_province", "dgn_level", "vn2000_zone"),
]


def in_force(rows, code_column, code, day):
    return [
        row
        for row in rows
        if row[code_column] == code and row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])
    ]


@pytest.mark.parametrize("name", CODED)
def test_every_code_has_both_labels_and_stands_once_in_its_scheme(name):
    rows = codelists.load(name)
    assert [row for row in rows if not (row["code"] and row["label_vi"] and row["label_en"] and row["scheme"])] == []
    assert max(Counter((row["scheme"], row["code"]) for row in rows).values()) == 1


@pytest.mark.parametrize("name", [*CODED, "provinces", "communes", "commune_succession", "legacy_text"])
def test_no_cell_is_padded_or_decomposed(name):
    cells = [value for row in codelists.load(name) for value in row.values()]
    assert all(isinstance(value, str) and value == value.strip() for value in cells)


@pytest.mark.parametrize("name", [*CODED, "provinces", "communes"])
def test_validity_is_a_day_or_open(name):
    for row in codelists.load(name):
        days = [dt.date.fromisoformat(row[column]) for column in ("valid_from", "valid_to") if row[column]]
        assert days == sorted(set(days))


def test_a_list_that_is_not_there_is_not_found():
    for name in ("nothing", "../errors", ""):
        with pytest.raises(NotFound):
            codelists.load(name)


def test_one_code_names_two_communes_around_the_merger():
    communes = codelists.load("communes")
    (before,) = in_force(communes, "commune_code", "07954", "2025-06-30")
    (after,) = in_force(communes, "commune_code", "07954", "2025-07-02")
    assert (before["kind"], before["name"], before["district_name"]) == ("xã", "Phú Hộ", "Thị xã Phú Thọ")
    assert (after["kind"], after["name"], after["district_name"]) == ("phường", "Phong Châu", "")


def test_no_code_names_two_communes_on_one_day():
    communes = codelists.load("communes")
    for day in ("2025-06-30", "2025-07-01", "2026-04-29", "2026-04-30"):
        codes = [row["commune_code"] for row in communes if _holds(row, day)]
        assert max(Counter(codes).values()) == 1


def _holds(row, day):
    return row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        ("2025-06-30", {"xã": 7692, "phường": 1726, "thị trấn": 617}),
        ("2025-07-01", {"xã": 2621, "phường": 687, "đặc khu": 13}),
        ("2026-05-01", {"xã": 2611, "phường": 697, "đặc khu": 13}),
    ],
)
def test_the_country_has_as_many_communes_of_each_kind_as_its_lists_name(day, kinds):
    assert Counter(row["kind"] for row in codelists.load("communes") if _holds(row, day)) == kinds


def test_phu_tho_and_thanh_hoa_have_their_148_and_166_communes():
    counts = Counter(row["province_code"] for row in codelists.load("communes") if _holds(row, "2026-05-01"))
    assert (counts["25"], counts["38"], len(counts)) == (148, 166, 34)


def test_provinces_became_34_and_each_old_one_has_its_successor():
    provinces = codelists.load("provinces")
    old = [row for row in provinces if _holds(row, "2025-06-30")]
    new = {row["province_code"] for row in provinces if _holds(row, "2025-07-01")}
    assert (len(old), len(new)) == (63, 34)
    assert {row["successor"] for row in old} == new
    assert {row["province_code"] for row in old if row["successor"] == "25"} == {"17", "25", "26"}


def test_every_succession_joins_a_commune_before_to_one_after():
    communes, succession = codelists.load("communes"), codelists.load("commune_succession")
    before = {row["commune_code"] for row in communes if _holds(row, "2025-06-30")}
    after = {row["commune_code"] for row in communes if _holds(row, "2025-07-01")}
    assert {row["old_commune_code"] for row in succession} == before
    # The successors of the five island districts that had no commune are reached by no row.
    assert after - {row["new_commune_code"] for row in succession} == {"11948", "19742", "20333", "21548", "26732"}
    assert len({(row["old_commune_code"], row["new_commune_code"]) for row in succession}) == len(succession)


@pytest.mark.parametrize(
    ("old", "news"),
    [("15772", {"15772", "15796", "15835"}), ("04891", {"04828", "04891"}), ("07963", {"07954"}), ("07945", {"07954"})],
)
def test_divided_communes_have_several_successors(old, news):
    rows = [row for row in codelists.load("commune_succession") if row["old_commune_code"] == old]
    assert {row["new_commune_code"] for row in rows} == news
    assert {row["is_divided"] for row in rows} == {"true" if len(news) > 1 else "false"}


def test_zones_name_only_provinces_that_exist():
    zones = codelists.load("vn2000_zone")
    old = {row["province_code"] for row in codelists.load("provinces") if _holds(row, "2025-06-30")}
    new = {row["province_code"] for row in codelists.load("provinces") if _holds(row, "2025-07-01")}
    assert {code for row in zones for code in row["old_provinces"].split()} == old
    assert sorted(code for row in zones for code in row["new_provinces"].split()) == sorted(new)


def test_birth_provinces_are_the_63_old_ones():
    old = {row["province_code"] for row in codelists.load("provinces") if _holds(row, "2025-06-30")}
    assert {row["code"] for row in codelists.load("id_province")} == {f"0{code}" for code in old}


def test_land_uses_form_a_tree_and_safe_successors_are_leaves_in_force():
    rows = codelists.load("land_use")
    current = {row["code"]: row for row in rows if row["scheme"] == "TT08-2024"}
    parents = {row["parent"] for row in current.values()} - {""}
    assert parents == {code for code, row in current.items() if row["is_leaf"] == "false"}
    successors = {row["successor"] for row in rows} - {""}
    assert all(current[code]["is_leaf"] == "true" for code in successors)


@pytest.mark.parametrize(
    ("text", "codes", "fault"),
    [
        ("ONT", ("ONT",), None),
        (" ont ", ("ONT",), None),
        ("ONT+CLN", ("ONT", "CLN"), None),
        ("ODT; CLN", ("ODT", "CLN"), None),
        ("ONT/ONT", ("ONT",), None),
        ("Đất ở tại nông thôn", ("ONT",), None),
        ("nuôi trồng thuỷ sản", ("NTS",), None),
        ("Đất phi nông nghiệp khác", ("PNK",), None),
        ("Đất nghĩa trang, nhà tang lễ, cơ sở hỏa táng; đất cơ sở lưu giữ tro cốt", ("NTD",), None),
        ("LUA", ("LUA",), "NOT_A_LEAF"),
        ("LUN", ("LUN",), "OLD_CODE"),
        ("ONT+LUN", ("ONT", "LUN"), "OLD_CODE"),
        ("LUN+LUA", ("LUN", "LUA"), "NOT_A_LEAF"),
        ("đất thổ cư", (), "NEEDS_REVIEW"),
        ("T 200", (), "NEEDS_REVIEW"),
        ("ONT+XYZ", (), "NEEDS_REVIEW"),
        ("+", (), "NEEDS_REVIEW"),
        ("", (), None),
        (None, (), None),
    ],
)
def test_land_uses_are_read_and_folk_terms_are_not_guessed(text, codes, fault):
    assert codelists.land_use_reading(text) == (codes, fault)


def test_land_object_levels_and_dgn_levels_agree():
    levels = {row["code"]: row["object_kind"] for row in codelists.load("dgn_level")}
    for kind in codelists.load("land_object_kind"):
        assert {levels[level] for level in kind["dgn_levels"].split()} <= {kind["code"]}
    assert {row["code"] for row in codelists.load("dgn_level") if row["is_parcel_boundary"] == "true"} == {
        *("10", "61", "21", "23", "31", "32", "38")
    }


def test_old_font_codes_are_unambiguous():
    rows = codelists.load("legacy_text")
    for column in ("letter", "tcvn3", "vni"):
        assert len({row[column] for row in rows}) == len(rows) == 74


@pytest.fixture
def small_package(tmp_path):
    """Write an invented package with one province, two old communes, one of them divided."""
    folder = tmp_path / "vietnamadminunits" / "data"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "dataset.db") as units:
        units.executescript(
            """
            create table admin_units_legacy as
              select 'tinha' provinceKey, 'huyena' districtKey, 'xa' || lower(n) wardKey, '98' provinceCode,
                     'Tỉnh A' province, 'Huyện A' district, 'Xã ' || n ward, c wardCode,
                     1.5 provinceLat, 2.5 provinceLon, 3.5 wardLat, 4.5 wardLon
              from (select 'B' n, '98001' c union all select 'C', '98002');
            create table admin_units as
              select 'tinha' provinceKey, 'phuong' || lower(n) wardKey, '98' provinceCode, 'Tỉnh A' province,
                     'Phường ' || n ward, c wardCode, 1.0 provinceLat, 2.0 provinceLon, 3.0 wardLat, 4.0 wardLon,
                     9.5 wardAreaKm2
              from (select 'D' n, '98001' c union all select 'E', '98002');
            """
        )
    units.close()
    (folder / "converter_2025.json").write_text(
        """{"DICT_PROVINCE": {"tinha": ["tinha"]},
            "DICT_PROVINCE_WARD_NO_DIVIDED": {"tinha": {"phuongd": ["tinha_huyena_xab"]}},
            "DICT_PROVINCE_WARD_DIVIDED": {"tinha": {"tinha_huyena_xac": [
              {"newWardKey": "phuongd"}, {"newWardKey": "phuonge"}]}}}""",
        encoding="utf-8",
    )
    return tmp_path


def test_the_lists_are_rebuilt_from_the_package_alike_each_time(small_package, tmp_path, monkeypatch):
    target = tmp_path / "lists"
    target.mkdir()
    (target / "admin_amendment.csv").write_text(
        "level,code,name,kind,valid_from,basis\ncommune,98002,F,phường,2026-04-30,x\n", encoding="utf-8"
    )
    monkeypatch.setattr(build_admin_units, "_FOLDER", target)
    build_admin_units.main(str(small_package))
    first = {file.name: file.read_bytes() for file in target.iterdir()}
    build_admin_units.main(str(small_package))
    assert first == {file.name: file.read_bytes() for file in target.iterdir()}
    assert first["communes.csv"].decode().splitlines()[1:] == [
        "98001,B,xã,98,Huyện A,,2025-07-01,3.5,4.5,",
        "98001,D,phường,98,,2025-07-01,,3.0,4.0,9.5",
        "98002,C,xã,98,Huyện A,,2025-07-01,3.5,4.5,",
        "98002,E,phường,98,,2025-07-01,2026-04-30,3.0,4.0,9.5",
        "98002,F,phường,98,,2026-04-30,,3.0,4.0,9.5",
    ]
    assert first["commune_succession.csv"].decode().splitlines()[1:] == [
        *("98001,98001,false", "98002,98001,true", "98002,98002,true")
    ]
