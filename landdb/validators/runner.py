"""One commune checked: ground surveyed, rules run, findings stored with what they were judged by."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import psycopg
import shapely

from landdb.domain.finding import Finding
from landdb.store import ground as ground_store
from landdb.store.locks import lock_communes
from landdb.store.runs import RunRecord, RunScope, StoredRun, store_run
from landdb.validators.catalogue import Catalogue
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.rows import to_rows
from landdb.validators.statements import check_statements
from landdb.validators.survey import judge_commune, read_neighbours, survey_commune, units_near_in
from landdb.validators.tuning import effective_catalogues

#: Told the id of each statement rule, or `geometry` for all array rules, when it begins.
Progress = Callable[[str], None]

#: Rules that look at arrays, and those of them that tell of two communes.
ARRAY_KINDS = frozenset({"geometry", "coverage"})
SEAM_RULES = frozenset({"COV009", "COV010", "COV011"})


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run over a commune found, sorted, and what it changed in the database."""

    commune_id: int
    commune_code: str
    parcel_count: int
    findings: tuple[Finding, ...]
    stored: StoredRun


def check_commune(
    conn: psycopg.Connection,
    commune_id: int,
    *,
    rules: Iterable[str] | None = None,
    progress: Progress | None = None,
    catalogue: Catalogue | None = None,
) -> RunResult:
    """Check a commune in the caller's transaction; gives the findings and how they differ from the last run.

    `rules` names rule ids or families (``COV``); all when left out. Findings of rules that did not run
    keep their state. Without `catalogue` the limits and switches set for the commune hold.
    """
    catalogue = catalogue or effective_catalogues(conn, [commune_id])[commune_id]
    chosen = catalogue.select(rules)
    started_at = datetime.now(UTC)
    commune = ground_store.get_commune(conn, commune_id)
    lock_communes(conn, [commune_id])
    found = sorted_findings(_find(conn, commune_id, chosen, catalogue, progress or _say_nothing))
    parcel_count = ground_store.count_parcels(conn, commune_id)
    stored = store_run(conn, run_record({commune_id: parcel_count}, chosen, catalogue, started_at), to_rows(found))
    return RunResult(commune_id, commune.commune_code, parcel_count, tuple(found), stored)


def run_record(
    parcel_counts: Mapping[int, int],
    chosen: Collection[str],
    catalogue: Catalogue,
    started_at: datetime,
    *,
    parcel_ids: Collection[int] | None = None,
    finding_ids: Collection[int] | None = None,
) -> RunRecord:
    """Give what is kept of a run over communes (ids with their numbers of parcels) or over some of their parcels.

    `finding_ids` are the findings that such a run could see again, where they are not simply those of the parcels.
    """
    return RunRecord(
        scope=RunScope(
            parcel_counts,
            rules=[rule_id for rule_id in chosen if rule_id not in SEAM_RULES],
            seam_rules=[rule_id for rule_id in chosen if rule_id in SEAM_RULES],
            parcel_ids=parcel_ids,
            finding_ids=finding_ids,
        ),
        started_at=started_at,
        limits={rule_id: catalogue[rule_id].limit_values() for rule_id in chosen},
        catalogue_hash=catalogue.content_hash,
        tool_versions=_tool_versions(),
    )


def _find(
    conn: psycopg.Connection, commune_id: int, chosen: Collection[str], catalogue: Catalogue, progress: Progress
) -> list[Finding]:
    """Give what the chosen rules find, array rules first."""
    array_rules = {rule_id for rule_id in chosen if catalogue[rule_id].kind in ARRAY_KINDS}
    found: list[Finding] = []
    if array_rules:
        progress("geometry")
        found = [finding for finding in _on_arrays(conn, commune_id, catalogue) if finding.rule_id in array_rules]
    for rule_id in chosen:
        if rule_id not in array_rules:
            progress(rule_id)
            found += check_statements(conn, [catalogue[rule_id]], [commune_id])
    return found


def _on_arrays(conn: psycopg.Connection, commune_id: int, catalogue: Catalogue) -> list[Finding]:
    """Give the array findings that concern a commune; of its neighbours only the ground in view is read."""
    survey = survey_commune(conn, commune_id, catalogue)
    near = units_near_in(conn, survey.rim.units.srid)
    return judge_commune(survey, read_neighbours(conn, survey.rim, catalogue), near, catalogue)


def _say_nothing(_stage: str) -> None:
    """Be the progress of a caller that wants none."""


def _tool_versions() -> dict[str, str]:
    return {
        "landdb": version("landdb"),
        "numpy": np.__version__,
        "shapely": shapely.__version__,
        "geos": ".".join(str(part) for part in shapely.geos_version),
    }
