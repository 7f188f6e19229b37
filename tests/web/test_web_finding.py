"""A clerk finds parcels by what papers and people give: numbers, old numbers, serials, codes, places."""

import re

import httpx
import pytest
from web_paths import WEB

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


def test_every_example_of_the_empty_box_finds_something(site):
    source = (WEB / "src" / "search" / "welcome.ts").read_text("utf-8")
    examples = re.findall(r'\["welcome\.\w+", "(.+)"\]', source)
    assert len(examples) == 6
    for text in examples:
        told = httpx.get(f"{site.origin}/search", params={"q": text, "commune": "99001"}).json()
        assert told["hits"], text


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


@pytest.mark.parametrize(
    ("typed", "sheet", "parcel"),
    [
        ("tờ 1 thửa 12", "1", "12"),
        ("to ban do so 1, thua dat so 12 xa mau son ha", "1", "12"),
        ("1/12", "1", "12"),
        ("XA010001", None, None),
        ("2369386.7 558159.1", "1", "12"),
        ("https://www.google.com/maps/@21.418484,105.312902,19z", "1", "12"),
    ],
)
def test_one_box_understands_what_papers_say(visit, typed, sheet, parcel):
    at = visit()
    at.search(typed)
    if sheet is None:
        at.page.wait_for_selector(".hits [data-hit]")
        assert at.page.locator(".hits [data-hit]").count() > 1
        return
    at.page.wait_for_selector(".panel h2")
    assert at.title() == heading(sheet, parcel)
    assert "Hiểu là" in at.page.locator(".reading").inner_text()


def test_a_parcel_code_is_found(visit, site):
    (code,) = site.ask("SELECT parcel_code FROM cadastre.parcel WHERE parcel_id = %s", site.parcel_id("1", "12"))
    at = visit()
    at.search(str(code))
    at.page.wait_for_selector(".panel h2")
    assert at.title() == heading("1", "12")


def test_a_number_that_two_communes_have_asks_and_does_not_guess(visit):
    at = visit("/app")
    at.search("1/12")
    at.page.wait_for_selector(".question, .hits [data-hit]")
    assert at.page.locator(".panel").is_hidden()
    at.page.locator(".question button, .hits [data-hit]").first.click()
    at.page.wait_for_selector(".panel h2")
    assert at.title() == heading("1", "12")


def test_a_list_is_walked_by_the_keyboard_alone(visit):
    at = visit()
    at.search("tờ 1")
    at.page.wait_for_selector(".hits [data-hit]")
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("Enter")
    at.page.wait_for_selector(".panel h2")
    second = at.page.locator(".hits [data-hit]").nth(1)
    assert second.get_attribute("aria-current") == "true"
    at.page.keyboard.press("Escape")
    at.page.wait_for_selector(".panel", state="hidden")
    assert at.page.evaluate("document.activeElement.dataset.hit") == second.get_attribute("data-hit")


def test_a_number_of_a_person_is_not_searched_here_and_enters_no_address(visit):
    at = visit()
    asked = []
    at.page.on("request", lambda request: asked.append(request.url))
    at.search("099177200007")
    at.page.wait_for_selector(".note.warning")
    assert not any("099177200007" in url for url in [*asked, at.page.url])


def test_an_extract_is_downloaded_and_its_code_checked_on_the_page(visit, site):
    at = visit(f"/p/{site.parcel_id('1', '12')}")
    at.page.wait_for_selector(".panel h2")
    with at.page.expect_download() as downloading:
        at.page.get_by_role("button", name="Trích lục", exact=True).click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-")
    (code,) = site.ask("SELECT extract_code FROM registry.extract ORDER BY issued_at DESC LIMIT 1")
    at.go(f"/app/check?code={code}")
    at.page.wait_for_selector(".note.good")
    at.page.locator("input[type=file]").set_input_files(downloading.value.path())
    at.page.wait_for_selector(".note.good")
    at.allow(404)
    at.page.get_by_label("Mã kiểm tra").fill("AAAA-BBBB-CCCC")
    at.page.get_by_role("button", name="Kiểm tra mã").click()
    at.page.wait_for_selector(".note.error")


def test_without_webgl_the_server_draws_the_parcel(visit, site):
    at = visit(f"/p/{site.parcel_id('1', '12')}", has_webgl=False)
    at.page.locator(".sketch img").evaluate("picture => picture.decode()")
    at.search("tờ 1")
    at.page.wait_for_selector(".hits [data-hit]")
