"""Proposals as rows of tables and as JSON documents."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import shapely

from landdb.cli.output import print_table
from landdb.repairs import KINDS, UNSOLVED, VERDICTS
from landdb.store import proposals
from landdb.store.proposals import ChangeRow, ProposalRow
from landdb.validators.rule import Language

#: Vertices that a table shows; JSON has them all.
_MOVES_SHOWN = 12


def proposal_rows(rows: Sequence[ProposalRow], language: Language) -> list[dict[str, Any]]:
    """Give one row per proposal."""
    return [
        {
            "no": row.proposal_id,
            "rule": row.rule_id,
            "subject": row.subject,
            "repair": KINDS[row.kind].to(language),
            "moves m": row.max_move_m,
            "area m²": row.max_area_change_m2,
            "state": row.state if row.state != "open" else ("acceptable" if row.is_acceptable else "needs survey"),
            "fails": ", ".join(row.failed),
        }
        | ({} if row.transaction_id is None else {"transaction": row.transaction_id})
        for row in rows
    ]


def change_rows(changes: Sequence[ChangeRow], language: Language) -> list[dict[str, Any]]:
    """Give one row per unit that a proposal changes."""
    return [
        {
            "unit": change.label,
            "becomes": "redrawn" if change.geom is not None else "ended",
            "moves m": change.max_move_m,
            "class m": change.accuracy_m,
            "before m²": change.area_before_m2,
            "after m²": change.area_after_m2,
            "papers m²": change.paper_area_m2,
            "limit m²": change.area_limit_m2,
            "verdict": VERDICTS[change.area_verdict].to(language),
        }
        for change in changes
    ]


def moves_table(changes: Sequence[ChangeRow]) -> None:
    """Print the vertices that move, farthest first."""
    moves = [(change.label, move) for change in changes for move in change.moves]
    moves.sort(key=lambda pair: -float(pair[1]["distance_m"]))
    rows = [
        (label, move["action"], *(move["old"] or (None, None)), *(move["new"] or (None, None)), move["distance_m"])
        for label, move in moves[:_MOVES_SHOWN]
    ]
    if rows:
        print_table("\nVertices", ("unit", "", "from x", "y", "to x", "y", "m"), rows)


def unsolved_rows(unsolved: Mapping[Any, int], language: Language) -> list[dict[str, Any]]:
    """Give one row per reason why findings have no proposal."""
    return [
        {"findings": count, "why": UNSOLVED[code].to(language), "code": code}
        for code, count in sorted(unsolved.items())
    ]


def document(conn: psycopg.Connection, rows: Sequence[ProposalRow], *, geometry: bool = False) -> list[dict[str, Any]]:
    """Give proposals as JSON: everything that is known of them; with `geometry` also the polygons, as WKT in metres."""
    of: dict[int, list[dict[str, Any]]] = {row.proposal_id: [] for row in rows}
    for change in proposals.list_changes(conn, list(of)):
        told = change._asdict()
        polygon = told.pop("geom")
        if geometry:
            told["geom"] = None if polygon is None else shapely.to_wkt(shapely.from_wkb(polygon), rounding_precision=4)
        of[change.proposal_id].append(told)
    return [row._asdict() | {"is_acceptable": row.is_acceptable, "changes": of[row.proposal_id]} for row in rows]
