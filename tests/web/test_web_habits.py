"""What holds on every screen: nothing shuts anybody out, on a desk or a phone, in light or dark."""

import itertools

import pytest

pytestmark = [pytest.mark.db, pytest.mark.web]

LOOKS = list(itertools.product(("desktop", "phone"), ("light", "dark")))
TABS = ("ground", "rights", "papers", "history", "findings", "corners")


@pytest.mark.parametrize(("device", "theme"), LOOKS)
def test_axe_finds_nothing_on_the_search_and_its_answers(visit, device, theme):
    at = visit(device=device, theme=theme)
    assert at.faults() == []
    at.search("tờ 1")
    at.page.wait_for_selector(".hits [data-hit]")
    assert at.faults() == []


@pytest.mark.parametrize(("device", "theme"), LOOKS)
def test_axe_finds_nothing_on_any_tab_of_a_parcel(visit, site, accounts, device, theme):
    at = visit(f"/p/{site.parcel_id('1', '12')}?commune=99001", device=device, theme=theme, account=accounts["clerk"])
    at.page.wait_for_selector(".panel h2")
    for tab in TABS:
        at.page.locator(f"#tab-{tab}").click()
        at.page.wait_for_selector(f"#tabpanel-{tab}:not([hidden])")
        at.page.wait_for_selector("#panel .waiting", state="detached")
        assert at.faults() == [], tab


@pytest.mark.parametrize(("device", "theme"), LOOKS)
def test_axe_finds_nothing_on_the_dialogs_and_menus(visit, site, accounts, device, theme):
    at = visit("/app", device=device, theme=theme)
    at.page.locator(".sign-in").click()
    assert at.faults() == []
    at.page.keyboard.press("Escape")
    at.page.keyboard.press("?")
    at.page.wait_for_selector("dialog .keys")
    assert at.faults() == []
    at.page.keyboard.press("Escape")
    at.page.locator(".advanced").click()
    at.page.wait_for_selector("dialog form")
    assert at.faults() == []
    at.page.keyboard.press("Escape")
    at.page.locator(".picker summary").click()
    assert at.faults() == []


def test_axe_finds_nothing_on_the_search_by_holder(visit, accounts):
    at = visit("/app/person", account=accounts["clerk"])
    assert at.faults() == []


def test_words_are_vietnamese_and_english_is_one_click_away(visit):
    at = visit()
    assert at.page.locator("html").get_attribute("lang") == "vi"
    at.page.locator(".menus details:last-child summary").click()
    at.page.get_by_label("English").check()
    at.page.wait_for_selector("html[lang=en]")
    assert at.page.get_by_placeholder("Sheet 12 parcel 345").is_visible()


def test_dark_follows_the_choice_and_stays(visit):
    at = visit()
    at.page.locator(".menus details:last-child summary").click()
    at.page.get_by_label("Tối").check()
    at.page.wait_for_selector("html[data-theme=dark]")
    at.page.reload()
    at.page.wait_for_selector("html[data-theme=dark]")


def test_nothing_is_wider_than_a_phone(visit, site):
    at = visit(f"/p/{site.parcel_id('1', '12')}", device="phone")
    at.page.wait_for_selector(".panel h2")
    assert at.page.evaluate("document.documentElement.scrollWidth") <= 360
