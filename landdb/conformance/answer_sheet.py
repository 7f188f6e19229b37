"""The answer sheet of a kit, `expected.json`: what was planted, where, and what must be found."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from landdb.conformance.classes import RULES_OF_CLASS
from landdb.conformance.expected import Expected, Planted
from landdb.errors import InvalidValue
from landdb.validators.catalogue import Catalogue

FORMAT = "landdb-conformance-1"
FILE = "expected.json"
#: Places are written to a tenth of a millimetre, like the map itself.
DECIMALS = 4


def write_answers(folder: Path, planted: Sequence[Planted], catalogue: Catalogue, about: dict[str, Any]) -> Path:
    """Give the path of the answer sheet, written."""
    rules = sorted({expected.rule_id for fault in planted for expected in fault.expected})
    sheet = {
        "format": FORMAT,
        **about,
        "catalogue_hash": catalogue.content_hash,
        "classes": {name: sorted(ids) for name, ids in RULES_OF_CLASS.items()},
        "rules": {rule_id: _rule(catalogue, rule_id) for rule_id in rules},
        "faults": [_fault(fault) for fault in planted],
    }
    path = folder / FILE
    path.write_text(json.dumps(sheet, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def read_answers(folder: Path) -> tuple[list[Planted], int]:
    """Give the planted faults of a kit and the EPSG code of their places."""
    path = folder / FILE
    if not path.exists():
        raise InvalidValue("folder", "NO_ANSWER_SHEET", remedy=f"name a folder that holds {FILE}")
    sheet = json.loads(path.read_text("utf-8"))
    if sheet.get("format") != FORMAT:
        raise InvalidValue("expected.json", "UNKNOWN_FORMAT", remedy="write the kit anew with this version of landdb")
    return [_planted(fault, sheet["srid"]) for fault in sheet["faults"]], int(sheet["srid"])


def _rule(catalogue: Catalogue, rule_id: str) -> dict[str, Any]:
    rule = catalogue[rule_id]
    return {
        "title": {"vi": rule.title.vi, "en": rule.title.en},
        "severity": rule.severity,
        "limits": rule.limit_values(),
    }


def _fault(fault: Planted) -> dict[str, Any]:
    return {
        "number": fault.number,
        "kind": fault.kind,
        "size": fault.size,
        "commune_code": fault.commune_code,
        "names": list(fault.names),
        "site": _written(fault.site),
        "tolerated": sorted(fault.tolerated),
        "expected": [
            {
                "rule": expected.rule_id,
                "severity": expected.severity,
                "names": sorted(expected.names),
                "any_of": sorted(expected.any_of),
                "width_m": None if expected.width_m is None else round(expected.width_m, DECIMALS),
                "place": _written(expected.place),
            }
            for expected in fault.expected
        ],
    }


def _written(place: shapely.Geometry) -> dict[str, Any]:
    rounded = shapely.transform(place, lambda xy: xy.round(DECIMALS))
    if not shapely.is_valid(rounded):  # a wedge's tip can fold
        rounded = shapely.set_precision(place, 10.0**-DECIMALS)
    return dict(mapping(rounded))


def _planted(fault: dict[str, Any], srid: int) -> Planted:
    expected = tuple(
        Expected(
            rule_id=one["rule"],
            place=shape(one["place"]),
            names=frozenset(one["names"]),
            any_of=frozenset(one["any_of"]),
            severity=one["severity"],
            width_m=one["width_m"],
        )
        for one in fault["expected"]
    )
    return Planted(
        number=fault["number"],
        kind=fault["kind"],
        size=fault["size"],
        commune_code=fault["commune_code"],
        srid=srid,
        site=shape(fault["site"]),
        names=tuple(fault["names"]),
        expected=expected,
        tolerated=frozenset(fault["tolerated"]),
    )
