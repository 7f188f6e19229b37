"""Many communes judged: all surveyed, then each judged with its neighbours' rims, on as many workers as there are.

The work is two kinds of tasks that any executor runs, processes of this machine or a Dask cluster: each holds one
commune, reads and writes the database by itself, and can be done again. The caller keeps only rims. A commune
that changed between its two tasks is judged anew under its lock.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from landdb.domain.finding import Finding
from landdb.store import sweeps
from landdb.store.locks import lock_communes
from landdb.store.runs import store_run
from landdb.store.sweeps import Mark
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.rim import Rim, neighbours_seen
from landdb.validators.rows import to_rows
from landdb.validators.runner import ARRAY_KINDS, RunResult, check_commune, run_record
from landdb.validators.survey import Survey, judge_commune, survey_commune, units_near_in
from landdb.validators.tuning import check_tuned_statements, effective_catalogues
from landdb.validators.worker import connection

#: Told the stage, how many of its communes are done, and how many there are.
SweepProgress = Callable[[str, int, int], None]
Rules = tuple[str, ...] | None
Result = TypeVar("Result")
#: Communes that a statement is asked about at once: several read whole tables, however few the communes.
TOGETHER = 250


@dataclass(frozen=True, slots=True)
class Order:
    """What a sweep asks of its workers: where the data are, by which rules, and since when a change makes it stale."""

    url: str
    rules: Rules
    since: Mark
    started_at: datetime
    sweep_id: int | None = None


def sweep(
    order: Order,
    commune_ids: Sequence[int],
    executor: Executor,
    *,
    done: Collection[int] = (),
    progress: SweepProgress | None = None,
) -> Iterator[RunResult]:
    """Judge communes and store what is found, each in its own transaction; gives each result as it is there.

    `done` are judged already, by a sweep that was broken off; they lend only their rims.
    """
    say = progress or _say_nothing
    left = [commune_id for commune_id in commune_ids if commune_id not in set(done)]
    asked = [
        executor.submit(ask_task, order, left[at : at + TOGETHER], rule_id)
        for at in range(0, len(left), TOGETHER)
        for rule_id in _statements(order.rules)
    ]
    surveys: dict[int, Survey] = {}
    for survey in _completed(executor.submit(survey_task, order, commune_id) for commune_id in commune_ids):
        surveys[survey.commune_id] = survey
        say("surveyed", len(surveys), len(commune_ids))
    told: dict[int, list[Finding]] = {commune_id: [] for commune_id in left}
    for finding in (finding for findings in _completed(asked) for finding in findings):
        told[finding.commune_id].append(finding)
    tasks = (executor.submit(judge_task, order, *each) for each in _judgements(left, surveys, told))
    for count, judged in enumerate(_completed(tasks), start=1):
        say("judged", count, len(left))
        yield judged


def _judgements(
    commune_ids: Sequence[int], surveys: dict[int, Survey], told: dict[int, list[Finding]]
) -> Iterator[tuple[Survey, list[Rim], list[Finding]]]:
    """Give what the judgement of each commune needs, and let go of it."""
    rims = {commune_id: survey.rim for commune_id, survey in surveys.items()}
    for commune_id in commune_ids:
        seen = neighbours_seen(rims[commune_id], rims.values())
        yield surveys.pop(commune_id), seen, told.pop(commune_id)


def survey_task(order: Order, commune_id: int) -> Survey:
    """Give the survey of a commune, read by this worker."""
    conn = connection(order.url)
    with conn.transaction():
        catalogue = effective_catalogues(conn, [commune_id])[commune_id]
        return survey_commune(conn, commune_id, catalogue, rules=_array_rules(catalogue, order.rules))


def ask_task(order: Order, commune_ids: Sequence[int], rule_id: str) -> list[Finding]:
    """Give what one rule that is a statement finds in many communes."""
    conn = connection(order.url)
    with conn.transaction():
        return check_tuned_statements(conn, effective_catalogues(conn, commune_ids), [rule_id])


def _statements(rules: Rules) -> list[str]:
    """Give the chosen rules that are statements; where one is switched off is known when it is asked."""
    catalogue = load_catalogue()
    return [rule_id for rule_id in catalogue.select(rules) if catalogue[rule_id].kind not in ARRAY_KINDS]


def judge_task(order: Order, survey: Survey, neighbours: Sequence[Rim], told: Sequence[Finding]) -> RunResult:
    """Judge a commune with its neighbours and store all that was found, in one transaction of this worker."""
    conn = connection(order.url)
    commune_id = survey.commune_id
    with conn.transaction():
        lock_communes(conn, [commune_id])
        catalogue = effective_catalogues(conn, [commune_id])[commune_id]
        around = [commune_id, *(rim.commune_id for rim in neighbours)]
        if sweeps.changed_since(conn, around, order.since):
            result = check_commune(conn, commune_id, rules=order.rules, catalogue=catalogue)
        else:
            near = units_near_in(conn, survey.rim.units.srid)
            chosen = set(catalogue.select(order.rules))
            judged = judge_commune(survey, neighbours, near, catalogue) if _array_rules(catalogue, order.rules) else []
            found = sorted_findings([*(finding for finding in judged if finding.rule_id in chosen), *told])
            record = run_record({commune_id: survey.parcel_count}, sorted(chosen), catalogue, order.started_at)
            stored = store_run(conn, record, to_rows(found))
            result = RunResult(commune_id, survey.commune_code, survey.parcel_count, tuple(found), stored)
        if order.sweep_id is not None:
            sweeps.note_done(conn, order.sweep_id, commune_id)
    return result


def _array_rules(catalogue: Catalogue, rules: Rules) -> set[str]:
    return {rule_id for rule_id in catalogue.select(rules) if catalogue[rule_id].kind in ARRAY_KINDS}


def _completed(tasks: Iterable[Future[Result]]) -> Iterator[Result]:
    """Give the results of tasks as they come, and let go of each."""
    for future in as_completed(list(tasks)):
        yield future.result()


def _say_nothing(_stage: str, _done: int, _all: int) -> None:
    """Be the progress of a caller that wants none."""
