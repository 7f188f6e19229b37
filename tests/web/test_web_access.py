"""Who sits at the page decides what it shows; names stay masked until somebody says why they must be read."""

import time

import psycopg
import pytest
from web_site import Account

from landdb.access import totp
from landdb.store import audit

pytestmark = [pytest.mark.db, pytest.mark.web]


def sign_in(at, account):
    at.page.locator(".sign-in").click()
    at.page.get_by_label("Tên tài khoản").fill(account.name)
    at.page.get_by_label("Mật khẩu").fill(account.password)
    at.page.locator("dialog button[type=submit]").click()


def test_a_guest_sees_ground_and_no_holder(visit, site):
    at = visit(f"/p/{site.parcel_id('1', '12')}?tab=rights")
    at.page.wait_for_selector(".withheld")
    assert at.page.locator(".holders > li").count() == 0
    assert at.page.get_by_role("button", name="Tìm theo người").count() == 0


def test_a_wrong_password_is_told_and_the_right_one_opens_the_rights(visit, site, accounts):
    clerk = accounts["clerk"]
    at = visit(f"/p/{site.parcel_id('1', '12')}?tab=rights")
    at.allow(401)
    sign_in(at, clerk._replace(password="wrong"))
    at.page.wait_for_selector("dialog .note.error")
    at.page.get_by_label("Mật khẩu").fill(clerk.password)
    at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector(".holders > li")
    assert "***" in at.page.locator(".holders > li").first.inner_text()
    assert "Cán bộ địa chính" in at.page.locator(".account").inner_text()


def test_a_session_stays_over_a_reload_and_ends_when_signed_out(visit, site, accounts):
    at = visit(account=accounts["clerk"])
    at.page.reload()
    at.page.get_by_role("button", name="Tìm theo người").wait_for()
    at.page.locator(".account summary").click()
    at.page.locator(".about .button").click()
    at.page.wait_for_selector(".sign-in")
    at.page.reload()
    at.page.wait_for_selector(".sign-in")


def test_an_account_with_an_authenticator_signs_in_with_its_code(visit, site):
    account = Account("page-with-code", "một câu dài dễ nhớ")
    site.run("account", "add", account.name, "--role", "analyst", typed=account.password)
    secret = site.run("account", "totp", account.name).split()[0]
    at = visit()
    at.allow(401)
    sign_in(at, account)
    code = at.page.get_by_label("Mã xác thực")
    code.fill("000000")
    at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector("dialog .note.error")
    code.fill(totp.code_at(secret, int(time.time()) // totp.STEP_S))
    at.page.locator("dialog button[type=submit]").click()
    at.page.locator(".account", has_text="Chuyên viên phân tích").wait_for()


def test_a_citizen_reads_who_looked_at_his_data_and_why(visit, site, accounts):
    citizen = Account("page-citizen", "một câu dài dễ nhớ")
    site.run("account", "add", citizen.name, "--role", "citizen", typed=f"099177200007\n{citizen.password}\n")
    clerk = visit(account=accounts["clerk"])
    asked = {"citizen_id": "099177200007", "purpose": "chuyển nhượng", "case_ref": "HS-2026-55"}
    told = clerk.page.context.request.post(f"{site.origin}/persons/search", data=asked, headers={"X-Landdb-Csrf": "1"})
    assert told.ok
    at = visit("/app", account=citizen)
    at.page.get_by_role("button", name="Ai đã xem").click()
    row = at.page.locator("main tbody tr", has_text="HS-2026-55")
    row.wait_for()
    assert "chuyển nhượng" in row.inner_text()
    assert "099177200007" not in at.page.locator("main").inner_text()
    assert at.faults() == []


def test_a_person_is_searched_by_post_with_a_purpose_and_on_record(visit, site, accounts):
    at = visit("/app/person?commune=99001", account=accounts["clerk"])
    asked = []
    at.page.on("request", lambda request: asked.append(request.url))
    at.page.get_by_label("Số", exact=True).fill("099177200007")
    at.page.get_by_label("Mục đích").fill("chuyển nhượng")
    at.page.get_by_label("Số hồ sơ").fill("HS-2026-99")
    at.page.locator("main button[type=submit]").click()
    at.page.wait_for_selector(".hits [data-hit]")
    assert not any("099177200007" in url for url in [*asked, at.page.url])
    (recorded,) = site.ask("SELECT count(*) FROM audit.access WHERE case_ref = 'HS-2026-99'")
    assert recorded == 1


def open_reveal(at, purpose, case):
    at.page.locator(".holders .button").first.click()
    at.page.get_by_label("Mục đích", exact=True).select_option(purpose)
    at.page.get_by_label("Số hồ sơ").fill(case)


def test_a_reveal_for_a_purpose_shows_the_name_and_is_on_record(visit, site, accounts):
    at = visit(f"/p/{site.parcel_id('1', '12')}?tab=rights", account=accounts["clerk"])
    at.page.wait_for_selector(".holders > li")
    masked = at.page.locator(".holders b").first.inner_text()
    open_reveal(at, "REGISTRATION", "HS-2026-1234")
    at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector(".revealed")
    shown = at.page.locator(".revealed dd").first.inner_text()
    assert "*" in masked
    assert "*" not in shown
    assert [word[0] for word in shown.split()] == [word[0] for word in masked.split()]
    (recorded,) = site.ask("SELECT count(*) FROM audit.access WHERE case_ref = 'HS-2026-1234'")
    assert recorded == 1


def test_a_reveal_without_purpose_is_not_sent_and_one_that_the_server_refuses_is_told(visit, site, accounts):
    clerk = accounts["clerk of 99001"]
    with psycopg.connect(site.database_url) as conn:
        audit.set_quota(conn, "person", clerk.name, per_hour=0, per_day=0)
    at = visit(f"/p/{site.parcel_id('1', '12')}?tab=rights", account=clerk)
    at.allow(429)
    at.page.wait_for_selector(".holders > li")
    open_reveal(at, "", "HS-2026-77")
    at.page.locator("dialog button[type=submit]").click()
    assert at.page.locator(".revealed, dialog .note.error").count() == 0
    at.page.get_by_label("Mục đích", exact=True).select_option("REGISTRATION")
    at.page.locator("dialog button[type=submit]").click()
    at.page.locator("dialog .note.error", has_text="hết số lượt được phép").wait_for()
    assert at.page.locator(".revealed").count() == 0
    with psycopg.connect(site.database_url) as conn:
        conn.execute("DELETE FROM audit.quota WHERE name = %s", [clerk.name])


def test_a_clerk_is_shown_no_holder_of_another_commune(visit, site, accounts):
    at = visit(f"/p/{site.parcel_id('1', '12', '99002')}?tab=rights", account=accounts["clerk of 99001"])
    at.page.wait_for_selector(".withheld")
    assert at.page.locator(".holders > li").count() == 0


def test_a_session_that_ended_elsewhere_is_told_and_the_page_is_a_guests(visit, site, accounts):
    at = visit("/app/person", account=accounts["clerk"])
    at.allow(401)
    at.page.get_by_label("Số", exact=True).fill("099177200007")
    at.page.get_by_label("Mục đích").fill("chuyển nhượng")
    at.page.get_by_label("Số hồ sơ").fill("HS-2026-98")
    at.page.context.clear_cookies()
    at.page.locator("main button[type=submit]").click()
    at.page.locator(".toast.error", has_text="Phiên làm việc đã hết").wait_for()
    at.page.locator(".sign-in").wait_for()
