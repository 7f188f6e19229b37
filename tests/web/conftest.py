"""The page in a real Chromium, on the real server, over the two sample communes as `landdb demo` leaves them.

site      session  the server's address and its database; the communes are imported and checked once
browser   package  Debian's Chromium; its loop would be in the way of other tests
accounts  session  people who can sign in
visit     test     opens the page as a guest or signed in, on a phone or a desktop, light or dark. When the test ends,
                   what every visit must keep is asserted: no console error, nothing asked of another server
"""

import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import factories
import pytest
from chrome import NO_WEBGL, SIZES, Device, Theme, Visit, launched
from playwright.sync_api import Browser
from web_paths import DIST
from web_site import Account, Site, serving


@pytest.fixture(scope="session")
def manifest() -> dict[str, str]:
    assert DIST.is_dir(), "the page is not built: run `make page`"
    listed: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return listed


@pytest.fixture(scope="session")
def site(server, template_database: str) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="landdb-page-") as folder:
        # Readers of deliveries run as another user when root runs the tests.
        Path(folder).chmod(0o711) if os.geteuid() == 0 else None
        with factories.database(server, template_database) as url, serving(url, Path(folder)) as served:
            yield served


@pytest.fixture(scope="session")
def accounts(site: Site) -> dict[str, Account]:
    """Give invented accounts by name: each begins with its role."""
    made = {}
    for name, communes in {"clerk": "99001 99002", "clerk of 99001": "99001", "analyst": ""}.items():
        account = Account(f"page-{name.replace(' ', '-')}", secrets.token_urlsafe(12))
        only = [word for code in communes.split() for word in ("--commune", code)]
        site.run("account", "add", account.name, "--role", name.split()[0], *only, typed=account.password)
        made[name] = account
    return made


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with launched() as opened:
        yield opened


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Visit]]:
    visits: list[Visit] = []

    def opened(
        path: str = "/app?commune=99001",
        *,
        device: Device = "desktop",
        theme: Theme = "light",
        account: Account | None = None,
        has_webgl: bool = True,
        refusals: tuple[int, ...] = (),
    ) -> Visit:
        width, height = SIZES[device]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, has_touch=device == "phone", locale="vi-VN"
        )
        if account:
            sent = {"account": account.name, "password": account.password}
            told = context.request.post(f"{site.origin}/session", data=sent, headers={"X-Landdb-Csrf": "1"})
            assert told.ok, told.text()
        if not has_webgl:
            context.add_init_script(NO_WEBGL)
        one = Visit(site, context.new_page())
        one.allow(*refusals)
        one.watch()
        visits.append(one)
        one.go(path)
        return one

    yield opened
    for one in visits:
        one.page.context.close()
        assert one.complaints == []
        assert one.foreign == []
