"""Workbooks that unpack without end, reach out, or hold numbers that are none."""

import math
import struct
import zlib
from pathlib import Path
from typing import Any

from hostile_files import HOLDING, Corpus, Place, holdings, raw_zip, refused, rows, zeros_deflated, zipped

FILES = Corpus()
add = FILES.add

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
TYPES = "http://schemas.openxmlformats.org/package/2006/relationships"
BOOK: dict[str, bytes] = {
    "_rels/.rels": f'<Relationships xmlns="{TYPES}"><Relationship Id="rId1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>".encode(),
    "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "xl/workbook.xml": f'<workbook {SPACE} {RELATIONS}><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>".encode(),
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{TYPES}"><Relationship Id="rId1" Target="worksheets/s.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'.encode(),
}


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def _sheet(lines: list[list[Any]], head: str = "") -> bytes:
    data = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    return f"{head}<worksheet {SPACE}><sheetData>{data}</sheetData></worksheet>".encode()


def _book(place: Place, sheet: bytes, **members: bytes) -> Path:
    return zipped(place.folder / "a.xlsx", BOOK | {"xl/worksheets/s.xml": sheet} | members)


@add(rows(1))
def workbook_honest(place: Place) -> Path:
    return _book(place, _sheet(holdings({})))


def _bomb(place: Place, name: str, head: bytes, piece: bytes, stated: int | None = None) -> Path:
    """Write a workbook with one member that is the same piece of XML over and over, and may state another size."""
    packed, crc, size = zeros_deflated(128, piece, head)
    honest = BOOK | {SHEET: _sheet(holdings({}))}
    members = [(other, *_deflated(content)) for other, content in honest.items() if other != name]
    return raw_zip(place.folder / "a.xlsx", [*members, (name, packed, crc, size if stated is None else stated)])


SHEET, STRINGS = "xl/worksheets/s.xml", "xl/sharedStrings.xml"
FILES.each(
    refused("ARCHIVE_BOMB"),
    lambda place, member: _bomb(place, *member),
    {
        "workbook_of_spaces": (SHEET, b"", b" "),
        "workbook_of_empty_rows": (SHEET, b"<worksheet><sheetData>", b"<row></row>"),
        "workbook_of_cells": (SHEET, b"<worksheet><sheetData><row>", b"<c><v>1</v></c>"),
        "workbook_of_strings": (STRINGS, b"<sst>", b"<si><t>x</t></si>"),
        "workbook_of_one_string": (STRINGS, b"<sst><si><t>", b"x"),
    },
)
FILES.each(
    refused("TOO_MUCH_MEMORY", "DAMAGED_WORKBOOK", "READER_CRASHED", "EMPTY_TABLE"),
    lambda place, member: _bomb(place, *member, stated=1000),
    {
        "workbook_that_states_few_cells": (SHEET, b"<worksheet><sheetData><row>", b"<c><v>1</v></c>"),
        "workbook_that_states_few_rows": (SHEET, b"<worksheet><sheetData>", b"<row></row>"),
        "workbook_that_states_few_strings": (STRINGS, b"<sst>", b"<si><t>x</t></si>"),
    },
)


def _deflated(content: bytes) -> tuple[bytes, int, int]:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush(), zlib.crc32(content), len(content)


FILES.each(
    refused("DAMAGED_WORKBOOK", "READER_CRASHED", "TOO_MUCH_MEMORY", "TABLE_TOO_LARGE", "UNKNOWN_TABLE", "EMPTY_TABLE"),
    lambda place, corner: _book(
        place,
        f'<worksheet {SPACE}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="{corner[3:]}"><c r="{corner}"><v>1</v></c></row></sheetData></worksheet>'.encode(),
    ),
    {"workbook_with_a_far_corner": "XFD1048576", "workbook_with_a_corner_that_fits": "XFD800"},
)


@add(refused("DAMAGED_WORKBOOK"))
def workbook_with_an_entity(place: Place) -> Path:
    head = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{place.secret.as_uri()}"><!ENTITY y SYSTEM "{place.url}">]>'
    return _book(place, _sheet(holdings({"Mục đích sử dụng": "&x;&y;"}), head))


@add(rows(1))
def workbook_with_external_links(place: Place) -> Path:
    target = f'<Relationship Id="r" TargetMode="External" Target="{place.url}"/>'
    link = f'<Relationships xmlns="{TYPES}">{target}</Relationships>'
    return _book(place, _sheet(holdings({})), **{"xl/externalLinks/_rels/externalLink1.xml.rels": link.encode()})


@add(refused("EMPTY_TABLE", "UNKNOWN_TABLE"))
def workbook_without_rows(place: Place) -> Path:
    return _book(place, _sheet([]))


@add(rows())
def workbook_with_a_header_alone(place: Place) -> Path:
    return _book(place, _sheet(holdings()))


FILES.each(
    rows(1),
    lambda place, area: _book(place, _sheet(holdings({"Diện tích": area}))),
    {"workbook_area_infinite": math.inf, "workbook_area_no_number": math.nan, "workbook_area_1e308": 1e308},
)
FILES.each(
    rows(BAD_NUMBER=1),
    lambda place, area: _book(place, _sheet(holdings({"Diện tích thửa": area}))),
    {"workbook_parcel_area_infinite": math.inf, "workbook_parcel_area_no_number": math.nan},
)


@add(refused("DAMAGED_WORKBOOK"))
def workbook_whose_sheet_is_missing(place: Place) -> Path:
    return zipped(place.folder / "a.xlsx", BOOK)


@add(refused("DAMAGED_WORKBOOK"))
def workbook_of_broken_xml(place: Place) -> Path:
    return _book(place, b"<worksheet><sheetData><row><c t='s'><v>99999</v></c></row>")


@add(refused("DAMAGED_WORKBOOK", "READER_CRASHED", "UNKNOWN_FORMAT"))
def old_workbook_of_noise(place: Place) -> Path:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    return place.file("a.xls", head + b"\xff" * 600 + "Workbook".encode("utf-16-le") + b"\xa5" * 4000)


@add(refused("UNKNOWN_TABLE"))
def workbook_of_empty_names(place: Place) -> Path:
    return _book(place, _sheet([["", " ", "\t"], [HOLDING["Họ và tên"], "x", "y"]]))
