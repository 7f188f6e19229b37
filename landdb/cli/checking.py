"""landdb check: judge communes."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from landdb import pipeline
from landdb.cli.options import LanguageOption, Tongue
from landdb.cli.output import JsonOption, err, explained_errors, print_json, print_rows, print_table, wants_json
from landdb.cli.session import session
from landdb.domain.finding import SEVERITIES, Finding
from landdb.store import admin_units
from landdb.validators.catalogue import load_catalogue
from landdb.validators.rule import Language
from landdb.validators.runner import RunResult

#: Exit code when errors exist, as linters do; 2 is for a check that could not run.
ERRORS_FOUND = 1


def check(
    communes: Annotated[
        list[str] | None, typer.Argument(help="Commune codes; all that hold parcels when none.")
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only these rules or families, such as COV or TEN001.")] = None,
    limit: Annotated[int, typer.Option(help="Show at most so many findings per commune.")] = 30,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Judge communes by the rules and store the findings. Exit code 1 when errors exist that nobody accepted.

    Examples:

      landdb check 99001

      landdb check --rule COV --json > overlaps-and-gaps.json
    """
    with explained_errors(), session() as (_, conn):
        codes = communes or [found.commune_code for found in admin_units.list_communes(conn, with_parcels=True)]
        results = []
        for code in codes:
            with err.status(f"checking {code}"), conn.transaction():
                results.append(pipeline.check(conn, code, rules=rule))
    if wants_json(as_json):
        print_json([_as_document(result, lang.value) for result in results])
    else:
        for result in results:
            _print_result(result, lang.value, limit)
    if any(result.stored.open_errors for result in results):
        raise typer.Exit(ERRORS_FOUND)


def summary_rows(results: Sequence[RunResult], language: Language) -> list[dict[str, Any]]:
    """Give one row per commune and rule that found something: how many, in the rules' order."""
    catalogue = load_catalogue()
    return [
        {
            "commune": result.commune_code,
            "rule": rule_id,
            "severity": catalogue[rule_id].severity,
            "findings": count,
            "what": catalogue[rule_id].title.to(language),
        }
        for result in results
        for rule_id, count in sorted(Counter(finding.rule_id for finding in result.findings).items())
    ]


def _print_result(result: RunResult, language: Language, limit: int) -> None:
    totals = Counter(finding.severity for finding in result.findings)
    told = ", ".join(f"{totals[severity]} {severity}s" for severity in SEVERITIES)
    stored = result.stored
    print_rows(f"Commune {result.commune_code}", summary_rows([result], language), as_json=False)
    catalogue = load_catalogue()
    worst = sorted(result.findings, key=lambda finding: (SEVERITIES.index(finding.severity), finding.rule_id))
    print_table(
        f"\nThe first {min(limit, len(worst))} of {len(worst)} findings" if worst else "",
        ("rule", "subject", "x", "y", "finding"),
        [
            (f.rule_id, f.subject, *(f.point or (None, None)), catalogue[f.rule_id].describe(f, language))
            for f in worst[:limit]
        ],
    )
    accepted = stored.states.get("accepted", 0)
    changes = f"{stored.new} new, {stored.regressed} back again, {stored.fixed} fixed, {accepted} accepted"
    err.print(f"{result.parcel_count:,} parcels: {told}; {changes}", highlight=False)


def _as_document(result: RunResult, language: Language) -> dict[str, Any]:
    return {
        "commune": result.commune_code,
        "parcels": result.parcel_count,
        "run": result.stored.run_id,
        "new": result.stored.new,
        "regressed": result.stored.regressed,
        "fixed": result.stored.fixed,
        "states": dict(result.stored.states),
        "findings": [_finding_document(finding, language) for finding in result.findings],
    }


def _finding_document(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "rule": finding.rule_id,
        "severity": finding.severity,
        "subject": finding.subject,
        "message": load_catalogue()[finding.rule_id].describe(finding, language),
        "point": finding.point,
        "srid": finding.srid,
        "measure": finding.measure,
        "unit": finding.unit,
        "area_m2": finding.area_m2,
        "width_m": finding.width_m,
        "details": finding.details,
    }
