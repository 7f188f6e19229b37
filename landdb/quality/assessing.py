"""Communes assessed: numbers and campaign patterns read, scores computed, one row per commune and day kept."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from landdb.domain.dates import today
from landdb.quality.campaign import Scheme, Standing, add_standings, load_scheme, standing_of
from landdb.quality.formula import Formula, Numbers, Score, add_up, load_formula
from landdb.store import quality as store


@dataclass(frozen=True, slots=True)
class Assessment:
    """How good the data of one commune are; `standing` is None when the campaign was not asked about."""

    commune_id: int
    numbers: Numbers
    score: Score
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class UnmetField:
    """One field that does not meet the criteria: where in the record, which one, why."""

    commune_code: str
    sheet_no: str
    parcel_no: str
    path: str
    field: str
    reason: str
    group: str
    text: str


@dataclass(frozen=True, slots=True)
class ParcelStanding:
    """One parcel with its group under a scheme and the codes of its reasons."""

    commune_code: str
    sheet_no: str
    parcel_no: str
    parcel_code: str | None
    scheme: str
    group: str
    reasons: str


def assess(
    conn: psycopg.Connection,
    communes: Collection[int],
    *,
    scheme: Scheme | None = None,
    formula: Formula | None = None,
) -> dict[int, Assessment]:
    """Give the score of each commune by its open findings; with a scheme also its campaign standing. Reads only."""
    formula = formula or load_formula()
    numbers = _numbers(conn, communes, formula)
    standings = {} if scheme is None else _standings(conn, communes, scheme, formula)
    return {
        commune_id: Assessment(commune_id, numbers[commune_id], formula.score(numbers[commune_id]),
                               standings.get(commune_id))
        for commune_id in communes
    }  # fmt: skip


def together(
    conn: psycopg.Connection, assessed: Mapping[int, Assessment], *, scheme: Scheme | None = None
) -> Assessment:
    """Give the score and standing of all the communes as one; what lies across a border counts once."""
    formula = load_formula()
    shared = store.count_shared_findings(conn, assessed.keys())
    findings: dict[str, dict[str, int]] = defaultdict(dict)
    for count in shared:
        findings[count.rule_id][count.severity] = count.findings
    overlap_m2, gap_m2 = (
        sum(count.area_m2 for count in shared if count.rule_id in rules)
        for rules in (formula.overlap_rules, formula.gap_rules)
    )
    numbers = add_up(
        (one.numbers for one in assessed.values()), counted_twice=Numbers(0, 0, findings, overlap_m2, gap_m2, 0)
    )
    standings = [one.standing for one in assessed.values() if one.standing is not None]
    standing = None if scheme is None else add_standings(scheme, standings)
    return Assessment(0, numbers, formula.score(numbers), standing)


def record(
    conn: psycopg.Connection,
    communes: Collection[int],
    *,
    scheme: Scheme | None = None,
    on: dt.date | None = None,
) -> dict[int, Assessment]:
    """Assess communes and keep the result for the day in the caller's transaction, so that a trend exists."""
    formula = load_formula()
    assessed = assess(conn, communes, scheme=scheme, formula=formula)
    store.store_scores(conn, [_row(one) for one in assessed.values()], scored_on=on or today(), formula=formula.name)
    return assessed


def parcel_standings(
    conn: psycopg.Connection, communes: Collection[int], *, scheme: Scheme | None = None
) -> Iterator[ParcelStanding]:
    """Give each parcel with its group and reason codes, in map order; needs a transaction."""
    scheme = scheme or load_scheme()
    for row in store.iter_parcel_bits(conn, communes, _tests(scheme, load_formula())):
        reasons = " ".join(reason.code for reason in scheme.reasons_of(row.bits))
        yield ParcelStanding(*row[:4], scheme.scheme, scheme.group_of(row.bits), reasons)


def unmet_fields(
    conn: psycopg.Connection, communes: Collection[int], *, scheme: Scheme | None = None, language: str = "vi"
) -> Iterator[UnmetField]:
    """Give one row per part of a record, field and reason that does not meet the criteria; needs a transaction."""
    scheme = scheme or load_scheme()
    for row in store.iter_part_bits(conn, communes, _tests(scheme, load_formula())):
        for reason in scheme.reasons_of(row.bits):
            path = f"{row.path}|{reason.part}" if reason.part else row.path
            named = reason.field or row.path.rpartition(".")[2]
            text = reason.text[language]
            yield UnmetField(*row[:3], path, named, reason.code, reason.group, text)


def _tests(scheme: Scheme, formula: Formula) -> store.ParcelTests:
    return scheme.tests(sheet_rules=formula.sheet_rules)


def _numbers(conn: psycopg.Connection, communes: Collection[int], formula: Formula) -> dict[int, Numbers]:
    findings: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    area_m2: dict[tuple[int, str], float] = defaultdict(float)
    for found in store.count_findings(conn, communes):
        findings[found.commune_id].setdefault(found.rule_id, {})[found.severity] = found.findings
        area_m2[found.commune_id, found.rule_id] += found.area_m2
    with_error = store.count_parcels_with_error(conn, communes, sheet_rules=formula.sheet_rules)
    return {
        ground.commune_id: Numbers(
            parcel_count=ground.parcels,
            ground_m2=ground.ground_m2,
            findings=findings[ground.commune_id],
            overlap_m2=round(sum(area_m2[ground.commune_id, rule] for rule in formula.overlap_rules), 4),
            gap_m2=round(sum(area_m2[ground.commune_id, rule] for rule in formula.gap_rules), 4),
            parcels_with_error=with_error.get(ground.commune_id, 0),
        )
        for ground in store.list_ground(conn, communes)
    }


def _standings(
    conn: psycopg.Connection, communes: Collection[int], scheme: Scheme, formula: Formula
) -> dict[int, Standing]:
    patterns: dict[int, list[store.Pattern]] = {commune_id: [] for commune_id in communes}
    for pattern in store.count_patterns(conn, communes, _tests(scheme, formula)):
        patterns[pattern.commune_id].append(pattern)
    return {commune_id: standing_of(scheme, found) for commune_id, found in patterns.items()}


def _row(one: Assessment) -> dict[str, Any]:
    return {
        "commune_id": one.commune_id,
        "score": one.score.value,
        "numbers": one.numbers.to_record(),
        "components": [asdict(part) for part in one.score.parts],
        "scheme": one.standing and one.standing.scheme,
        "standing": one.standing and one.standing.to_record(),
    }
