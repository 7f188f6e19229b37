"""The clerk's changes: a parcel split by a line and by a ratio, previewed before anything is recorded."""

import math
import re

import pytest

pytestmark = [pytest.mark.db, pytest.mark.web]

READY = "button[type=submit]:not([disabled])"


def opened(visit, accounts, parcel_id, **options):
    at = visit(f"/app/change?commune=99001&of={parcel_id}", account=accounts["clerk"], **options)
    at.page.wait_for_selector(".change-screen form")
    at.settle()
    return at


def draw_across(at):
    """Click left and right of the parcel, which lies in the middle of the map."""
    box = at.page.locator(".map").bounding_box()
    middle = box["y"] + box["height"] / 2
    at.page.mouse.click(box["x"] + box["width"] * 0.2, middle)
    at.page.mouse.click(box["x"] + box["width"] * 0.8, middle)


def click_on(at, lon, lat):
    """Click a place on the map, whose view stands in the address."""
    zoom, centre_lat, centre_lon = (
        float(part) for part in re.search(r"#([\d.]+)/([\d.-]+)/([\d.-]+)", at.page.url).groups()
    )
    size = 512 * 2**zoom

    def height(degrees):
        return math.asinh(math.tan(math.radians(degrees))) / (2 * math.pi)

    box = at.page.locator(".map").bounding_box()
    x = box["x"] + box["width"] / 2 + (lon - centre_lon) / 360 * size
    at.page.mouse.click(x, box["y"] + box["height"] / 2 - (height(lat) - height(centre_lat)) * size)


def parts(at):
    """Give the rows of the area table after the change, without their sum."""
    at.page.wait_for_selector(".outcome tbody tr:has-text('Sau')")
    return at.page.locator(".outcome tbody tr:has-text('Sau'):not(:has-text('Cộng'))").count()


def test_a_clerk_splits_a_parcel_along_a_drawn_line(visit, site, accounts):
    parent = site.parcel_id("1", "13")
    at = visit(f"/p/{parent}?commune=99001", account=accounts["clerk"])
    at.page.wait_for_selector(".panel h2")
    at.page.locator(".panel-actions").get_by_role("button", name="Biến động").click()
    at.page.wait_for_selector(".change-screen form")
    at.settle()
    assert at.page.locator(".change-screen button[type=submit]").is_disabled()
    draw_across(at)
    assert parts(at) == 2
    at.page.get_by_label("Số văn bản", exact=True).fill("QĐ 12/2026")
    at.page.locator(READY).click()
    at.page.wait_for_selector(".panel .lineage")
    kept = "SELECT count(*) FROM cadastre.parcel WHERE parcel_id = %s"
    assert site.ask(kept, parent) == (0,)
    assert site.ask("SELECT count(*) FROM cadastre.parcel_lineage WHERE parent_id = %s", parent) == (2,)


def test_a_reload_keeps_the_draft_and_a_ratio_needs_no_mouse(visit, site, accounts):
    at = opened(visit, accounts, site.parcel_id("1", "12"))
    at.page.get_by_label("Theo tỷ lệ").check()
    at.page.get_by_label("Tỷ lệ", exact=True).fill("2:1:1")
    at.page.get_by_label("Số văn bản", exact=True).fill("QĐ 13/2026")
    assert parts(at) == 3
    at.page.reload()
    at.page.wait_for_selector(READY)
    assert at.page.get_by_label("Tỷ lệ", exact=True).input_value() == "2:1:1"
    assert at.page.get_by_label("Số văn bản", exact=True).input_value() == "QĐ 13/2026"
    assert parts(at) == 3
    at.page.get_by_role("button", name="Bỏ bản nháp").click()
    at.page.wait_for_selector(".outcome .note:has-text('Vẽ đường tách')")
    assert at.page.get_by_label("Số văn bản", exact=True).input_value() == ""


