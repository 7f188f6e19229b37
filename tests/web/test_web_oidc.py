"""People of an identity provider at the page: there and back across two sites, and out again."""

from dataclasses import replace

import pytest
from chrome import NO_WEBGL, Visit
from oidc_provider import providing
from web_site import free_port, running

pytestmark = [pytest.mark.db, pytest.mark.web]


@pytest.fixture(scope="module")
def provider():
    with providing() as made:
        made.people = {"clerk": {"sub": "5d1f0c3e"}}
        yield made


@pytest.fixture(scope="module")
def linked(site, provider, tmp_path_factory):
    """Give the site as a second server serves it, which knows the provider; it is not running yet."""
    file = provider.settings_file(tmp_path_factory.mktemp("oidc"))
    environment = {**site.environment, "LANDDB_OIDC_ISSUERS": str(file)}
    return replace(site, origin=f"http://127.0.0.1:{free_port()}", environment=environment)


def sign_in_there(at):
    at.page.locator(".sign-in").click()
    at.page.get_by_role("link", name="Tài khoản tỉnh Thử").click()
    at.page.get_by_label("Name").fill("clerk")
    at.page.get_by_role("button", name="Sign in").click()


def test_a_clerk_of_the_provider_is_let_in_stays_and_leaves_both(linked, provider, browser):
    context = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 800})
    context.add_init_script(NO_WEBGL)  # who is let in has nothing to do with the map
    at = Visit(linked, context.new_page())
    at.watch()
    with running(linked):
        at.go("/app?commune=99001")
        sign_in_there(at)
        at.page.wait_for_url(f"{linked.origin}/app*")
        at.page.locator("dialog .command").wait_for()
        assert at.faults() == []
        command = at.page.locator("dialog .command").inner_text()
        assert "5d1f0c3e" not in at.page.url
        linked.run(*command.removeprefix("landdb ").replace("--role …", "--role clerk --actor an").split())
        at.page.get_by_role("button", name="Đóng").click()
        at.go(f"/p/{linked.parcel_id('1', '12')}?tab=rights")
        sign_in_there(at)
        at.page.wait_for_selector(".holders > li")
        assert at.page.url.startswith(f"{linked.origin}/p/{linked.parcel_id('1', '12')}?tab=rights")
        assert "code=" not in at.page.url
        at.page.reload()
        at.page.wait_for_selector(".holders > li")
        kept = at.page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
        assert kept.startswith('["",')
        assert "5d1f0c3e" not in kept
        at.page.wait_for_load_state("networkidle")  # what is asked of a stopped server is a fault, though not ours
    with running(linked):
        at.page.reload()
        at.page.wait_for_selector(".holders > li")
        at.page.locator(".account summary").click()
        at.page.locator(".about strong", has_text="an").wait_for()
        with at.page.expect_request(f"{provider.issuer}/end?*"):
            at.page.locator(".about .button").click()
        at.page.wait_for_url(f"{linked.origin}/app")
        at.page.locator(".sign-in").wait_for()
    context.close()
    assert [line for line in at.complaints if provider.issuer not in line] == []
    assert [url for url in at.foreign if not url.startswith(provider.issuer)] == []
