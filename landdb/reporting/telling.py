"""Stored findings in words: the catalogue's sentence and remedy, and the parcel in place of any key of a party."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from landdb.domain.crs import from_wgs84
from landdb.domain.finding import Finding
from landdb.exporters.records import FindingRecord, ParcelRecord, RuleRecord
from landdb.store.finding_list import CHUNK, ConcernedParcel, FindingRow
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.rule import Language, Words

#: What stands where a rule is no longer in the catalogue.
_GONE = Words("Quy tắc này không còn trong danh mục.", "This rule is no longer in the catalogue.")
#: A parcel or a sheet by its printed numbers; keys of parties, papers and objects have a colon.
_PLACE = re.compile(r"(?!commune\b)[^:\s]+")
#: Millimetres: what a survey can mean.
_DECIMALS = 3


def told_findings(rows: Iterable[FindingRow], language: Language) -> Iterator[FindingRecord]:
    """Give each finding as a record; positions in its own system are computed chunk by chunk."""
    catalogue = load_catalogue()
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        for row, place in zip(chunk, _places(chunk), strict=True):
            yield _record(row, place, catalogue, language)


def told_parcels(rows: Iterable[ConcernedParcel]) -> Iterator[ParcelRecord]:
    """Give each parcel as a record."""
    for row in rows:
        yield ParcelRecord(
            commune=row.commune_code,
            **{name: getattr(row, name) for name in ParcelRecord.__dataclass_fields__ if name != "commune"},
        )


def told_rules() -> list[RuleRecord]:
    """Give the catalogue's rules as records, by id."""
    return [
        RuleRecord(
            rule=rule.rule_id,
            severity=rule.severity,
            legal_basis=rule.legal_basis,
            **{name: _both(getattr(rule, name)) for name in ("title", "why", "remedy")},
        )
        for rule in load_catalogue().rules.values()
    ]


def readable_subject(row: FindingRow, language: Language) -> str:
    """Give what a finding is about as people say it: parcels or a sheet, never the key of a party or paper."""
    joined = {"vi": " và ", "en": " and "}[language]
    parts = [part.partition(" ")[0] for part in row.subject.split("|")]
    if all(_PLACE.fullmatch(part) for part in parts):
        return joined.join(parts)
    places = ((row.sheet_no, row.parcel_no), (row.other_sheet_no, row.other_parcel_no))
    named = joined.join(dict.fromkeys(f"{sheet}/{parcel}" for sheet, parcel in places if parcel is not None))
    if named:
        return {"vi": f"thửa {named}", "en": f"parcel {named}"}[language]
    return {"vi": f"xã {row.commune_code}", "en": f"commune {row.commune_code}"}[language]


def _record(
    row: FindingRow, place: tuple[float | None, float | None], catalogue: Catalogue, language: Language
) -> FindingRecord:
    title, message, remedy = _words(row, catalogue, language)
    limits = row.details.get("limits")
    return FindingRecord(
        finding_id=row.finding_id,
        commune=row.commune_code,
        rule=row.rule_id,
        severity=row.severity,
        state=row.state,
        title=title,
        sheet_no=row.sheet_no,
        parcel_no=row.parcel_no,
        other_commune=row.other_commune_code,
        other_sheet_no=row.other_sheet_no,
        other_parcel_no=row.other_parcel_no,
        message=message,
        remedy=remedy,
        reason=row.details.get("reason"),
        measure=row.measure,
        unit=row.unit,
        area_m2=row.area_m2,
        width_m=row.width_m,
        easting_m=place[0],
        northing_m=place[1],
        srid=row.srid,
        lon=row.lon,
        lat=row.lat,
        limits=json.dumps(limits, sort_keys=True) if limits else None,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        fingerprint=row.fingerprint,
        is_new=row.is_new,
        geom=row.geom,
    )


def _words(row: FindingRow, catalogue: Catalogue, language: Language) -> tuple[str, str, str]:
    """Give title, sentence and remedy."""
    rule = catalogue.rules.get(row.rule_id)
    if rule is None:
        return row.rule_id, _GONE.to(language), ""
    told = Finding(
        rule_id=row.rule_id,
        severity=rule.severity,
        commune_id=0,
        subject=readable_subject(row, language),
        measure=row.measure,
        unit=row.unit,
        area_m2=row.area_m2,
        width_m=row.width_m,
        details=row.details,
    )
    return rule.title.to(language), rule.describe(told, language), rule.remedy_for(told, language)


def _places(rows: list[FindingRow]) -> list[tuple[float | None, float | None]]:
    """Give each finding's point in its own system, to the millimetre; none where it has none."""
    places: list[tuple[float | None, float | None]] = [(None, None)] * len(rows)
    for srid in {row.srid for row in rows if row.srid is not None and row.lon is not None}:
        members = [index for index, row in enumerate(rows) if row.srid == srid and row.lon is not None]
        lonlat = np.array([(rows[index].lon, rows[index].lat) for index in members], dtype=np.float64)
        x, y = from_wgs84(srid)(lonlat[:, 0], lonlat[:, 1])
        for index, east, north in zip(members, x.tolist(), y.tolist(), strict=True):
            if np.isfinite(east) and np.isfinite(north):
                places[index] = (round(east, _DECIMALS), round(north, _DECIMALS))
    return places


def _both(words: Any) -> dict[str, str]:
    return {"vi": words.vi, "en": words.en}