def test_points_are_taken_back_and_half_a_line_is_told(visit, site, accounts):
    at = opened(visit, accounts, site.parcel_id("1", "12"), refusals=(422, 400))
    draw_across(at)
    assert parts(at) == 2
    at.page.keyboard.press("Backspace")
    at.page.wait_for_selector(".outcome .note:has-text('Vẽ đường tách')")
    assert at.page.locator(READY).count() == 0


def test_parcels_clicked_on_the_map_become_one(visit, site, accounts):
    cut = ("--edge", "1", "--ratio", "1:1", "--document", "DECISION:QĐ 12/2026")
    parent = site.parcel_id("1", "15")
    site.run("register", "split", "99001", "1", "15", *cut)
    child = "SELECT child_id FROM cadastre.parcel_lineage WHERE parent_id = %s ORDER BY child_id"
    (first,) = site.ask(child, parent)
    (second,) = site.ask(child + " DESC", parent)
    at = opened(visit, accounts, first)
    at.page.get_by_role("button", name="Hợp thửa").click()
    inside = "SELECT ST_X(p), ST_Y(p) FROM cadastre.parcel, ST_PointOnSurface(geom_4326) AS p WHERE parcel_id = %s"
    click_on(at, *site.ask(inside, second))
    assert parts(at) == 1
    at.page.get_by_label("Số văn bản", exact=True).fill("QĐ 14/2026")
    at.page.locator(READY).click()
    at.page.wait_for_selector(".panel .lineage")
    assert site.ask("SELECT count(*) FROM cadastre.parcel_lineage WHERE parent_id IN (%s, %s)", first, second) == (2,)


def test_a_right_changes_hands_and_the_taker_is_not_kept_in_the_browser(visit, site, accounts):
    at = opened(visit, accounts, site.parcel_id("1", "10"))
    at.page.get_by_role("button", name="Chuyển quyền").click()
    at.page.get_by_label("Họ tên").fill("Nguyễn Thị Thử Nghiệm")
    at.page.get_by_label("Năm hoặc ngày sinh").fill("1985")
    at.page.get_by_label("Số văn bản", exact=True).fill("HĐ 15/2026")
    at.page.wait_for_selector(".outcome li:has-text('Quyền sử dụng đất')")
    assert "Nghiệm" not in at.page.evaluate("JSON.stringify(localStorage)")
    assert at.faults() == []
    for box in at.page.locator(".outcome input[type=checkbox]").all():
        box.check()
    at.page.locator(READY).click()
    at.page.wait_for_selector(".panel .timeline:has-text('Chuyển nhượng')")
    assert site.ask("SELECT count(*) FROM registry.transaction WHERE kind = 'transfer'") == (1,)


def test_a_parcel_that_somebody_changed_meanwhile_is_told_and_looked_at_again(visit, site, accounts):
    at = opened(visit, accounts, site.parcel_id("1", "11"), refusals=(412,))
    site.run(
        "register", "lay", "dispute", "99001", "1", "11", "--reference", "CV 7/2026", "--document", "DEED:CV 7/2026"
    )
    draw_across(at)
    at.page.get_by_role("button", name="Xem trạng thái mới").click()
    at.page.wait_for_selector(".outcome .note.error:has-text('tranh chấp')")
    assert at.page.locator(READY).count() == 0


@pytest.mark.parametrize(("device", "theme"), [("desktop", "light"), ("desktop", "dark"), ("phone", "light")])
def test_the_desk_meets_wcag(visit, site, accounts, device, theme):
    at = opened(visit, accounts, site.parcel_id("1", "12"), device=device, theme=theme)
    at.page.get_by_label("Theo tỷ lệ").check()
    assert parts(at) == 2
    assert at.faults() == []


def test_an_analyst_is_offered_no_change(visit, site, accounts):
    at = visit(f"/p/{site.parcel_id('1', '12')}?commune=99001", account=accounts["analyst"])
    at.page.wait_for_selector(".panel h2")
    assert at.page.get_by_role("button", name="Biến động").count() == 0
