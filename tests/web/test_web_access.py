"""Who sits at the page decides what it shows; names stay masked until somebody says why they must be read."""

import pytest

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
    assert at.page.locator(".rail").is_hidden()


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
    at.page.wait_for_selector(".rail:not([hidden])")
    at.page.locator(".account summary").click()
    at.page.locator(".about .button").click()
    at.page.wait_for_selector(".sign-in")
    at.page.reload()
    at.page.wait_for_selector(".sign-in")


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
