"""Text in drawings: codes and old fonts decoded, labels taken apart, the frame asked where the drawing belongs."""

from pathlib import Path

import pytest
import shapely
from drawing_files import at, box, dgn, dxf, path_of, rows_of, text

from landdb.domain.text import encode_legacy
from landdb.errors import ImportRefused
from landdb.importers.drawings.labels import ParcelLabel, parse_label, plain_text


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("ONT\\P345\\P120.5", "MTEXT"),
        ("{\\fArial|b0;ONT}\\P{\\C1;345}\\P120,5", "MTEXT"),
        ("\\A1;ONT \\H0.7x;\\S345/120.5;", "MTEXT"),
        ("ONT 345/120.5", "TEXT"),
        ("%%uONT%%u 345 120.5", "TEXT"),
    ],
)
def test_a_combined_label_is_taken_apart(tmp_path: Path, words: str, kind: str) -> None:
    path = dxf(tmp_path / "a.dxf", box("10", 0, 0, 10, 10), text("NHAN_THUA", 5, 5, words, kind))
    (row,) = rows_of(path)
    assert (row["parcel_no"], row["registered_area_m2"], row["land_use"]) == ("345", 120.5, "ONT")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("345", ParcelLabel("345")),
        ("345a", ParcelLabel("345a")),
        ("345\n1200", ParcelLabel("345", "1200")),
        ("120.5\n345\nONT+CLN", ParcelLabel("345", "120.5", "ONT+CLN")),
        ("LUC", ParcelLabel(None, None, "LUC")),
        ("120.5 m2", ParcelLabel()),
        ("Nhà văn hóa", ParcelLabel()),
        ("Ngõ 12", ParcelLabel()),
        ("", ParcelLabel()),
    ],
)
def test_a_label_says_only_what_all_its_parts_agree_with(label: str, expected: ParcelLabel) -> None:
    assert parse_label(label) == expected


@pytest.mark.parametrize(
    ("delivered", "shown"),
    [
        ("\\U+1ED0 12", "Ố 12"),
        ("%%c20%%d%%p", "⌀20°±"),
        ("%%065", "A"),
        ("\\pxqc;{\\H2;T\\~1}^Jx\\\\y\\{z\\}", "T 1\nx\\y{z}"),
    ],
)
def test_codes_of_dxf_text_are_removed_or_replaced(delivered: str, shown: str) -> None:
    assert plain_text(delivered, is_mtext=True) == shown


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_text_in_a_font_of_before_unicode_is_decoded(tmp_path: Path, encoding: str) -> None:
    words = [encode_legacy(name, encoding) for name in ("đường trường sơn", "thôn đồng trũng", "xã phú hộ")]
    path = dxf(
        tmp_path / "a.dxf",
        box("10", 0, 0, 10, 10),
        text("13", 5, 5, "1"),
        box("21", 0, 10, 10, 5),
        text("48", 5, 12, words[0]),
        text("48", 50, 50, words[1]),
        text("48", 60, 50, words[2]),
    )
    (road,) = [row for row in rows_of(path) if row["noun"] == "land_object"]
    assert road["object_name"] == "đường trường sơn"


def test_text_of_a_drawing_since_2007_is_utf8_whatever_its_header_says(tmp_path: Path) -> None:
    entities = (box("10", 0, 0, 10, 10), text("13", 5, 5, "1"), box("21", 0, 10, 10, 5), text("48", 5, 12, "Đường Mẫu"))
    rows = rows_of(dxf(tmp_path / "a.dxf", *entities, version="AC1021", encoding="utf-8"))
    assert [row["object_name"] for row in rows if row["noun"] == "land_object"] == ["Đường Mẫu"]


FRAME = ("TỜ BẢN ĐỒ ĐỊA CHÍNH SỐ: 007", "Mã xã: 07963", "Tỷ lệ 1:1000")


def framed(path: Path, *words: str) -> Path:
    texts = [text("63", 100, 100 + 5 * at, line_) for at, line_ in enumerate(words)]
    return dxf(path, box("10", 0, 0, 10, 10), text("13", 5, 5, "1"), *texts, version="AC1021", encoding="utf-8")


def test_sheet_commune_and_scale_come_from_the_frame_unless_the_caller_says(tmp_path: Path) -> None:
    path = framed(tmp_path / "a.dxf", *FRAME)
    (row,) = rows_of(path, sheet_no=None, commune_code=None)
    assert (row["sheet_no"], row["commune_code"], row["scale_denominator"]) == ("7", "07963", 1000)
    (told,) = rows_of(path, sheet_no="9")
    assert (told["sheet_no"], told["commune_code"]) == ("9", "07954")


@pytest.mark.parametrize(
    ("words", "missing", "code", "remedy"),
    [
        ((), "sheet_no", "SHEET_UNKNOWN", "--sheet"),
        (("Tờ bản đồ số 6", "Tờ bản đồ số 8"), "sheet_no", "SHEET_UNKNOWN", "--sheet"),
        ((), "commune_code", "COMMUNE_UNKNOWN", "--commune"),
    ],
)
def test_a_drawing_that_does_not_say_where_it_belongs_is_refused_with_the_option_to_give(
    tmp_path: Path, words: tuple[str, ...], missing: str, code: str, remedy: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        rows_of(framed(tmp_path / "a.dxf", *words), **{missing: None})
    assert refused.value.code == code
    assert remedy in (refused.value.remedy or "")


def test_text_of_a_dgn_in_tcvn3_bytes_is_decoded(tmp_path: Path) -> None:
    words = {"NAME1": "đường trường sơn", "NAME2": "thôn đồng trũng", "NAME3": "xã phú hộ"}
    coded = {key: encode_legacy(value, "TCVN3").encode("latin-1") for key, value in words.items()}
    path = dgn(
        tmp_path / "a.dgn",
        [
            (10, path_of((0, 0), (10, 0), (10, 10), (0, 10), (0, 0)), ""),
            (13, at(5, 5), "1"),
            (21, shapely.Polygon(path_of((0, 10), (10, 10), (10, 15), (0, 15), (0, 10))), ""),
            *[(48, at(5 + 40 * number, 12), key.ljust(len(coded[key]), "_")) for number, key in enumerate(words)],
        ],
    )
    content = path.read_bytes()
    for key, value in coded.items():
        content = content.replace(key.ljust(len(value), "_").encode(), value)
    path.write_bytes(content)
    (road,) = [row for row in rows_of(path, "DGN") if row["noun"] == "land_object"]
    assert road["object_name"] == "đường trường sơn"
