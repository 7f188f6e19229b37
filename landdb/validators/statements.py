"""Rules that are statements: one file, one question, rows become findings.

A statement is asked about the communes in ``%(commune_ids)s`` and, when ``%(parcel_ids)s`` is not null, only about
what those parcels have to do with. It gives one row per finding:

==================  ====================================================================================
column              meaning
==================  ====================================================================================
commune_id          the commune that the finding belongs to
parcel_id           the parcel concerned; null when there is none
details             JSON: reason code and the figures compared, never a personal value
measure             optional: how much, in the rule's unit; 1 when left out
other_parcel_id     optional: the second parcel
which               optional: what of the parcel, such as ``use:2``
subject             optional: instead of the parcels' numbers
at_parcel_id        optional: the parcel whose place it is, where no parcel is at fault
point, geom         optional: the place instead of the parcel's; the fault itself
area_m2, severity   optional: area of the fault; another severity than the rule's
==================  ====================================================================================
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.store import statements
from landdb.store.rule_statements import PlaceRow, read_places, run_statements
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.reference import shared_values
from landdb.validators.rule import Rule

_PARCELS = ("parcel_id", "other_parcel_id", "at_parcel_id")

Row = Mapping[str, Any]
Places = Mapping[int, PlaceRow]


def check_statements(
    conn: psycopg.Connection,
    rules: Iterable[Rule],
    commune_ids: Sequence[int],
    *,
    parcel_ids: Sequence[int] | None = None,
) -> list[Finding]:
    """Give what the rules that are statements find in these communes, sorted; rules of other kinds are passed over.

    With `parcel_ids` only what those parcels have to do with is looked at: they, their holders, their sheets.
    A finding says the same then as in a check of the whole commune.
    """
    scope = {"commune_ids": list(commune_ids), "parcel_ids": None if parcel_ids is None else list(parcel_ids)}
    asked = [(rule, _statement(rule.sql)) for rule in rules if rule.sql is not None]
    found = run_statements(conn, [(text, {**scope, **shared_values(), **_limits(rule)}) for rule, text in asked])
    rows = [(rule, row) for (rule, _), its_rows in zip(asked, found, strict=True) for row in its_rows]
    named = {row[column] for _, row in rows for column in _PARCELS if row.get(column)}
    places = read_places(conn, sorted(named))
    return sorted_findings(_finding(rule, row, places) for rule, row in rows)


def _statement(sql: str) -> LiteralString:
    name = sql.removesuffix(".sql")
    return statements.load(name, package="landdb.validators")[name]


def _limits(rule: Rule) -> dict[str, float]:
    return {limit.name: limit.default for limit in rule.limits.values()}


def _finding(rule: Rule, row: Row, places: Places) -> Finding:
    place = places.get(row["parcel_id"] or row.get("at_parcel_id") or 0)
    geometry = _geometry(row.get("geom"))
    point = _geometry(row.get("point", place and place.point))
    placed = point if point is not None else geometry
    limits = _limits(rule)
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.judged(row.get("severity")),
        commune_id=row["commune_id"],
        subject=row.get("subject") or _subject(row, places),
        parcel_id=row["parcel_id"],
        other_parcel_id=row.get("other_parcel_id"),
        point=None if point is None else (float(point.x), float(point.y)),
        geometry=geometry,
        srid=None if placed is None else int(shapely.get_srid(placed)) or None,
        measure=_rounded(row.get("measure", 1.0)),
        unit=rule.unit,
        area_m2=_rounded(row.get("area_m2")),
        details=dict(row["details"]) | ({"limits": limits} if limits else {}),
    )


def _subject(row: Row, places: Places) -> str:
    """Give the numbers of the parcels concerned; one in another commune with its commune's code before it.

    What belongs to no parcel in force goes by its own name.
    """
    place = places.get(row["parcel_id"])
    if place is None:
        return str(row["which"])
    subject = place.number
    if row.get("other_parcel_id"):
        other = places[row["other_parcel_id"]]
        abroad = other.commune_id != place.commune_id
        subject += f"|{other.commune_code}:{other.number}" if abroad else f"|{other.number}"
    return f"{subject} {row['which']}" if row.get("which") else subject


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def _geometry(wkb: str | bytes | None) -> BaseGeometry | None:
    """Give the geometry of a column, with its SRID; nothing for null and empty."""
    if wkb is None:
        return None
    geometry = shapely.from_wkb(wkb)
    return None if geometry.is_empty else geometry
