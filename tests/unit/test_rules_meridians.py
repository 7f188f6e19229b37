"""ADM003: sheets whose stated zone or axis order puts them far from their commune."""

import numpy as np
import pytest

from landdb.domain.crs import from_wgs84
from landdb.validators.catalogue import load_catalogue
from landdb.validators.meridians import CommunePlace, SheetPlace, check_sheets

#: A commune of old Hòa Bình province, whose sheets were drawn on 106° (EPSG:9211).
PLACE = CommunePlace(1, (105.33, 20.81), 40.0)
HOA_BINH, PHU_THO = 9211, 9208


def drawn_in(srid: int) -> np.ndarray:
    x, y = from_wgs84(srid)([105.335, 105.34, 105.338], [20.815, 20.812, 20.809])
    return np.column_stack([x, y])


def test_a_sheet_in_its_own_zone_is_in_order() -> None:
    assert check_sheets([SheetPlace("7", HOA_BINH, drawn_in(HOA_BINH))], PLACE, load_catalogue()) == []


def test_a_hoa_binh_sheet_loaded_as_phu_tho_names_the_zone_it_is_in() -> None:
    (found,) = check_sheets([SheetPlace("7", PHU_THO, drawn_in(HOA_BINH))], PLACE, load_catalogue())
    assert found.details["reason"] == "WRONG_MERIDIAN"
    assert found.details["candidates"][0]["srid"] == HOA_BINH
    assert found.measure == pytest.approx(129.5, abs=5)
    assert (found.subject, found.severity, found.srid) == ("7", "error", PHU_THO)


def test_swapped_axes_are_named_as_such() -> None:
    swapped = SheetPlace("7", HOA_BINH, drawn_in(HOA_BINH)[:, ::-1])
    (found,) = check_sheets([swapped], PLACE, load_catalogue())
    assert found.details["reason"] == "AXES_SWAPPED"
    assert found.details["candidates"][0] == pytest.approx({"srid": HOA_BINH, "axes": "NE", "distance_km": 1}, abs=1)


def test_a_sheet_near_nothing_has_no_candidate() -> None:
    lost = SheetPlace("7", HOA_BINH, np.array([[500_000.0, 1_000_000.0]]))
    (found,) = check_sheets([lost], PLACE, load_catalogue())
    assert (found.details["reason"], found.details["candidates"]) == ("NOWHERE_NEAR", [])


def test_sheets_are_judged_one_by_one() -> None:
    sheets = [SheetPlace("1", HOA_BINH, drawn_in(HOA_BINH)), SheetPlace("2", PHU_THO, drawn_in(HOA_BINH))]
    assert [found.subject for found in check_sheets(sheets, PLACE, load_catalogue())] == ["2"]
