"""What lies around changed parcels: their ground before and after, and the findings known about it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import psycopg

from landdb.store.statements import load


class GroundRow(NamedTuple):
    """The ground of a parcel, as it stands or as it stood before this transaction changed it, as WKB."""

    parcel_id: int
    commune_id: int
    srid: int
    geom: bytes


class LiveFinding(NamedTuple):
    """A finding that is not fixed, with its proof as WKB in `srid`."""

    finding_id: int
    rule_id: str
    subject: str
    parcel_id: int | None
    other_parcel_id: int | None
    srid: int
    geom: bytes | None


def read_changed_ground(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> list[GroundRow]:
    """Give the parcels' ground as it stands and as this transaction found it; a parcel that is gone has only that."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(load("surroundings")["changed_ground"], {"parcel_ids": list(parcel_ids)})
        return [GroundRow(*row) for row in rows]


def list_live_findings(
    conn: psycopg.Connection, parcel_ids: Collection[int], rule_ids: Collection[str]
) -> list[LiveFinding]:
    """Give the findings of some rules about some parcels that are not fixed."""
    values = {"parcel_ids": list(parcel_ids), "rule_ids": list(rule_ids)}
    with conn.cursor(binary=True) as cursor:
        return [LiveFinding(*row) for row in cursor.execute(load("surroundings")["live_findings"], values)]


def list_live_rules(
    conn: psycopg.Connection,
    parcel_ids: Collection[int],
    commune_ids: Collection[int],
    rule_ids: Collection[str],
    *,
    beyond: Collection[str],
) -> set[str]:
    """Give which of these rules have a live finding about the parcels; those `beyond` also by one about no parcel."""
    values = {
        "parcel_ids": list(parcel_ids),
        "commune_ids": list(commune_ids),
        "rule_ids": list(rule_ids),
        "beyond": list(beyond),
    }
    return {rule_id for (rule_id,) in conn.execute(load("surroundings")["live_rules"], values)}
