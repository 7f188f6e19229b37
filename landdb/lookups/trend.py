"""How many findings stood after each check of a commune."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from landdb.domain.finding_filter import FindingFilter
from landdb.domain.identifiers import normalise_commune_code
from landdb.lookups.parcels import NOW, Connection
from landdb.lookups.viewpoint import Viewpoint
from landdb.store import lookups as store


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What stood after one run: findings that nobody accepted by severity, those accepted, the ground at fault.

    `rules` says how many rules the numbers come from. A rule that this run left out counts as it was last seen.
    """

    run_id: int
    at: dt.datetime
    parcels: int
    rules: int
    errors: int
    warnings: int
    infos: int
    accepted: int
    area_m2: float

    @property
    def errors_per_1000(self) -> float | None:
        """Give the errors for each thousand parcels; None where there is no parcel."""
        return round(1000 * self.errors / self.parcels, 2) if self.parcels else None


@dataclass(frozen=True, slots=True)
class _Stood:
    """One rule's findings of one severity after a run."""

    severity: str | None
    open: int
    accepted: int
    area_m2: float


async def list_trend(
    conn: Connection, commune_code: str, *, rules: Sequence[str] = (), view: Viewpoint = NOW
) -> list[TrendPoint]:
    """Give one point per whole run over the commune, the first run first; of rules or families when named.

    What is about parties and rights counts for staff only.
    """
    wanted = FindingFilter(rules=tuple(rules)).parameters()["rules"]
    key = {"commune_code": normalise_commune_code(commune_code), "rules": wanted}
    rows = await store.ask_rows(conn, "trend", {**view.parameters(), **key})
    return list(_points(rows))


def _points(rows: Iterable[Mapping[str, Any]]) -> Iterable[TrendPoint]:
    latest: dict[str, list[_Stood]] = {}
    for (run_id, at, parcels), of_run in groupby(
        rows, lambda row: (row["run_id"], row["finished_at"], row["parcel_count"])
    ):
        for rule_id, of_rule in groupby(of_run, lambda row: row["rule_id"]):
            latest[rule_id] = [_stood(row) for row in of_rule]
        standing = [stood for of_rule in latest.values() for stood in of_rule]
        yield TrendPoint(
            run_id=run_id,
            at=at,
            parcels=parcels,
            rules=len(latest),
            errors=_open(standing, "error"),
            warnings=_open(standing, "warning"),
            infos=_open(standing, "info"),
            accepted=sum(stood.accepted for stood in standing),
            area_m2=round(sum(stood.area_m2 for stood in standing), 3),
        )


def _stood(row: Mapping[str, Any]) -> _Stood:
    seen, accepted = row["seen"] or 0, row["accepted"] or 0
    return _Stood(row["severity"], seen - accepted, accepted, row["area_m2"] or 0.0)


def _open(standing: Iterable[_Stood], severity: str) -> int:
    return sum(stood.open for stood in standing if stood.severity == severity)
