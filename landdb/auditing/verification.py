"""Whether the record is as it was sealed; if not, which of its rows are not.

What is believed: the public key, then the signed roots, then leaves that lead to those roots. The file of seals
outside the database tells them; without it the database's own are taken, whose signatures it cannot make anew.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from landdb.auditing.witness import Witness, read_witnesses
from landdb.domain.checkpoint import Checkpoint
from landdb.domain.merkle import EMPTY_ROOT, Frontier, leaf_hash
from landdb.store import seals

#: A record is committed within seconds; one that is older than the seal before its own was put there later.
_SLOWEST_RECORD: Final = dt.timedelta(minutes=10)

Kind = Literal["EDITED", "DELETED", "INSERTED", "LEAF_CHANGED", "SEAL_CHANGED", "SEAL_MISSING", "SEAL_FORGED", "LATE"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed: the record's number, or the seal's."""

    kind: Kind
    access_id: int | None = None
    seal_id: int | None = None
    first_access_id: int | None = None
    last_access_id: int | None = None


@dataclass(slots=True)
class Verified:
    """What was compared, and what is wrong."""

    records: int = 0
    sealed: int = 0
    waiting: int = 0
    seals: int = 0
    root: bytes = EMPTY_ROOT
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Expected:
    """What the seals say: each record's leaf and its seal; the moment before which nothing new belongs to a seal."""

    leaves: dict[int, bytes] = field(default_factory=dict)
    seal_of: dict[int, int] = field(default_factory=dict)
    begins: dict[int, bytes] = field(default_factory=dict)


def verify(conn: psycopg.Connection, key: Ed25519PublicKey, file: Path | None) -> Verified:
    """Give what is wrong with the record, compared with the seals of `file` or, without one, of the database.

    `conn` is in a transaction, so that all of it is seen at one moment.
    """
    found = Verified()
    stored = list(_stored(conn))
    told = list(read_witnesses(file)) if file is not None else stored
    expected = _believed(told, stored, key, found)
    if file is not None:
        _compare_seals(told, stored, found)
    _compare_records(conn, expected, found)
    return found


def _stored(conn: psycopg.Connection) -> Iterator[Witness]:
    """Give the database's own seals with their leaves."""
    notes = seals.seals_after(conn, 0)
    by_seal: dict[int, tuple[list[int], list[bytes]]] = {seal_id: ([], []) for seal_id, _, _ in notes}
    for part in seals.all_leaves(conn):
        for leaf in part:
            ids, hashes = by_seal.setdefault(leaf.seal_id, ([], []))
            ids.append(leaf.access_id)
            hashes.append(leaf.leaf_hash)
    known = {seal_id: note for seal_id, note, _ in notes}
    for seal_id in sorted(by_seal):
        yield Witness(seal_id, known.get(seal_id, ""), *by_seal[seal_id])


def _believed(told: list[Witness], stored: list[Witness], key: Ed25519PublicKey, found: Verified) -> _Expected:
    """Give the leaves that lead to signed roots.

    A seal whose leaves do not lead to its root is a fault, with the records that it covers; later roots cannot be
    made from them any more, so that later leaves are taken as they are.
    """
    expected, frontier, previous, leads = _Expected(), Frontier(), EMPTY_ROOT, True
    own = {witness.seal_id: witness for witness in stored}
    for number, witness in enumerate(told, start=1):
        whole = witness if witness.leaves is not None else own.get(witness.seal_id, witness)
        ids, leaves = whole.access_ids or (), whole.leaves or ()
        frontier.extend(leaves)
        signed = Checkpoint.opened(witness.checkpoint, key)
        if witness.seal_id != number or signed is None or signed.previous_root != previous:
            found.faults.append(Fault("SEAL_FORGED", seal_id=witness.seal_id))
        elif leads and (signed.tree_size, signed.root) != (frontier.size, frontier.root()):
            leads = False
            ends = (min(ids), max(ids)) if ids else (None, None)
            found.faults.append(Fault("SEAL_CHANGED", None, witness.seal_id, *ends))
        if signed is not None:
            previous = signed.root
            expected.begins[witness.seal_id + 1] = _written(signed.sealed_at - _SLOWEST_RECORD)
        expected.leaves.update(zip(ids, leaves, strict=True))
        expected.seal_of.update(dict.fromkeys(ids, witness.seal_id))
    found.seals, found.root = len(told), previous
    return expected


def _compare_seals(told: Iterable[Witness], stored: Iterable[Witness], found: Verified) -> None:
    """Compare the seals outside with the database's own."""
    own = {witness.seal_id: witness for witness in stored}
    for witness in told:
        kept = own.pop(witness.seal_id, None)
        if kept is None or not kept.checkpoint:
            found.faults.append(Fault("SEAL_MISSING", seal_id=witness.seal_id))
        elif kept.checkpoint != witness.checkpoint:
            found.faults.append(Fault("SEAL_CHANGED", seal_id=witness.seal_id))
        if kept is not None and witness.leaves is not None:
            _compare_leaves(witness, kept, found)


def _compare_leaves(witness: Witness, kept: Witness, found: Verified) -> None:
    outside = dict(zip(witness.access_ids or (), witness.leaves or (), strict=True))
    inside = dict(zip(kept.access_ids or (), kept.leaves or (), strict=True))
    if outside == inside and list(outside) == list(inside):
        return
    differing = [one for one in outside.keys() | inside.keys() if outside.get(one) != inside.get(one)]
    moved = [one for one, other in zip(outside, inside, strict=False) if one != other]
    found.faults += [Fault("LEAF_CHANGED", one, witness.seal_id) for one in sorted(differing or moved)]


def _compare_records(conn: psycopg.Connection, expected: _Expected, found: Verified) -> None:
    """Compare every record with its leaf."""
    waiting, unseen = seals.queued(conn), dict(expected.leaves)
    for part in seals.all_lines(conn):
        found.records += len(part)
        for line in part:
            access_id = seals.access_id_of(line)
            leaf = unseen.pop(access_id, None)
            seal_id = expected.seal_of.get(access_id, found.seals + 1)
            if leaf is None and (access_id in expected.leaves or access_id not in waiting):
                found.faults.append(Fault("INSERTED", access_id))
            elif leaf is not None and leaf != leaf_hash(line):
                found.faults.append(Fault("EDITED", access_id, seal_id))
            elif line.split(b"\t", 3)[2] < expected.begins.get(seal_id, b""):
                found.faults.append(Fault("LATE", access_id, seal_id))
            elif leaf is None:
                found.waiting += 1
            else:
                found.sealed += 1
    found.faults += [Fault("DELETED", one, expected.seal_of.get(one)) for one in sorted(unseen)]


def _written(moment: dt.datetime) -> bytes:
    """Give a moment as lines write it, so that the two compare as texts."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S").encode()
