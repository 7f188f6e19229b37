"""Findings as the store takes them: their columns, what identifies them, and new ones by COPY."""

import json
import struct
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import psycopg
import shapely
from psycopg import sql

from landdb.domain.recognition import Sighting, fingerprint
from landdb.store.statements import load

_POINT_4326: Final = struct.Struct("<BIIdd")
_EWKB_POINT: Final = 0x20000001
_JSONB_VERSION: Final = b"\x01"
_encode: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
#: What new findings are copied into. Binary COPY takes a geometry as its EWKB and a jsonb as a version and its text,
#: which are bytes to the client.
_COLUMNS: Final = {
    "fingerprint": "bytea", "content_hash": "bytea", "rule_id": "text", "severity": "text", "state": "text",
    "commune_id": "int4", "other_commune_id": "int4", "subject": "text", "parcel_id": "int8",
    "other_parcel_id": "int8", "point_4326": "bytea", "geom": "bytea", "measure": "float8", "unit": "text",
    "area_m2": "float8", "width_m": "float8", "details": "bytea", "first_run_id": "int4", "last_run_id": "int4",
}  # fmt: skip


class FindingRow(NamedTuple):
    """A finding as a run hands it over; `geom` is EWKB in metres, `lon` and `lat` are WGS 84 degrees.

    Across a border `commune_id` is the commune with the lower code and `other_commune_id` the other.
    """

    rule_id: str
    severity: str
    commune_id: int
    other_commune_id: int | None
    subject: str
    parcel_id: int | None
    other_parcel_id: int | None
    lon: float | None
    lat: float | None
    geom: bytes | None
    measure: float | None
    unit: str | None
    area_m2: float | None
    width_m: float | None
    details: Mapping[str, Any]

    @property
    def point_4326(self) -> bytes | None:
        """Give the place as EWKB."""
        if self.lon is None or self.lat is None:
            return None
        return _POINT_4326.pack(1, _EWKB_POINT, 4326, self.lon, self.lat)

    def fingerprint(self, commune_code: str, ordinal: int) -> bytes:
        """Give the identity that the finding is born with."""
        place = None if self.geom is None or self.lon is None or self.lat is None else (self.lon, self.lat)
        return fingerprint(commune_code, self.rule_id, self.subject, place, ordinal)

    @property
    def sighting(self) -> Sighting:
        """Give what the finding is known again by."""
        geometry = None if self.geom is None else shapely.from_wkb(self.geom)
        srid = 0 if geometry is None else int(shapely.get_srid(geometry))
        return Sighting(
            self.rule_id, self.subject, self.commune_id, srid, geometry, self.lon, self.lat, self.measure,
            self.area_m2, self.width_m,
        )  # fmt: skip


class HashedRow(NamedTuple):
    """A row with the hash of all that it says (equal hashes: nothing changed) and its details as JSON."""

    row: FindingRow
    details: str
    content_hash: bytes


def hashed(row: FindingRow) -> HashedRow:
    """Give the row with its hash."""
    details = _encode(row.details)
    told = repr((row[:9], row[10:14], details)).encode()
    return HashedRow(row, details, blake2b(told + (row.geom or b""), digest_size=16).digest())


def copy_new(conn: psycopg.Connection, run_id: int, new: Sequence[HashedRow]) -> None:
    """Copy findings that were never seen before; they are open."""
    names = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    statement = sql.SQL("COPY quality.finding ({}) FROM STDIN (FORMAT binary)").format(names)
    marks = _fingerprints(conn, [known.row for known in new])
    with conn.cursor().copy(statement) as copy:
        copy.set_types(list(_COLUMNS.values()))
        for (row, details, content_hash), mark in zip(new, marks, strict=True):
            copy.write_row((
                mark, content_hash, row.rule_id, row.severity, "open", row.commune_id, row.other_commune_id,
                row.subject, row.parcel_id, row.other_parcel_id, row.point_4326, row.geom, row.measure, row.unit,
                row.area_m2, row.width_m, _JSONB_VERSION + details.encode(), run_id, run_id,
            ))  # fmt: skip


def _fingerprints(conn: psycopg.Connection, new: Sequence[FindingRow]) -> list[bytes]:
    """Give each new finding an identity that none has: of its rule, subject and place, counted on where taken."""
    statements = load("findings_runs")
    ids = sorted({row.commune_id for row in new})
    codes: dict[int, str] = dict(conn.execute(statements["commune_codes"], {"commune_ids": ids}).fetchall())
    marks: dict[int, bytes] = {}
    used: set[bytes] = set()
    pending, ordinal = list(range(len(new))), 0
    while pending:
        tried = {index: new[index].fingerprint(codes[new[index].commune_id], ordinal) for index in pending}
        asked = {"fingerprints": list(tried.values())}
        used.update(bytes(mark) for (mark,) in conn.execute(statements["taken_fingerprints"], asked, binary=True))
        for index, mark in tried.items():
            if mark not in used:
                used.add(mark)
                marks[index] = mark
        pending, ordinal = [index for index in pending if index not in marks], ordinal + 1
    return [marks[index] for index in range(len(new))]
