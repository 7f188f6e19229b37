"""What was recorded since the last seal becomes leaves; the root over all of them is signed and told outside."""

import datetime as dt
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

import psycopg

from landdb.auditing.key import AuditKey
from landdb.auditing.witness import Witness, appending, last_witness
from landdb.domain.checkpoint import Checkpoint
from landdb.domain.merkle import EMPTY_ROOT, Frontier, leaf_hash
from landdb.errors import LanddbError
from landdb.store import seals
from landdb.store.connection import connect
from landdb.store.seals import StoredLeaf, StoredSeal

#: A seal is made when the oldest record has waited so long, or so many wait.
SEAL_AFTER_S: Final = 60.0
SEAL_AT_RECORDS: Final = 1000
#: How often the background looks.
_LOOK_EVERY_S: Final = 5.0
LOG: Final = logging.getLogger("landdb.sealing")


class SealsContradict(LanddbError):
    """The seals in the database are not those that were told outside it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a round did: records that it sealed, under which seal."""

    records: int
    seal_id: int


def seal_round(conn: psycopg.Connection, key: AuditKey, file: Path) -> Sealed | None:
    """Seal what waits; gives None when nothing does, or another process is at it.

    `conn` is in autocommit. The seal is committed first and told to `file` after; a round that was broken off between
    the two is told by the next. Raises SealsContradict when the database and the file tell different seals: then
    somebody has changed one of them, or an older backup was restored.
    """
    with conn.transaction():
        if not seals.take_turn(conn):
            return None
        last = _last(conn, key, file)
        lines = seals.lines_to_seal(conn)
        sealed = _seal(conn, key, last, lines) if lines else None
    _tell(conn, file)
    return sealed


def keep_sealed(url: str, key: AuditKey, file: Path, stop: Event, told: Callable[[float], None]) -> None:
    """Seal in time until `stop`; `told` is given the age of the oldest unsealed record at each look."""
    while not stop.is_set():
        try:
            with connect(url, application_name="landdb-sealing") as conn:
                conn.autocommit = True
                while not stop.wait(_LOOK_EVERY_S):
                    records, age_s = seals.waiting(conn)
                    told(age_s)
                    if records >= SEAL_AT_RECORDS or age_s >= SEAL_AFTER_S:
                        seal_round(conn, key, file)
        except (psycopg.Error, LanddbError, OSError, ValueError) as error:
            # Its text may quote a row. Reveals stop by themselves when this goes on.
            LOG.error(json.dumps({"event": "not sealed", "error": type(error).__qualname__}))
            stop.wait(_LOOK_EVERY_S)


def _last(conn: psycopg.Connection, key: AuditKey, file: Path) -> StoredSeal | None:
    """Give the newest seal after comparing it with what was signed and told."""
    last, outside = seals.last_seal(conn), last_witness(file)
    if last is not None:
        signed = Checkpoint.opened(last.checkpoint, key.public)
        if signed is None or (signed.tree_size, signed.root) != (last.frontier.size, last.frontier.root()):
            raise _contradiction()
    if outside is not None:
        kept = {seal_id: note for seal_id, note, _ in seals.seals_after(conn, outside.seal_id - 1)}
        if kept.get(outside.seal_id) != outside.checkpoint:
            raise _contradiction()
    return last


def _seal(conn: psycopg.Connection, key: AuditKey, last: StoredSeal | None, lines: list[bytes]) -> Sealed:
    seal_id = 1 if last is None else last.seal_id + 1
    frontier = Frontier() if last is None else last.frontier
    previous = EMPTY_ROOT if last is None else last.root
    leaves = [StoredLeaf(seals.access_id_of(line), leaf_hash(line), seal_id) for line in lines]
    frontier.extend(leaf.leaf_hash for leaf in leaves)
    sealed_at = dt.datetime.now(dt.UTC)
    note = Checkpoint(frontier.size, frontier.root(), previous, sealed_at).signed(key.private)
    seals.add_seal(conn, StoredSeal(seal_id, frontier, frontier.root(), note), sealed_at, leaves)
    return Sealed(len(leaves), seal_id)


def _tell(conn: psycopg.Connection, file: Path) -> None:
    """Write the seals that the file does not have yet."""
    with appending(file) as appender:
        outside = last_witness(file)
        for seal_id, note, _ in seals.seals_after(conn, outside.seal_id if outside else 0):
            leaves = seals.leaves_of(conn, seal_id)
            ids, hashes = [leaf.access_id for leaf in leaves], [leaf.leaf_hash for leaf in leaves]
            appender.add(Witness(seal_id, note, ids, hashes))


def _contradiction() -> SealsContradict:
    return SealsContradict(
        remedy="`landdb audit verify` names what differs; after restoring an older backup keep the file of seals as"
        " evidence under another name, and sealing begins a new one"
    )
