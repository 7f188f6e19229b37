"""landdb check: judge communes."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import psycopg
import typer

from landdb import pipeline
from landdb.cli.options import CommunesArgument, LanguageOption, ProvinceOption, Tongue, chosen_communes
from landdb.cli.output import JsonOption, err, explained_errors, print_json, print_table, stage_bars, wants_json
from landdb.cli.session import session
from landdb.cli.summary import Checked, print_communes, print_rules
from landdb.cluster import ensure_url
from landdb.domain.finding import SEVERITIES, Finding
from landdb.quality import Assessment, record, together
from landdb.store.admin_units import Commune
from landdb.store.finding_list import Selection, count_by_rule
from landdb.validators.catalogue import load_catalogue
from landdb.validators.rule import Language
from landdb.validators.runner import RunResult

#: Exit code when errors exist, as linters do; 2 is for a check that could not run.
ERRORS_FOUND = 1


def check(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only these rules or families, such as COV or TEN001.")] = None,
    limit: Annotated[int, typer.Option(help="Of a single commune, show at most so many findings.")] = 30,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that judge several communes side by side.", show_default="all cores")
    ] = os.cpu_count() or 1,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler, such as tcp://host:8786, whose workers judge instead.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a check that was broken off.")] = False,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Judge communes by the rules, store the findings and the score. Exit code 1 when errors exist nobody accepted.

    Of several communes it shows a summary, the lowest score first; `landdb findings CODE` lists what was found.

    Examples:

      landdb check 99001

      landdb check --rule COV --json > overlaps-and-gaps.json

      landdb check --province 25 --workers 4
    """
    with explained_errors(), session() as (site, conn):
        chosen = chosen_communes(conn, communes, province)
        if len(chosen) == 1 and scheduler is None and not resume:
            with err.status(f"checking {chosen[0].commune_code}"), conn.transaction():
                results = [pipeline.check(conn, chosen[0].commune_code, rules=rule)]
        else:
            results = _on_workers(conn, ensure_url(site), chosen, rule, Force(workers, scheduler, resume=resume))
            chosen = [commune for commune in chosen if commune.commune_id in {one.commune_id for one in results}]
        with conn.transaction():
            assessed = record(conn, [commune.commune_id for commune in chosen])
        if not wants_json(as_json):
            _print_summary(conn, chosen, results, assessed, lang.value)
    if wants_json(as_json):
        print_json([_as_document(one, assessed[one.commune_id].score.value, lang.value) for one in results])
    elif len(results) == 1:
        _print_findings(results[0], lang.value, limit)
    if any(result.stored.open_errors for result in results):
        raise typer.Exit(ERRORS_FOUND)


@dataclass(frozen=True, slots=True)
class Force:
    """Who judges many communes: processes here, or a cluster; and whether they go on with a check broken off."""

    workers: int
    scheduler: str | None
    resume: bool


def _on_workers(
    conn: psycopg.Connection, url: str, chosen: Sequence[Commune], rules: list[str] | None, force: Force
) -> list[RunResult]:
    """Judge communes side by side, with a bar for each stage."""
    commune_ids = [commune.commune_id for commune in chosen]
    count = max(1, min(force.workers, len(commune_ids)))
    with stage_bars() as progress, pipeline.workers(count, force.scheduler) as executor:
        results = pipeline.check_many(
            conn, url, commune_ids, executor, rules=rules, resume=force.resume, progress=progress
        )
        try:
            return sorted(results, key=lambda result: result.commune_code)
        except KeyboardInterrupt:
            err.print("broken off; `landdb check --resume` goes on with the communes that are left", highlight=False)
            raise


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


def _print_summary(
    conn: psycopg.Connection,
    chosen: Sequence[Commune],
    results: Sequence[RunResult],
    assessed: Mapping[int, Assessment],
    language: Language,
) -> None:
    names = {commune.commune_id: commune.name for commune in chosen}
    checked = [Checked.of(one, names[one.commune_id], assessed[one.commune_id]) for one in results]
    print_communes(checked, together(conn, assessed))
    print_rules(count_by_rule(conn, Selection(list(names))), language)


def _print_findings(result: RunResult, language: Language, limit: int) -> None:
    catalogue = load_catalogue()
    worst = sorted(result.findings, key=lambda finding: (SEVERITIES.index(finding.severity), finding.rule_id))
    if worst:
        print_table(
            f"\nThe first {min(limit, len(worst))} of {len(worst)} findings",
            ("rule", "subject", "x", "y", "finding"),
            [
                (f.rule_id, f.subject, *(f.point or (None, None)), catalogue[f.rule_id].describe(f, language))
                for f in worst[:limit]
            ],
        )
    accepted = result.stored.states.get("accepted", 0)
    if accepted:
        err.print(f"{accepted} findings are accepted and do not count", highlight=False)


def _as_document(result: RunResult, score: float | None, language: Language) -> dict[str, Any]:
    return {
        "commune": result.commune_code,
        "parcels": result.parcel_count,
        "score": score,
        "run": result.stored.run_id,
        "new": result.stored.new,
        "regressed": result.stored.regressed,
        "fixed": result.stored.fixed,
        "states": dict(result.stored.states),
        "findings": [finding_document(finding, language) for finding in result.findings],
    }


def finding_document(finding: Finding, language: Language) -> dict[str, Any]:
    """Give a finding as JSON shows it, its sentence in one language."""
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
