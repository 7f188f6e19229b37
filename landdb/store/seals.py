"""The record of access as lines in one canonical form, and the seals over them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, LiteralString

import psycopg

from landdb.domain.merkle import Frontier
from landdb.store.statements import load, render, without_comments

_FILE: Final = "seals"
#: Lines are handed on in parts of this many bytes.
_PART_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredSeal:
    """A seal as the database holds it: the tree after it, and the signed note."""

    seal_id: int
    frontier: Frontier
    root: bytes
    checkpoint: str


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """What a record was when it was sealed."""

    access_id: int
    leaf_hash: bytes
    seal_id: int


def take_turn(conn: psycopg.Connection) -> bool:
    """Give whether this transaction may seal; only one at a time may."""
    return bool(_one(conn, "take_turn")[0])


def last_seal(conn: psycopg.Connection) -> StoredSeal | None:
    """Give the newest seal; raises ValueError when its tree is damaged."""
    row = conn.execute(load(_FILE)["last_seal"]).fetchone()
    if row is None:
        return None
    seal_id, tree_size, root, frontier, checkpoint = row
    return StoredSeal(seal_id, Frontier.parse(tree_size, bytes(frontier)), bytes(root), checkpoint)


def lines_to_seal(conn: psycopg.Connection) -> list[bytes]:
    """Give the records that wait for a seal, in order: canonical lines without their line breaks."""
    return [line for part in _lines(conn, "lines_to_seal") for line in part]


def all_lines(conn: psycopg.Connection) -> Iterator[list[bytes]]:
    """Give all records in order, in parts."""
    return _lines(conn, "all_lines")


def find_line(conn: psycopg.Connection, access_id: int) -> bytes | None:
    """Give one record, None when there is none of this number."""
    return next((line for part in _lines(conn, "one_line", access_id=access_id) for line in part), None)


def access_id_of(line: bytes) -> int:
    """Give whose line this is."""
    return int(line[: line.index(b"\t")])


def add_seal(conn: psycopg.Connection, seal: StoredSeal, sealed_at: dt.datetime, leaves: Sequence[StoredLeaf]) -> None:
    """Store a seal with its leaves, and take their records from the queue."""
    conn.execute(
        load(_FILE)["add_seal"],
        {
            "seal_id": seal.seal_id,
            "sealed_at": sealed_at,
            "tree_size": seal.frontier.size,
            "root": seal.root,
            "frontier": seal.frontier.to_bytes(),
            "checkpoint": seal.checkpoint,
        },
    )
    before = seal.frontier.size - len(leaves)
    with conn.cursor() as cursor, cursor.copy(load(_FILE)["leaves"]) as copy:
        for place, leaf in enumerate(leaves):
            copy.write_row((before + place, leaf.access_id, leaf.leaf_hash, leaf.seal_id))
    conn.execute(load(_FILE)["take_from_queue"], {"access_ids": [leaf.access_id for leaf in leaves]})


def seals_after(conn: psycopg.Connection, seal_id: int) -> list[tuple[int, str, int]]:
    """Give number, note and tree size of the seals after one, in order."""
    return [
        (int(row[0]), str(row[1]), int(row[2]))
        for row in conn.execute(load(_FILE)["seals_after"], {"seal_id": seal_id})
    ]


def leaves_of(conn: psycopg.Connection, seal_id: int) -> list[StoredLeaf]:
    """Give the leaves of a seal in the order of the tree."""
    rows = conn.execute(load(_FILE)["leaves_of"], {"seal_id": seal_id})
    return [StoredLeaf(int(access_id), bytes(leaf), seal_id) for access_id, leaf in rows]


def all_leaves(conn: psycopg.Connection) -> Iterator[list[StoredLeaf]]:
    """Give all leaves in the order of the tree, in parts."""
    for part in _lines(conn, "all_leaves"):
        fields = (line.split(b"\t") for line in part)
        # A line writes the backslash of \x twice.
        yield [StoredLeaf(int(one), bytes.fromhex(leaf[3:].decode()), int(seal)) for one, leaf, seal in fields]


def queued(conn: psycopg.Connection) -> set[int]:
    """Give which records wait for a seal."""
    return {int(row[0]) for row in conn.execute(load(_FILE)["queued"])}


def waiting(conn: psycopg.Connection) -> tuple[int, float]:
    """Give how many records wait for a seal, and for how many seconds the oldest does."""
    records, age_s = _one(conn, "waiting")
    return int(records), float(age_s)


def _lines(conn: psycopg.Connection, name: str, *, access_id: int = 0) -> Iterator[list[bytes]]:
    """Give the lines of a COPY in parts; `conn` is in a transaction, whose settings are set for it."""
    conn.execute(load(_FILE)["canonical_form"], {"access_id": access_id})
    with conn.cursor() as cursor, cursor.copy(_copied(name)) as copy:
        held: list[bytes] = []
        length = 0
        for block in copy:
            held.append(bytes(block))
            length += len(block)
            if length >= _PART_BYTES:
                *whole, rest = b"".join(held).split(b"\n")
                held, length = [rest], len(rest)
                yield whole
        whole = b"".join(held).split(b"\n")
        yield whole[:-1]


@cache
def _copied(name: str) -> LiteralString:
    """Give the text of a COPY; what a line of a record holds is written once."""
    texts = load(_FILE)
    return render(texts[name], {"line": without_comments(texts["line"])})


def _one(conn: psycopg.Connection, name: str) -> tuple[Any, ...]:
    row = conn.execute(load(_FILE)[name]).fetchone()
    assert row is not None  # noqa: S101 - these statements give one row
    return row
