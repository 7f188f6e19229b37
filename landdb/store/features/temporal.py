"""Temporal operators of CQL2 on instants and intervals: Allen's relations as comparisons of starts and ends."""

from typing import Any, Final

from landdb.store.features.terms import Bound, Term, expect, moment, parsed_date, parsed_timestamp, refused

#: $s and $e: start and end of the first operand; $S and $E: of the second.
RELATIONS: Final = {
    "t_after": "$s > $E",
    "t_before": "$e < $S",
    "t_contains": "$s < $S AND $e > $E",
    "t_disjoint": "($e < $S OR $s > $E)",
    "t_during": "$s > $S AND $e < $E",
    "t_equals": "$s = $S AND $e = $E",
    "t_finishedby": "$s < $S AND $e = $E",
    "t_finishes": "$s > $S AND $e = $E",
    "t_intersects": "$s <= $E AND $e >= $S",
    "t_meets": "$e = $S",
    "t_metby": "$s = $E",
    "t_overlappedby": "$s > $S AND $s < $E AND $e > $E",
    "t_overlaps": "$s < $S AND $e > $S AND $e < $E",
    "t_startedby": "$s = $S AND $e > $E",
    "t_starts": "$s = $S AND $e < $E",
}
_OPEN: Final = ("'-infinity'::timestamptz", "'infinity'::timestamptz")


def relation(op: str, one: Term, other: Term) -> str:
    """Give the condition."""
    ends = {"s": _start(one), "e": _end(one), "S": _start(other), "E": _end(other)}
    text = RELATIONS[op]
    for name, sql in ends.items():
        text = text.replace(f"${name}", sql)
    return f"({text})"


def interval(bound: Bound, start: Any, end: Any) -> Term:
    """Give an interval from its two ends: Terms of instants, or the asker's text; `..` is open."""
    return Term(_limit(bound, start, _OPEN[0]), "interval", end=_limit(bound, end, _OPEN[1]))


def _limit(bound: Bound, told: Any, when_open: str) -> str:
    if isinstance(told, Term):
        expect(told, "date", "timestamp")
        return f"coalesce({moment(told.sql, told.kind)}, {when_open})"
    if not isinstance(told, str):
        raise refused("MALFORMED_TIME", "INTERVAL('2025-07-01', '..')")
    if told == "..":
        return when_open
    if len(told) == len("2026-01-31"):
        return moment(f"{bound.bind(parsed_date(told))}::date", "date")
    return f"{bound.bind(parsed_timestamp(told))}::timestamptz"


def _start(term: Term) -> str:
    expect(term, "date", "timestamp", "interval")
    return term.sql if term.kind == "interval" else moment(term.sql, term.kind)


def _end(term: Term) -> str:
    return term.end if term.kind == "interval" else _start(term)
