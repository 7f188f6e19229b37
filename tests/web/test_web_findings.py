"""The analyst's and the clerk's work on findings: the list, one in full, decisions, a repair carried out."""

import re

import pytest

pytestmark = [pytest.mark.db, pytest.mark.web]


def open_one(at, rule_id):
    """Open the worst open finding of a rule from the list; gives its number."""
    at.page.locator(f".finding-hit:has-text('{rule_id}')").first.click()
    at.page.wait_for_selector(".finding-head h2")
    return int(re.search(r"finding=(\d+)", at.page.url)[1])


def test_a_guest_reads_findings_and_decides_nothing(visit, site):
    at = visit("/app/findings?commune=99001")
    at.page.wait_for_selector(".finding-hit")
    assert at.page.locator(".trend rect").count() >= 2
    open_one(at, "COV")
    assert at.page.get_by_role("button", name="Chấp nhận").count() == 0
    assert at.faults() == []


@pytest.mark.parametrize("device", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_list_and_finding_meet_wcag(visit, accounts, device, theme):
    at = visit("/app/findings?commune=99001", device=device, theme=theme, account=accounts["analyst"])
    at.page.wait_for_selector(".finding-hit")
    assert at.faults() == []
    at.page.locator(".finding-hit").first.click()
    at.page.wait_for_selector(".finding-head h2")
    at.page.wait_for_selector(".timeline")
    assert at.faults() == []


def test_the_list_is_narrowed_and_a_link_shows_the_same(visit, accounts):
    at = visit("/app/findings?commune=99001", account=accounts["analyst"])
    at.page.wait_for_selector(".finding-hit")
    at.page.get_by_label("Nhóm quy tắc").select_option("IDN")
    at.page.wait_for_url("**family=IDN**")
    at.page.wait_for_selector(".finding-hit:not(:has-text('IDN'))", state="detached")
    at.page.wait_for_selector(".finding-hit")
    count = at.page.locator(".finding-hit").count()
    again = visit("/app/findings?commune=99001&family=IDN", account=accounts["analyst"])
    again.page.wait_for_selector(".finding-hit")
    assert again.page.locator(".finding-hit").count() == count > 0


def test_an_analyst_accepts_a_finding_with_reason_and_end(visit, site, accounts):
    at = visit("/app/findings?commune=99001&family=ARE", account=accounts["analyst"])
    at.page.wait_for_selector(".finding-hit")
    finding = open_one(at, "ARE")
    at.page.get_by_role("button", name="Chấp nhận").click()
    at.page.get_by_label("Lý do").fill("đã thống nhất tại thực địa, biên bản 12/2026")
    at.page.get_by_label("Đến hết ngày").fill("2027-06-30")
    at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector(".chips :text('được chấp nhận')")
    state = site.ask("SELECT f.state FROM quality.finding AS f WHERE f.finding_id = %s", finding)
    assert state == ("accepted",)
    at.page.get_by_role("button", name="Bỏ chấp nhận").click()
    at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector(".chips :text('đang mở')")


def test_a_repair_is_worked_out_compared_carried_out_and_the_finding_is_gone(visit, site, accounts):
    at = visit("/app/findings?commune=99001&family=COV", account=accounts["clerk"])
    at.page.wait_for_selector(".finding-hit")
    finding = open_one(at, "COV006")
    at.page.get_by_role("button", name="Tìm cách sửa").click()
    at.page.wait_for_selector(".repair-picture")
    assert at.page.locator(".repair table tbody tr").count() >= 1
    assert at.faults() == []
    at.page.locator(".repair").first.get_by_role("button", name="Thực hiện sửa").click()
    if at.page.locator("dialog").count():
        at.page.locator("dialog textarea").fill("bản đo thực địa BB-12/2026")
        at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector(".chips :text('đã khắc phục')")
    assert site.ask("SELECT f.state FROM quality.finding AS f WHERE f.finding_id = %s", finding) == ("fixed",)
