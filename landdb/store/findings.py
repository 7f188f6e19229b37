"""Ground for the rules to look at, and the life of findings across runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from landdb.errors import NotFound
from landdb.store.statements import load

#: Findings per statement: a commune's worst day in a few round trips, not one JSON of a hundred megabytes.
CHUNK = 2_000


class ParcelRow(NamedTuple):
    """A parcel with its polygon as WKB in its sheet's own zone."""

    parcel_id: int
    sheet_no: str
    parcel_no: str
    scale_denominator: int
    srid: int
    geom: bytes


class UnusableRow(NamedTuple):
    """A parcel whose delivered ring is no polygon, and where it is at fault."""

    parcel_id: int
    sheet_no: str
    parcel_no: str
    geom_fault: str
    lon: float | None
    lat: float | None
    srid: int


class ObjectRow(NamedTuple):
    """A land-occupying object with its polygon as WKB."""

    object_kind: str
    object_name: str | None
    srid: int
    geom: bytes


class BoundaryRow(NamedTuple):
    """A commune's boundary as WKB."""

    srid: int
    geom: bytes


class CommuneRow(NamedTuple):
    """What the rules need to know of a commune."""

    commune_code: str
    lon: float | None
    lat: float | None
    area_km2: float | None


@dataclass(frozen=True, slots=True)
class CommuneGround:
    """The current ground of one commune as stored."""

    commune: CommuneRow
    parcels: list[ParcelRow]
    unusable: list[UnusableRow]
    objects: list[ObjectRow]
    boundary: BoundaryRow | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is kept of a run, so that its findings can be explained years later."""

    commune_id: int
    started_at: datetime
    rules: Sequence[str]
    limits: Mapping[str, Any]
    catalogue_hash: str
    tool_versions: Mapping[str, str]
    parcel_count: int


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What a run changed: findings never seen before, back again, no longer there; and all it saw, by state."""

    run_id: int
    new: int
    regressed: int
    fixed: int
    states: Mapping[str, int]


def get_commune(conn: psycopg.Connection, commune_id: int) -> CommuneRow:
    """Give one commune; raises NotFound."""
    row = conn.execute(load("findings_ground")["commune"], {"commune_id": commune_id}).fetchone()
    if row is None:
        raise NotFound("there is no such commune")
    return CommuneRow(*row)


def read_ground(conn: psycopg.Connection, commune_id: int) -> CommuneGround:
    """Give everything on a commune's ground; geometries come over the wire in binary."""
    statements = load("findings_ground")
    values = {"commune_id": commune_id}
    with conn.cursor(binary=True) as cursor:
        boundary = cursor.execute(statements["boundary"], values).fetchone()
        return CommuneGround(
            commune=get_commune(conn, commune_id),
            parcels=[ParcelRow(*row) for row in cursor.execute(statements["parcels"], values)],
            unusable=[UnusableRow(*row) for row in cursor.execute(statements["unusable_parcels"], values)],
            objects=[ObjectRow(*row) for row in cursor.execute(statements["land_objects"], values)],
            boundary=None if boundary is None else BoundaryRow(*boundary),
        )


def count_parcels(conn: psycopg.Connection, commune_id: int) -> int:
    """Give the number of parcels of a commune, usable or not."""
    row = conn.execute(load("findings_ground")["count_parcels"], {"commune_id": commune_id}).fetchone()
    return 0 if row is None else int(row[0])


def store_run(conn: psycopg.Connection, record: RunRecord, findings: Sequence[Mapping[str, Any]]) -> StoredRun:
    """Store a run and its findings in the caller's transaction; gives what changed.

    Each finding is a mapping of the columns that `findings_runs.sql` names, `fingerprint` and `geom` as hex.
    """
    statements = load("findings_runs")
    run_id = _insert_run(conn, record)
    values = {"commune_id": record.commune_id, "run_id": run_id, "rules": list(record.rules)}
    new = regressed = 0
    for start in range(0, len(findings), CHUNK):
        chunk = findings[start : start + CHUNK]
        fingerprints = [bytes.fromhex(finding["fingerprint"]) for finding in chunk]
        back = conn.execute(statements["count_back"], {"fingerprints": fingerprints}).fetchone()
        regressed += 0 if back is None else back[0]
        stored = conn.execute(statements["upsert"], values | {"findings": Jsonb([dict(finding) for finding in chunk])})
        new += sum(1 for (is_new,) in stored if is_new)
    conn.execute(statements["accept_waived"], values)
    conn.execute(statements["reopen_unwaived"], values)
    fixed = conn.execute(statements["mark_fixed"], values).rowcount
    states: dict[str, int] = dict(conn.execute(statements["count_states"], values).fetchall())
    return StoredRun(run_id, new, regressed, fixed, states)


def _insert_run(conn: psycopg.Connection, record: RunRecord) -> int:
    row = conn.execute(
        load("findings_runs")["insert_run"],
        {
            "commune_id": record.commune_id,
            "started_at": record.started_at,
            "rules": Jsonb(list(record.rules)),
            "limits": Jsonb(dict(record.limits)),
            "catalogue_hash": record.catalogue_hash,
            "tool_versions": Jsonb(dict(record.tool_versions)),
            "parcel_count": record.parcel_count,
        },
    ).fetchone()
    if row is None:
        raise NotFound("the run was not stored")
    return int(row[0])
