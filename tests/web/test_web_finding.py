"""A clerk finds parcels by what papers and people give: numbers, old numbers, serials, codes, places."""

import re

import pytest

pytestmark = [pytest.mark.db, pytest.mark.web]


def heading(sheet: str, parcel: str) -> str:
    return f"Thửa {parcel}, tờ {sheet}"


def test_a_permalink_shows_the_parcel_with_its_sides_and_areas(visit, site):
    parcel = site.parcel_id("1", "12")
    at = visit(f"/p/{parcel}")
    at.page.wait_for_selector(".panel h2")
    assert at.title() == heading("1", "12")
    assert "769,8 m²" in at.page.locator(".figures").inner_text()


def test_a_readable_permalink_leads_to_the_short_one(visit, site):
    at = visit("/p/99001/1/12")
    at.page.wait_for_url(re.compile(rf"/p/{site.parcel_id('1', '12')}\?commune=99001"))
    assert at.title() == heading("1", "12")


def test_a_click_on_the_map_opens_the_parcel_there(visit, site):
    at = visit(f"/p/{site.parcel_id('1', '12')}?commune=99001")
    at.page.wait_for_selector(".panel h2")
    at.settle()
    at.page.keyboard.press("Escape")
    at.page.wait_for_selector(".panel", state="hidden")
    at.settle()
    box = at.page.locator(".map").bounding_box()
    at.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    at.page.wait_for_selector(".panel h2")
    assert "/p/" in at.page.url
