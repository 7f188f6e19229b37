"""Tables with cells that compute, endless cells, wrong bytes; workbooks that unpack without end."""

from pathlib import Path
from typing import Any

from hostile_files import (
    CITIZEN_ID,
    NAME,
    Corpus,
    Place,
    holdings,
    random_text,
    refused,
    rows,
    table,
)

FILES = Corpus()
add = FILES.add


def _csv(place: Place, text: str | bytes) -> Path:
    return place.file("a.csv", text)


def _cells(place: Place, *changed: dict[str, Any]) -> Path:
    return _csv(place, table(*holdings(*changed)))


FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", '=HYPERLINK("http://x","y")')
FILES.each(
    rows(len(FORMULAS)),
    lambda place, field: _cells(place, *({field: text, "Số CCCD": ""} for text in FORMULAS)),
    {
        "formulas_as_names": "Họ và tên",
        "formulas_as_serials": "Số phát hành GCN",
    },
)
FILES.each(
    rows(1),
    _cells,
    {
        "name_of_10_000_letters": {"Họ và tên": random_text(10_000)},
        "name_right_to_left": {"Họ và tên": "\u202eNguyễn\u2066 Bí\u200b Mật"},
        "citizen_id_of_100_000_digits": {"Số CCCD": "9" * 100_000},
        "citizen_id_of_other_digits": {"Số CCCD": "٠٩٩٠٨٥٠٠٠١٢٣"},
        "area_1e999_of_a_use": {"Diện tích": "1e999"},
        "area_negative_of_a_use": {"Diện tích": "-100"},
        "holder_group_blank": {"Loại chủ": ""},
        "birth_in_the_year_9999": {"Ngày sinh": "99/99/9999"},
        "file_name_that_climbs": {"Tên file": "../../../etc/passwd"},
        "tax_code_of_10_000_letters": {"Mã số thuế": random_text(10_000)},
    },
)
FILES.each(
    rows(KEY_TOO_LONG=1),
    _cells,
    {
        "serial_of_10_000_letters": {"Số phát hành GCN": random_text(10_000)},
        "registry_number_of_10_000_letters": {"Số vào sổ": random_text(10_000), "Số phát hành GCN": ""},
        "parcel_number_of_a_table_of_10_000_letters": {"Số thửa": random_text(10_000)},
        "organisation_number_of_10_000_letters": {"Tên tổ chức": "Hội", "Số định danh tổ chức": random_text(10_000)},
    },
)
FILES.each(
    rows(FIELD_TOO_LONG=1),
    lambda place, name: _cells(place, {"Họ và tên": name}),
    {"cell_of_a_megabyte": "x" * (1 << 20)},
)
FILES.each(
    rows(BAD_HOLDER_GROUP=1),
    _cells,
    {"holder_group_unknown": {"Loại chủ": "=cmd"}},
)
FILES.each(
    rows(BAD_SHARE=3),
    lambda place, shares: _cells(place, *({"Tỷ lệ sở hữu": share} for share in shares)),
    {"shares_of_nothing": ("1/0", "-1/2", "1/99999999999999999999999")},
)
FILES.each(
    rows(UNKNOWN_COMMUNE_CODE_FORM=1),
    _cells,
    {
        "commune_of_a_table_as_sql": {"MaXa": "'; DROP TABLE admin.commune; --"},
        "commune_of_a_table_endless": {"MaXa": "9" * 5000},
    },
)
FILES.each(
    rows(PARCEL_NOT_FOUND=1),
    lambda place, number: _cells(place, {"Số thửa": number}),
    {"parcel_as_sql": "1' OR '1'='1"},
)
FILES.each(
    rows(BAD_NUMBER=3),
    lambda place, areas: _cells(place, *({"Diện tích thửa": area} for area in areas)),
    {"areas_of_a_parcel_absurd": ("1e999", "nan", "9" * 5000)},
)


@add(rows(1, UNCLOSED_QUOTE=1))
def quote_never_closed(place: Place) -> Path:
    lines = table(*holdings({}, {})).splitlines(keepends=True)
    return _csv(place, lines[0] + '"' + lines[1] + lines[2])


@add(rows(1, merged=59, UNKNOWN_COMMUNE_CODE_FORM=500))
def a_thousand_open_quotes(place: Place) -> Path:
    honest = table(*holdings({})).splitlines(keepends=True)
    return _csv(place, honest[0] + honest[1] * 60 + ('"' + honest[1]) * 1000)


@add(refused("UNKNOWN_TABLE"))
def a_hundred_thousand_columns(place: Place) -> Path:
    return _csv(place, (",".join(["cột"] * 100_000) + "\n") * 40)


@add(rows(1, merged=1, FIELD_TOO_LONG=1))
def line_of_10_megabytes(place: Place) -> Path:
    lines = table(*holdings({}, {})).splitlines(keepends=True)
    return _csv(place, lines[0] + lines[1] + "x" * (10 << 20) + "\n" + lines[2])


@add(refused("UNKNOWN_FORMAT", "UNKNOWN_TABLE"))
def one_line_of_50_megabytes(place: Place) -> Path:
    return _csv(place, b"a,b," + b"x" * (50 << 20))


FILES.each(
    rows(1),
    lambda place, codec: _csv(place, table(*holdings({})).encode(codec)),
    {"utf16_with_mark": "utf-16", "utf8_with_mark": "utf-8-sig", "utf16_without_mark": "utf-16-le"},
)
FILES.each(
    refused("UNKNOWN_FORMAT", "NOT_A_TEXT_TABLE"),
    lambda place, codec: _csv(place, table(*holdings({})).encode(codec)),
    {"utf32_without_mark": "utf-32-be"},
)
FILES.each(
    refused("UNKNOWN_FORMAT", "UNKNOWN_TABLE"),
    lambda place, delimiter: _csv(place, table(*holdings({}), delimiter=delimiter)),
    {"delimiter_nobody_uses": "~", "delimiter_is_a_space": " "},
)
FILES.each(
    refused("UNKNOWN_TABLE"),
    _csv,
    {
        "only_names_and_no_header": f"{NAME},Thôn Một\n{NAME},Thôn Hai\n",
        "only_a_number": f"{CITIZEN_ID},x\n",
        "table_of_separators": ";" * 9000 + "\n",
        "header_alone_unknown": "a,b,c\n",
    },
)
FILES.each(
    rows(1),
    _cells,
    {"nul_in_a_table": {"Họ và tên": "Bí\0Mật"}},
)
FILES.each(
    rows(1, merged=1999),
    lambda place, use: _cells(place, *[{}] * 1999, {"Mục đích sử dụng": use}),
    {"nul_far_down_a_table": "O\0NT"},
)
FILES.each(rows(), _csv, {"header_alone": table(*holdings())})


@add(rows(1))
def crosswalk_note_endless(place: Place) -> Path:
    head = ("Mã xã cũ", "Tờ cũ", "Mã xã", "Tờ mới", "Ghi chú")
    return _csv(place, table(head, ("09009", "1", "99009", "12", random_text(50_000))))


@add(rows(KEY_TOO_LONG=1))
def crosswalk_sheet_endless(place: Place) -> Path:
    head = ("Mã xã cũ", "Tờ cũ", "Mã xã", "Tờ mới")
    return _csv(place, table(head, ("09009", random_text(10_000), "99009", "12")))
