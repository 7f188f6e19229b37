"""Many communes judged: all surveyed, then each judged with its neighbours' rims, on as many workers as there are.

The work is two kinds of tasks that any executor runs, processes of this machine or a Dask cluster: each holds one
commune, reads and writes the database by itself, and can be done again. The caller keeps only rims. A commune
that changed between its two tasks is judged anew under its lock.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import psycopg

from landdb.domain.finding import Finding
from landdb.store import sweeps
from landdb.store.locks import lock_communes
from landdb.store.runs import store_run
from landdb.store.sweeps import Mark
from landdb.validators.catalogue import Catalogue
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.rim import Rim
from landdb.validators.rows import to_rows
from landdb.validators.runner import ARRAY_KINDS, RunResult, check_commune, run_record
from landdb.validators.statements import check_statements
from landdb.validators.survey import Survey, judge_commune, survey_commune, units_near_in
from landdb.validators.tuning import effective_catalogues
from landdb.validators.worker import connection

#: Told the stage, how many of its communes are done, and how many there are.
SweepProgress = Callable[[str, int, int], None]
Rules = tuple[str, ...] | None
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Surveyed:
    """A commune's survey, and the moment from which a change would make it stale."""

    survey: Survey
    since: Mark
    started_at: datetime


def sweep(
    url: str,
    commune_ids: Sequence[int],
    executor: Executor,
    *,
    rules: Rules = None,
    sweep_id: int | None = None,
    done: Collection[int] = (),
    progress: SweepProgress | None = None,
) -> Iterator[RunResult]:
    """Judge communes and store what is found, each in its own transaction; gives each result as it is there.

    `done` are judged already, by a sweep that was broken off; they lend only their rims.
    """
    say = progress or _say_nothing
    surveyed: dict[int, Surveyed] = {}
    for result in _completed(
        {executor.submit(survey_task, url, commune_id, rules): commune_id for commune_id in commune_ids}
    ):
        surveyed[result.survey.commune_id] = result
        say("surveyed", len(surveyed), len(commune_ids))
    left = [commune_id for commune_id in commune_ids if commune_id not in set(done)]
    rims = {commune_id: each.survey.rim for commune_id, each in surveyed.items()}
    tasks = {
        executor.submit(
            judge_task, url, surveyed[commune_id], _neighbours(rims, commune_id), rules, sweep_id
        ): commune_id
        for commune_id in left
    }
    for count, judged in enumerate(_completed(tasks), start=1):
        say("judged", count, len(left))
        yield judged


def survey_task(url: str, commune_id: int, rules: Rules) -> Surveyed:
    """Give the survey of a commune, read by this worker."""
    conn = connection(url)
    with conn.transaction():
        started_at, since = datetime.now(UTC), sweeps.mark(conn)
        catalogue = effective_catalogues(conn, [commune_id])[commune_id]
        survey = survey_commune(conn, commune_id, catalogue, rules=_array_rules(catalogue, rules))
    return Surveyed(survey, since, started_at)


def judge_task(
    url: str, surveyed: Surveyed, neighbours: Sequence[Rim], rules: Rules, sweep_id: int | None
) -> RunResult:
    """Judge a commune by all rules and store what was found, in one transaction of this worker."""
    conn = connection(url)
    survey = surveyed.survey
    commune_id = survey.commune_id
    with conn.transaction():
        lock_communes(conn, [commune_id])
        catalogue = effective_catalogues(conn, [commune_id])[commune_id]
        around = [commune_id, *(rim.commune_id for rim in neighbours)]
        if sweeps.changed_since(conn, around, surveyed.since):
            result = check_commune(conn, commune_id, rules=rules, catalogue=catalogue)
        else:
            found = sorted_findings(_find(conn, survey, neighbours, catalogue, rules))
            record = run_record(
                {commune_id: survey.parcel_count}, catalogue.select(rules), catalogue, surveyed.started_at
            )
            stored = store_run(conn, record, to_rows(found))
            result = RunResult(commune_id, survey.commune_code, survey.parcel_count, tuple(found), stored)
        if sweep_id is not None:
            sweeps.note_done(conn, sweep_id, commune_id)
    return result


def _find(
    conn: psycopg.Connection, survey: Survey, neighbours: Sequence[Rim], catalogue: Catalogue, rules: Rules
) -> list[Finding]:
    array_rules = _array_rules(catalogue, rules)
    found: list[Finding] = []
    if array_rules:
        judged = judge_commune(survey, neighbours, units_near_in(conn, survey.rim.units.srid), catalogue)
        found += [finding for finding in judged if finding.rule_id in array_rules]
    statements = [catalogue[rule_id] for rule_id in catalogue.select(rules) if rule_id not in array_rules]
    return [*found, *check_statements(conn, statements, [survey.commune_id])]


def _array_rules(catalogue: Catalogue, rules: Rules) -> set[str]:
    return {rule_id for rule_id in catalogue.select(rules) if catalogue[rule_id].kind in ARRAY_KINDS}


def _neighbours(rims: dict[int, Rim], commune_id: int) -> list[Rim]:
    own = rims[commune_id]
    return [rim for other, rim in sorted(rims.items()) if other != commune_id and own.lies_near(rim)]


def _completed(tasks: dict[Future[Result], int]) -> Iterator[Result]:
    """Give the results of tasks as they come, and let go of each."""
    for future in as_completed(tasks):
        del tasks[future]
        yield future.result()


def _say_nothing(_stage: str, _done: int, _all: int) -> None:
    """Be the progress of a caller that wants none."""
