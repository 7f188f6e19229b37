"""Decisions about findings, written: the waiver, the state, and the event that stays."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import psycopg

from landdb.domain.dates import today
from landdb.store.statements import load


class Standing(NamedTuple):
    """A finding's state today and the communes that it concerns."""

    finding_id: int
    state: str
    commune_code: str
    other_commune_code: str | None


def lock(conn: psycopg.Connection, finding_ids: Sequence[int]) -> list[Standing]:
    """Give how those of the findings that exist stand; no one else decides about them in the meantime."""
    asked = {"finding_ids": list(finding_ids), "today": today()}
    return [Standing(*row) for row in conn.execute(load("triage")["lock"], asked)]


def accept(
    conn: psycopg.Connection,
    finding_ids: Sequence[int],
    *,
    actor: str,
    reason: str,
    ends_on: date | None,
    growth_margin: float,
) -> None:
    """Give each finding a waiver that replaces an earlier one."""
    told = {"actor": actor, "reason": reason, "ends_on": ends_on, "growth_margin": growth_margin}
    conn.execute(load("triage")["accept"], {"finding_ids": list(finding_ids), **told})


def revoke(conn: psycopg.Connection, finding_ids: Sequence[int], *, actor: str, note: str | None) -> None:
    """Take the waivers back; the findings are open."""
    conn.execute(load("triage")["revoke"], {"finding_ids": list(finding_ids), "actor": actor, "note": note})


def assign(conn: psycopg.Connection, finding_ids: Sequence[int], *, actor: str, assigned_to: str | None) -> None:
    """Hand the findings to somebody, or to nobody."""
    told = {"finding_ids": list(finding_ids), "actor": actor, "assigned_to": assigned_to}
    conn.execute(load("triage")["assign"], told)


def comment(conn: psycopg.Connection, finding_ids: Sequence[int], *, actor: str, note: str) -> None:
    """Add a remark to each finding's history."""
    conn.execute(load("triage")["comment"], {"finding_ids": list(finding_ids), "actor": actor, "note": note})
