"""What the server does for a statement: the plan that this very connection uses, its time, its indexes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from landdb.store.statements import load

EXPLAIN = "EXPLAIN (ANALYZE, VERBOSE, TIMING OFF, FORMAT JSON) "
#: A table of so few rows is rightly read whole.
SMALL_TABLE = 1000
_READING = re.compile(r"(--.*\n)*(SELECT|WITH)\b")
_PLACE = re.compile(r"%\((\w+)\)s|%%")

Statement = tuple[str, Mapping[str, Any]]


@dataclass(slots=True)
class Explained:
    """What EXPLAIN ANALYZE told about the statements of one question."""

    execution_ms: float = 0.0
    planning_ms: float = 0.0
    has_kept_plans: bool = True
    indexes: set[str] = field(default_factory=set)
    scanned: set[str] = field(default_factory=set)


async def explain(
    conn: psycopg.AsyncConnection[Any], statements: Sequence[Statement], rows: Mapping[str, int]
) -> Explained:
    """Give the sums over the reading statements of one question; `rows` are the sizes of tables."""
    result = Explained()
    for text, parameters in statements:
        if not _READING.match(text):
            continue
        told = await _explain_one(conn, text, parameters, result)
        result.execution_ms += told["Execution Time"]
        result.planning_ms += told["Planning Time"]
        for node in _nodes(told["Plan"]):
            if "Index Name" in node:
                result.indexes.add(node["Index Name"])
            elif node["Node Type"] == "Seq Scan" and _is_large(node, rows):
                result.scanned.add(node["Relation Name"])
    return result


def _is_large(node: Mapping[str, Any], rows: Mapping[str, int]) -> bool:
    return rows.get(f"{node['Schema']}.{node['Relation Name']}", 0) > SMALL_TABLE


async def _explain_one(
    conn: psycopg.AsyncConnection[Any], text: str, parameters: Mapping[str, Any], result: Explained
) -> dict[str, Any]:
    """Explain the prepared statement when psycopg prepared it, else the statement with its values."""
    statement, names = _numbered(text)
    lookup = load("lookup_keys", package="benchmarks")["prepared"]
    found = await (await conn.execute(lookup, {"statement": statement}, prepare=False)).fetchone()
    if found is None:
        result.has_kept_plans = False
        cursor = await conn.execute((EXPLAIN + text).encode(), parameters, prepare=False)
    else:
        prepared, generic_plans, _ = found
        result.has_kept_plans &= generic_plans > 0
        values = sql.SQL(", ").join(sql.Literal(parameters[name]) for name in names)
        call = sql.SQL("EXECUTE {}({})").format(sql.Identifier(prepared), values)
        cursor = await conn.execute(sql.SQL(EXPLAIN) + call, prepare=False)
    row = await cursor.fetchone()
    assert row is not None
    plan: dict[str, Any] = row[0][0]
    return plan


def _numbered(text: str) -> tuple[str, list[str]]:
    """Give the statement as psycopg prepares it, with $1, $2 …, and the parameters' names in that order."""
    names = list(dict.fromkeys(name for name in _PLACE.findall(text) if name))
    return _PLACE.sub(lambda match: f"${names.index(match[1]) + 1}" if match[1] else "%", text), names


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the nodes that ran, all the way down."""
    if node.get("Actual Loops", 1) == 0:
        return
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
