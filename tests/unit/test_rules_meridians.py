"""ADM003: sheets whose stated zone or axis order puts them far from their commune."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landdb.domain.crs import from_wgs84
from landdb.validators.catalogue import load_catalogue
from landdb.validators.meridians import CommunePlace, SheetPlace, check_sheets

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "ADM003.toml").read_text("utf-8"))["case"]
PLACE = CommunePlace(1, (105.33, 20.81), 40.0)
HOA_BINH, PHU_THO = 9211, 9208


def sheet(no: str, *, drawn_in: int, stated: int, swapped: bool = False) -> SheetPlace:
    points = np.column_stack(from_wgs84(drawn_in)([105.335, 105.34, 105.338], [20.815, 20.812, 20.809]))
    return SheetPlace(no, stated, points[:, ::-1] if swapped else points)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_named_situation_gives_exactly_its_findings(case: dict[str, Any]) -> None:
    found = check_sheets([sheet(**item) for item in case["sheet"]], PLACE, load_catalogue())
    expected = case.get("finding", [])
    assert [(one.subject, one.details["reason"]) for one in found] == [(e["subject"], e["reason"]) for e in expected]
    for one, item in zip(found, expected, strict=True):
        assert item.get("severity", one.severity) == one.severity
        assert item.get("candidate", {}).items() <= one.details["candidates"][0].items()


def test_the_distance_is_that_of_the_sheet_as_stated() -> None:
    (found,) = check_sheets([sheet("7", drawn_in=HOA_BINH, stated=PHU_THO)], PLACE, load_catalogue())
    assert found.measure == pytest.approx(129.5, abs=5)
    assert (found.unit, found.srid) == ("km", PHU_THO)


def test_a_sheet_near_nothing_has_no_candidate() -> None:
    lost = SheetPlace("7", HOA_BINH, np.array([[500_000.0, 1_000_000.0]]))
    (found,) = check_sheets([lost], PLACE, load_catalogue())
    assert (found.details["reason"], found.details["candidates"]) == ("NOWHERE_NEAR", [])
