"""A run stored: its findings known again, new, back or gone, and what it was judged by."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import shapely
from psycopg.types.json import Jsonb

from landdb.domain.dates import today
from landdb.domain.recognition import Sighting, recognise
from landdb.store.finding_rows import FindingRow, HashedRow, copy_new, hashed
from landdb.store.locks import lock_borders
from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class RunScope:
    """What a run looked at. Only a finding in its scope that it did not see can have been fixed.

    `parcel_counts`: the communes (ids) and how many parcels each has. `rules` ran inside each of them;
    `seam_rules` ran across their borders, so that findings between one of them and any other commune are in scope.
    `parcel_ids`: the run judged only these parcels with all their surroundings; None: whole communes.
    `finding_ids`: the findings known on the ground that such a run judged, where they are not just the parcels' own.
    """

    parcel_counts: Mapping[int, int]
    rules: Collection[str]
    seam_rules: Collection[str] = ()
    parcel_ids: Collection[int] | None = None
    finding_ids: Collection[int] | None = None

    def parameters(self) -> dict[str, Any]:
        """Give the scope as statements ask about it."""
        return {
            "commune_ids": list(self.parcel_counts),
            "parcel_counts": list(self.parcel_counts.values()),
            "rules": sorted(self.rules),
            "seam_rules": sorted(self.seam_rules),
            "parcel_ids": None if self.parcel_ids is None else list(self.parcel_ids),
            "known_ids": None if self.finding_ids is None else list(self.finding_ids),
        }


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is kept of a run, so that its findings can be explained years later."""

    scope: RunScope
    started_at: datetime
    limits: Mapping[str, Any]
    catalogue_hash: str
    tool_versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """What a run changed: findings never seen before, back again, no longer there; and all it saw, by state.

    `open_errors` counts the errors that nobody accepted.
    """

    run_id: int
    new: int
    regressed: int
    fixed: int
    states: Mapping[str, int]
    open_errors: int


@dataclass(slots=True)
class _Sorted:
    """The rows of a run while they are being known again: ids with states, ids with rows that say something new."""

    unknown: list[HashedRow] = field(default_factory=list)
    state_of: dict[int, str] = field(default_factory=dict)
    errors: set[int] = field(default_factory=set)
    changed: list[tuple[int, HashedRow]] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)

    def know(self, row: HashedRow, finding_id: int, state: str) -> None:
        """Note that the row is this known finding."""
        self.state_of[finding_id] = state
        if row.row.severity == "error":
            self.errors.add(finding_id)

    def states(self) -> Counter[str]:
        """Give how many findings of the run are in each state; new ones are open."""
        return Counter(self.state_of.values()) + Counter({"open": len(self.unknown)})

    def open_errors(self) -> int:
        """Give how many errors of the run nobody accepted."""
        known = sum(self.state_of[finding_id] != "accepted" for finding_id in self.errors)
        return known + sum(row.row.severity == "error" for row in self.unknown)


def store_run(conn: psycopg.Connection, record: RunRecord, findings: Iterable[FindingRow]) -> StoredRun:
    """Store a run and its findings in the caller's transaction; gives what changed.

    The caller holds the locks of all communes concerned. Findings that nothing changed about cost one line of one
    statement; new ones go in by COPY.
    """
    values = record.scope.parameters()
    values["run_id"] = run_id = _insert_run(conn, record, values)
    rows = _unchanged(conn, values, findings)
    if rows.unknown:
        _recognise(conn, rows)
        copy_new(conn, run_id, rows.unknown)
    _update(conn, run_id, rows)
    fixed = _mark_fixed(conn, values, rows.unseen)
    _settle_waivers(conn, values, rows)
    if record.scope.parcel_ids is None:
        conn.execute(load("findings_runs")["keep_counts"], values)
    return StoredRun(run_id, len(rows.unknown), len(rows.back), fixed, dict(rows.states()), rows.open_errors())


def is_judged(conn: psycopg.Connection, commune_ids: Sequence[int]) -> bool:
    """Tell whether the rules have looked at each of these communes as a whole since its last delivery."""
    row = conn.execute(load("findings_runs")["count_unjudged"], {"commune_ids": list(commune_ids)}).fetchone()
    return row is not None and row[0] == 0


def _insert_run(conn: psycopg.Connection, record: RunRecord, values: Mapping[str, Any]) -> int:
    told = {
        "started_at": record.started_at,
        "is_whole": record.scope.parcel_ids is None,
        "rules": Jsonb(values["rules"]),
        "seam_rules": Jsonb(values["seam_rules"]),
        "limits": Jsonb(dict(record.limits)),
        "catalogue_hash": record.catalogue_hash,
        "tool_versions": Jsonb(dict(record.tool_versions)),
    }
    row = conn.execute(load("findings_runs")["insert_run"], {**values, **told}).fetchone()
    if row is None:
        raise RuntimeError("the run was not stored")
    return int(row[0])


