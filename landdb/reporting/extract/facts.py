"""What an extract prints, as plain JSON values: the whole paper is made of these and of nothing else."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landdb.codelists.tables import load as load_list
from landdb.reporting.extract.outline import Outline
from landdb.validators.rule import Language

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heading:
    """Which extract this is: its code, when and in which language it was made, where its code is checked."""

    code: str
    issued_at: dt.datetime
    language: Language
    valid_at: dt.date
    known_at: dt.datetime | None
    check_url: str
    program: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the register says of the parcel beside its own answer."""

    province: str | None
    restrictions: Sequence[Mapping[str, Any]]
    outline: Outline | None
    sketch_svg: str | None


def gather(parcel: Mapping[str, Any], told: Told, heading: Heading) -> Facts:
    """Give the facts of one parcel, as the caller may see it (`parcel` is the answer of `lookups.get_parcel`)."""
    language = heading.language
    return {
        "code": heading.code,
        "issued_at": heading.issued_at.isoformat(timespec="seconds"),
        "language": language,
        "valid_at": heading.valid_at.isoformat(),
        "known_at": heading.known_at.isoformat() if heading.known_at else None,
        "check_url": heading.check_url,
        "program": heading.program,
        "parcel_id": parcel["parcel_id"],
        "version": parcel["provenance"]["version"],
        "parcel_code": parcel["parcel_code"],
        "commune": f"{parcel['commune']['kind']} {parcel['commune']['name']}",
        "commune_code": parcel["commune"]["code"],
        "province": told.province,
        "sheet_no": parcel["sheet"]["sheet_no"],
        "scale_denominator": parcel["sheet"]["scale_denominator"],
        "srid": parcel["sheet"]["srid"],
        "parcel_no": parcel["parcel_no"],
        "old_sheet_no": parcel["old_numbers"]["old_sheet_no"],
        "old_parcel_no": parcel["old_numbers"]["old_parcel_no"],
        "address": parcel["address"],
        "areas": parcel["areas"],
        "uses": [_use(use, language) for use in parcel["land_uses"]],
        "holders": _holders(parcel, language),
        "certificates": [c["serial"] for c in parcel["certificates"] if c["serial"]],
        "restrictions": [_restriction(restriction, language) for restriction in told.restrictions],
        "findings": [f["message"][language] for f in parcel["findings"] or [] if f["message"]],
        "withheld": sorted({withheld["reason"] for withheld in parcel["withheld"]}),
        "corners": [
            [corner.number, round(corner.northing_m, 3), round(corner.easting_m, 3)]
            for corner in (told.outline.corners if told.outline else ())
        ],
        "sides": [
            [side.start.number, side.end.number, round(side.length_m, 2)]
            for side in (told.outline.sides if told.outline else ())
        ],
        "geometry_fault": parcel["geometry_fault"],
        "sketch_svg": told.sketch_svg,
    }


def canonical(facts: Facts) -> bytes:
    """Give the facts as the bytes that are signed: JSON with sorted names, without spaces, in UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _use(use: Mapping[str, Any], language: Language) -> dict[str, Any]:
    code = use["land_use_code"]
    names = {row["code"]: row[f"label_{language}"] for row in load_list("land_use")}
    named = names.get(code or "")
    return {
        "text": f"{named} ({code})" if named else use["land_use_raw"],
        "area_m2": use["area_m2"],
        "term": use["term"] or use["expires_on"],
    }


def _holders(parcel: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Give who holds which part, masked as the answer masks them; nobody when parties are withheld."""
    joint = {"vi": "chung", "en": "jointly"}[language]
    return [
        {
            "name": right["party"]["name_masked"],
            "number": right["party"]["citizen_id_masked"] or right["party"]["org_no"],
            "share": right["share"] or joint,
        }
        for right in parcel["rights"]
        if right["party"] is not None
    ]


def _restriction(restriction: Mapping[str, Any], language: Language) -> str:
    words = {
        "MORTGAGE": {"vi": "Thế chấp", "en": "Mortgage"},
        "BLOCK": {"vi": "Ngăn chặn giao dịch", "en": "Dealings blocked"},
        "DISPUTE": {"vi": "Đang tranh chấp", "en": "In dispute"},
    }
    rank = f" ({restriction['rank']})" if restriction["rank"] else ""
    return f"{words[restriction['restriction_kind']][language]}{rank}: {restriction['reference']}"
