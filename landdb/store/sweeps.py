"""Runs over many communes: which of them are done, and whether one changed while it was being judged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from landdb.store.statements import load


class Mark(NamedTuple):
    """A moment in the life of the database: the last run and batch, and the oldest transaction still open."""

    run_id: int
    batch_id: int
    oldest_open: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """A run over many communes by some rules, by one state of the catalogue."""

    sweep_id: int
    commune_ids: Sequence[int]
    rules: Sequence[str] | None


def begin(conn: psycopg.Connection, commune_ids: Sequence[int], rules: Sequence[str] | None) -> Sweep:
    """Enter a sweep; earlier ones that never ended are given up."""
    values = {"commune_ids": list(commune_ids), "rules": None if rules is None else list(rules)}
    row = conn.execute(load("sweeps")["begin"], values).fetchone()
    if row is None:
        raise RuntimeError("the sweep was not stored")
    return Sweep(int(row[0]), commune_ids, rules)


def find_unfinished(conn: psycopg.Connection) -> Sweep | None:
    """Give the last sweep that was begun and not ended, None when there is none."""
    row = conn.execute(load("sweeps")["unfinished"]).fetchone()
    return None if row is None else Sweep(*row)


def list_done(conn: psycopg.Connection, sweep: Sweep) -> list[int]:
    """Give the communes that the sweep has judged already."""
    return [commune_id for (commune_id,) in conn.execute(load("sweeps")["done"], {"sweep_id": sweep.sweep_id})]


def note_done(conn: psycopg.Connection, sweep_id: int, commune_id: int) -> None:
    """Note that a sweep has judged a commune, in the transaction that stores what it found."""
    conn.execute(load("sweeps")["note_done"], {"sweep_id": sweep_id, "commune_id": commune_id})


def finish(conn: psycopg.Connection, sweep: Sweep) -> None:
    """Note that the sweep has ended."""
    conn.execute(load("sweeps")["finish"], {"sweep_id": sweep.sweep_id})


def mark(conn: psycopg.Connection) -> Mark:
    """Give the mark of now."""
    row = conn.execute(load("sweeps")["mark"]).fetchone()
    if row is None:
        raise RuntimeError("no mark")
    return Mark(*row)


def changed_since(conn: psycopg.Connection, commune_ids: Collection[int], since: Mark) -> bool:
    """Tell whether parcels of the communes may have changed after a mark; every change leaves a run or a batch."""
    values = {**since._asdict(), "commune_ids": list(commune_ids)}
    row = conn.execute(load("sweeps")["changed_since"], values).fetchone()
    return row is not None and bool(row[0])
