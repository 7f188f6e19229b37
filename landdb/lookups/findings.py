"""Findings: which, the worst first; one with its history; how many. No person is named."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import shapely

from landdb.domain.crs import is_vn2000, to_wgs84
from landdb.domain.finding_filter import FindingFilter
from landdb.errors import NotFound
from landdb.lookups.parcels import FIRST_PAGE, NOW, Connection
from landdb.lookups.resolution import describe, envelope, explain, page_of
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store import lookups as store

Order = Literal["worst", "id"]
_QUESTIONS: dict[Order, str] = {"worst": "findings_worst_first", "id": "findings_by_id"}
#: About a tenth of a millimetre; faults of a millimetre keep their shape.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of a rule are meant, the largest of them, and which."""

    rule_id: str
    severity: str
    findings: int
    largest_area_m2: float | None
    largest_width_m: float | None
    finding_ids: tuple[int, ...]


async def list_findings(
    conn: Connection,
    wanted: FindingFilter,
    *,
    order: Order = "worst",
    page: Page = FIRST_PAGE,
    view: Viewpoint = NOW,
) -> bytes:
    """Give one page of findings as JSON; those about parties and rights only for staff of the commune.

    As of another time: those that stood so then (`Viewpoint.moment`), each with what it says today.
    """
    found = await _ask_page(conn, wanted, order=order, page=page, view=view, with_shape=False)
    findings = json.loads(found.array)
    describe(findings)
    return page_of(replace(found, array=_to_json(findings)), page, "findings")


async def map_findings(
    conn: Connection,
    wanted: FindingFilter,
    *,
    order: Order = "worst",
    page: Page = FIRST_PAGE,
    view: Viewpoint = NOW,
) -> bytes:
    """Give one page of findings as a GeoJSON FeatureCollection: the fault's own shape, else its point, in degrees."""
    found = await _ask_page(conn, wanted, order=order, page=page, view=view, with_shape=True)
    findings = json.loads(found.array)
    describe(findings)
    next_after = page.next_after(found.rows, found.last_id)
    head = {"type": "FeatureCollection", "numberReturned": found.rows, "next": next_after and str(next_after)}
    return envelope(head, "features", _to_json([_feature(finding) for finding in findings]))


async def get_finding(conn: Connection, finding_id: int, *, view: Viewpoint = NOW) -> bytes:
    """Give one finding: what it was judged by, whom it concerns, what to do, what became of it. Raises NotFound.

    Who decided, and why, is only for those who work on findings; `withheld` names what others do not get.
    """
    parameters = {**view.parameters(), "finding_id": finding_id, "with_shape": True}
    body = await store.ask_json(conn, "finding_in_full", parameters)
    if body is None:
        raise NotFound("there is no such finding")
    answer = json.loads(body)
    describe([answer["finding"]])
    answer["rule"] = explain(answer["finding"])
    answer["finding"]["shape"] = _shape_4326(answer["finding"])
    return _to_json(answer)


async def count_findings(conn: Connection, wanted: FindingFilter, *, view: Viewpoint = NOW) -> list[FindingCount]:
    """Give how many findings are meant, by rule, and which they are."""
    rows = await store.ask_rows(conn, "finding_counts", {**view.parameters(), **wanted.parameters()})
    return [FindingCount(**{**row, "finding_ids": tuple(row["finding_ids"])}) for row in rows]


async def _ask_page(
    conn: Connection, wanted: FindingFilter, *, order: Order, page: Page, view: Viewpoint, with_shape: bool
) -> store.Answer:
    parameters = {
        **view.parameters(),
        **wanted.parameters(),
        "with_shape": with_shape,
        "limit": page.limit,
        "after": page.after,
    }
    return await store.ask_page(conn, _QUESTIONS[order], parameters, as_of=view.as_of)


def _feature(finding: dict[str, Any]) -> dict[str, Any]:
    shape = _shape_4326(finding) or finding["point"]
    told = {name: value for name, value in finding.items() if name not in {"shape", "point", "details"}}
    return {"type": "Feature", "id": finding["finding_id"], "geometry": shape, "properties": told}


def _shape_4326(finding: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give the fault's shape in degrees as GeoJSON; none where it has none."""
    native = finding["shape"]
    if native is None or not is_vn2000(native["srid"]):
        return None
    to_degrees = to_wgs84(native["srid"])
    geometry = shapely.from_geojson(json.dumps(native["geometry"]))
    degrees = shapely.transform(geometry, lambda x, y: tuple(to_degrees(x, y)), interleaved=False)
    shape: dict[str, Any] = json.loads(shapely.to_geojson(degrees))
    return {**shape, "coordinates": _rounded(shape["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float):
        return round(coordinates, _DECIMALS)
    return [_rounded(part) for part in coordinates]


def _to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
