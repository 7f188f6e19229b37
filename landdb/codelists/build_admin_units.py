"""Regenerates provinces.csv, communes.csv and commune_succession.csv, byte for byte the same each time.

Run as ``python -m landdb.codelists.build_admin_units WHEEL_OR_FOLDER`` with the wheel of the MIT-licensed
package ``vietnamadminunits`` (or the folder it was unpacked into). Later changes come from admin_amendment.csv.

What the source does not say stays empty: since when an old unit existed (`valid_from`), and areas of old
communes. District codes are dropped with the districts; their names are kept because certificates carry them.
Five island districts had no commune before July 2025, so they have a successor but no row here.
"""

import csv
import json
import sqlite3
import sys
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

MERGER: Final = "2025-07-01"
_FOLDER: Final = Path(__file__).parent
_DATABASE: Final = "vietnamadminunits/data/dataset.db"
_CONVERTER: Final = "vietnamadminunits/data/converter_2025.json"
_KINDS: Final = ("phường", "xã", "thị trấn", "đặc khu", "thành phố", "tỉnh")

_PROVINCE_COLUMNS: Final = ("province_code", "name", "kind", "valid_from", "valid_to", "successor", "lat", "lon")
_COMMUNE_COLUMNS: Final = (
    *("commune_code", "name", "kind", "province_code", "district_name"),
    *("valid_from", "valid_to", "lat", "lon", "area_km2"),
)
_SUCCESSION_COLUMNS: Final = ("old_commune_code", "new_commune_code", "is_divided")

_OLD_PROVINCES: Final = """
    select distinct provinceKey as key, provinceCode as code, province as full_name,
           provinceLat as lat, provinceLon as lon from admin_units_legacy"""
_NEW_PROVINCES: Final = _OLD_PROVINCES.replace("admin_units_legacy", "admin_units")
_OLD_COMMUNES: Final = """
    select provinceKey || '_' || districtKey || '_' || wardKey as key, wardCode as code, ward as full_name,
           provinceCode as province_code, district as district_name, wardLat as lat, wardLon as lon, null as area_km2
    from admin_units_legacy where wardCode is not null"""
_NEW_COMMUNES: Final = """
    select provinceKey || '_' || wardKey as key, wardCode as code, ward as full_name,
           provinceCode as province_code, null as district_name, wardLat as lat, wardLon as lon,
           wardAreaKm2 as area_km2
    from admin_units"""

Row = dict[str, Any]


def main(source: str) -> None:
    """Write the three lists beside this script."""
    database, converter = _read_member(source, _DATABASE), json.loads(_read_member(source, _CONVERTER))
    with closing(sqlite3.connect(":memory:")) as units:
        units.row_factory = sqlite3.Row
        units.deserialize(database)
        amendments = _read_amendments()
        _write("provinces", _PROVINCE_COLUMNS, _provinces(units, converter, amendments))
        _write("communes", _COMMUNE_COLUMNS, _communes(units, amendments))
        _write("commune_succession", _SUCCESSION_COLUMNS, _succession(units, converter))


def _read_member(source: str, member: str) -> bytes:
    """Give one file of the wheel or of the folder."""
    if Path(source).is_dir():
        return (Path(source) / member).read_bytes()
    with zipfile.ZipFile(source) as wheel:
        return wheel.read(member)


def _read_amendments() -> dict[tuple[str, str], Row]:
    """Give the later changes by level and code."""
    with (_FOLDER / "admin_amendment.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["level"], row["code"]): row for row in csv.DictReader(lines)}


def _provinces(units: sqlite3.Connection, converter: Row, amendments: dict[tuple[str, str], Row]) -> Iterator[Row]:
    """Give the old provinces with their successors, and the new ones."""
    new = _query(units, _NEW_PROVINCES)
    code_of = {row["key"]: row["code"] for row in new}
    successor_of = {old: code_of[key] for key, olds in converter["DICT_PROVINCE"].items() for old in olds}
    for row in _query(units, _OLD_PROVINCES):
        yield _unit(row, "province_code") | {"valid_to": MERGER, "successor": successor_of[row["key"]]}
    for row in new:
        unit = _unit(row, "province_code") | {"valid_from": MERGER}
        yield from _amended(unit, amendments.get(("province", row["code"])))


def _communes(units: sqlite3.Connection, amendments: dict[tuple[str, str], Row]) -> Iterator[Row]:
    """Give the communes up to the merger, and those since."""
    for row in _query(units, _OLD_COMMUNES):
        yield _unit(row, "commune_code") | {"valid_to": MERGER}
    for row in _query(units, _NEW_COMMUNES):
        unit = _unit(row, "commune_code") | {"valid_from": MERGER}
        yield from _amended(unit, amendments.get(("commune", row["code"])))


def _succession(units: sqlite3.Connection, converter: Row) -> Iterator[Row]:
    """Give which old commune went into which new one; a divided one goes into several."""
    old_codes = {row["key"]: row["code"] for row in _query(units, _OLD_COMMUNES)}
    new_codes = {row["key"]: row["code"] for row in _query(units, _NEW_COMMUNES)}
    successors: defaultdict[str, set[str]] = defaultdict(set)
    divided: set[str] = set()
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                successors[old].add(new_codes[f"{province}_{commune}"])
    for province, parts_of in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in parts_of.items():
            successors[old].update(new_codes[f"{province}_{part['newWardKey']}"] for part in parts)
            divided.add(old)
    for old, news in successors.items():
        if old in old_codes:
            yield from (_succession_row(old_codes[old], new, is_divided=old in divided) for new in news)


def _succession_row(old: str, new: str, *, is_divided: bool) -> Row:
    """Give one row of the succession."""
    return {"old_commune_code": old, "new_commune_code": new, "is_divided": "true" if is_divided else "false"}


def _amended(unit: Row, amendment: Row | None) -> Iterator[Row]:
    """Give the unit, cut in two where a later resolution changed its name or kind."""
    if amendment is None:
        yield unit
        return
    yield unit | {"valid_to": amendment["valid_from"]}
    yield unit | {column: amendment[column] for column in ("name", "kind", "valid_from")}


def _unit(row: sqlite3.Row, code_column: str) -> Row:
    """Give the columns that provinces and communes share, name and kind apart.

    The kind is taken from the full name: the source's own column contradicts it for four communes.
    """
    full_name = unicodedata.normalize("NFC", row["full_name"])
    kind = next(kind for kind in _KINDS if full_name.lower().startswith(kind + " "))
    shared = {column: row[column] for column in set(row.keys()) - {"key", "code", "full_name"}}
    return shared | {code_column: row["code"], "name": full_name[len(kind) + 1 :], "kind": kind}


def _query(units: sqlite3.Connection, sql: str) -> list[sqlite3.Row]:
    """Give all rows of a query."""
    return units.execute(sql).fetchall()


def _write(name: str, columns: Sequence[str], rows: Iterator[Row]) -> None:
    """Write a list, sorted so that two runs can be compared."""
    table = sorted(["" if row.get(column) is None else str(row[column]) for column in columns] for row in rows)
    with (_FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(table)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
