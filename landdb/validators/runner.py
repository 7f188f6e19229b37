"""One commune checked: ground loaded, rules run, findings stored with what they were judged by."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import psycopg
import shapely

from landdb.domain.crs import to_wgs84
from landdb.domain.finding import Finding
from landdb.store import findings as finding_store
from landdb.store.findings import RunRecord, StoredRun
from landdb.store.locks import lock_communes
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.checks import check_fabric
from landdb.validators.fingerprint import fingerprints, sorted_findings
from landdb.validators.ground import to_checked_ground
from landdb.validators.meridians import check_sheets
from landdb.validators.statements import check_statements, to_columns

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
    keep their state.
    """
    catalogue = catalogue or load_catalogue()
    chosen = catalogue.select(rules)
    started_at = datetime.now(UTC)
    commune = finding_store.get_commune(conn, commune_id)
    lock_communes(conn, [commune_id])
    found = sorted_findings(_find(conn, commune_id, chosen, catalogue, progress or _say_nothing))
    record = RunRecord(
        commune_id=commune_id,
        started_at=started_at,
        rules=chosen,
        limits={rule_id: catalogue[rule_id].limit_values() for rule_id in chosen},
        catalogue_hash=catalogue.content_hash,
        tool_versions=_tool_versions(),
        parcel_count=finding_store.count_parcels(conn, commune_id),
    )
    stored = finding_store.store_run(conn, record, _rows(found, commune.commune_code))
    return RunResult(commune_id, commune.commune_code, record.parcel_count, tuple(found), stored)


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


def _rows(found: Sequence[Finding], commune_code: str) -> list[dict[str, Any]]:
    """Give the findings as stored: columns, identity, and the place in WGS 84."""
    identities = fingerprints(found, commune_code)
    places = _places_4326(found)
    return [
        columns | {"fingerprint": identity.hex(), "lon": place[0], "lat": place[1]}
        for columns, identity, place in zip(to_columns(found), identities, places, strict=True)
    ]


def _places_4326(found: Sequence[Finding]) -> list[tuple[float | None, float | None]]:
    """Give each finding's point in degrees; none where it has none or lies outside its projection."""
    places: list[tuple[float | None, float | None]] = [(None, None)] * len(found)
    for srid in {finding.srid for finding in found if finding.srid is not None and finding.point is not None}:
        members = [index for index, finding in enumerate(found) if finding.srid == srid and finding.point is not None]
        xy = np.array([found[index].point for index in members])
        lon, lat = to_wgs84(srid)(xy[:, 0], xy[:, 1])
        for index, x, y in zip(members, lon.tolist(), lat.tolist(), strict=True):
            if np.isfinite(x) and np.isfinite(y):
                places[index] = (x, y)
    return places


def _tool_versions() -> dict[str, str]:
    return {
        "landdb": version("landdb"),
        "numpy": np.__version__,
        "shapely": shapely.__version__,
        "geos": ".".join(str(part) for part in shapely.geos_version),
    }
