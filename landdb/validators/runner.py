"""One commune checked: ground loaded, rules run, findings stored with what they were judged by."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import psycopg
import shapely

from landdb.domain.finding import Finding
from landdb.store import findings as finding_store
from landdb.store.locks import lock_communes
from landdb.store.runs import RunRecord, RunScope, StoredRun, store_run
from landdb.validators.catalogue import Catalogue
from landdb.validators.checks import check_fabric
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.ground import to_checked_ground
from landdb.validators.meridians import check_sheets
from landdb.validators.rows import to_rows
from landdb.validators.statements import check_statements
from landdb.validators.tuning import effective_catalogues

#: Told the id of each statement rule, or `geometry` for all array rules, when it begins.
Progress = Callable[[str], None]

_SHEET_RULE = "ADM003"
_OUTSIDE_RULE = "ADM001"


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
    commune = finding_store.get_commune(conn, commune_id)
    lock_communes(conn, [commune_id])
    found = sorted_findings(_find(conn, commune_id, chosen, catalogue, progress or _say_nothing))
    parcel_count = finding_store.count_parcels(conn, commune_id)
    record = RunRecord(
        scope=RunScope({commune_id: parcel_count}, rules=chosen),
        started_at=started_at,
        limits={rule_id: catalogue[rule_id].limit_values() for rule_id in chosen},
        catalogue_hash=catalogue.content_hash,
        tool_versions=_tool_versions(),
    )
    stored = store_run(conn, record, to_rows(found))
    return RunResult(commune_id, commune.commune_code, parcel_count, tuple(found), stored)


def _find(
    conn: psycopg.Connection, commune_id: int, chosen: Collection[str], catalogue: Catalogue, progress: Progress
) -> list[Finding]:
    """Give what the chosen rules find, array rules first."""
    array_rules = [rule_id for rule_id in chosen if catalogue[rule_id].kind in {"geometry", "coverage"}]
    found: list[Finding] = []
    if array_rules:
        progress("geometry")
        ground = to_checked_ground(finding_store.read_ground(conn, commune_id), commune_id)
        found += check_fabric(ground.fabric, catalogue=catalogue, rules=array_rules)
        if _SHEET_RULE in chosen and ground.place is not None:
            misplaced = check_sheets(ground.sheets, ground.place, catalogue)
            found = [*_not_due_to(misplaced, found), *misplaced]
    for rule_id in chosen:
        if rule_id not in array_rules:
            progress(rule_id)
            found += check_statements(conn, [catalogue[rule_id]], [commune_id])
    return found


def _not_due_to(misplaced: Collection[Finding], found: Iterable[Finding]) -> list[Finding]:
    """Give the findings without the parcels outside the commune that a misplaced sheet explains: one cause, once."""
    sheets = {finding.subject for finding in misplaced}
    return [f for f in found if f.rule_id != _OUTSIDE_RULE or f.subject.rpartition("/")[0] not in sheets]


def _say_nothing(_stage: str) -> None:
    """Be the progress of a caller that wants none."""


def _tool_versions() -> dict[str, str]:
    return {
        "landdb": version("landdb"),
        "numpy": np.__version__,
        "shapely": shapely.__version__,
        "geos": ".".join(str(part) for part in shapely.geos_version),
    }