def _unchanged(conn: psycopg.Connection, values: Mapping[str, Any], findings: Iterable[FindingRow]) -> _Sorted:
    """Give the rows with those set apart that a run in this scope said before, word for word."""
    question = "live_of_communes" if values["parcel_ids"] is None else "live_of_parcels"
    question = question if values["known_ids"] is None else "live_known"
    same: dict[bytes, list[tuple[int, str]]] = defaultdict(list)
    for finding_id, content_hash, state in conn.execute(load("findings_runs")[question], values):
        same[bytes(content_hash)].append((finding_id, state))
    rows = _Sorted()
    for row in map(hashed, findings):
        known = same.get(row.content_hash)
        if known:
            rows.know(row, *known.pop(0))
        else:
            rows.unknown.append(row)
    rows.unseen = [finding_id for known in same.values() for finding_id, _ in known]
    return rows


def _recognise(conn: psycopg.Connection, rows: _Sorted) -> None:
    """Sort the unknown rows into those that are known findings, changed or back, and those that are new."""
    if any(row.other_commune_id is not None for row, *_ in rows.unknown):
        lock_borders(conn)
    with conn.cursor(binary=True) as cursor:
        cursor.execute(
            load("findings_runs")["candidates"],
            {
                "unseen": rows.unseen,
                "seen": list(rows.state_of),
                "commune_ids": [row.commune_id for row, *_ in rows.unknown],
                "rule_ids": [row.rule_id for row, *_ in rows.unknown],
                "subjects": [row.subject for row, *_ in rows.unknown],
            },
        )
        candidates = cursor.fetchall()
    if not candidates:
        return
    known = [
        Sighting(rule, subject, commune, srid or 0, geom and shapely.from_wkb(bytes(geom)), *rest)
        for _, _, rule, subject, commune, srid, geom, *rest in candidates
    ]
    known_of = recognise(
        [row.sighting for row, *_ in rows.unknown], known, [state == "fixed" for _, state, *_ in candidates]
    )
    unknown, rows.unknown = rows.unknown, []
    for row, index in zip(unknown, known_of, strict=True):
        if index is None:
            rows.unknown.append(row)
            continue
        finding_id, state = candidates[index][:2]
        rows.changed.append((finding_id, row))
        rows.know(row, finding_id, "regressed" if state == "fixed" else state)
        if state == "fixed":
            rows.back.append(finding_id)
    rows.unseen = [finding_id for finding_id in rows.unseen if finding_id not in rows.state_of]


def _update(conn: psycopg.Connection, run_id: int, rows: _Sorted) -> None:
    """Note what was seen again, rewrite what changed about it, and raise what is back."""
    statements = load("findings_runs")
    if rows.state_of:
        conn.execute(statements["note_seen"], {"run_id": run_id, "finding_ids": list(rows.state_of)})
    if rows.changed:
        with conn.cursor() as cursor:
            cursor.executemany(
                statements["update_changed"],
                [
                    {
                        **row._asdict(),
                        "details": details,
                        "point_4326": row.point_4326,
                        "content_hash": content_hash,
                        "finding_id": finding_id,
                        "run_id": run_id,
                    }
                    for finding_id, (row, details, content_hash) in rows.changed
                ],
            )
    if rows.back:
        conn.execute(statements["mark_regressed"], {"run_id": run_id, "finding_ids": rows.back})


def _mark_fixed(conn: psycopg.Connection, values: Mapping[str, Any], unseen: Sequence[int]) -> int:
    return conn.execute(load("findings_runs")["mark_fixed"], {**values, "finding_ids": list(unseen)}).rowcount


def _settle_waivers(conn: psycopg.Connection, values: Mapping[str, Any], rows: _Sorted) -> None:
    """Let waivers hold or end, and take over the states that this gives."""
    is_back = set(rows.back)
    concerned = [
        finding_id for finding_id, state in rows.state_of.items() if state == "accepted" or finding_id in is_back
    ]
    if not concerned and values["parcel_ids"] is not None:
        return  # Waivers that ended elsewhere in the commune wait for a whole run; whoever reads sees them as open.
    asked = {**values, "finding_ids": concerned, "today": today()}
    for finding_id, state in conn.execute(load("findings_runs")["settle_waivers"], asked):
        if finding_id in rows.state_of:
            rows.state_of[finding_id] = state
