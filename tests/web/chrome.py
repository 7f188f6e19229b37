"""Debian's Chromium, and one visit to the page with what every visit must keep."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from web_paths import AXE
from web_site import Site

#: Drawing by the processor: machines that test have no graphics card. Root has no sandbox of Chromium's.
SWITCHES = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
SIZES = {"desktop": (1366, 800), "phone": (360, 740)}
Device = Literal["desktop", "phone"]
Theme = Literal["light", "dark"]
#: Refusals that a test provokes on purpose: the browser writes a line about each.
FORESEEN = "Failed to load resource: the server responded with a status of"


@contextmanager
def launched() -> Iterator[Browser]:
    """Give the browser until the end."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "chromium is missing: run ./bootstrap.sh dev"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield browser
        browser.close()


#: What a PC answers whose graphics card or driver is too old.
NO_WEBGL = """const given = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl2" ? null : given.call(this, kind, ...more);
};"""


@dataclass
class Visit:
    """One person at the page."""

    site: Site
    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)

    def watch(self) -> None:
        """Note every console error, every fault and every request to somebody else."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def go(self, path: str) -> None:
        """Open an address and wait for the map to be at rest."""
        self.page.goto(self.site.origin + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the map has drawn all that it wants to draw."""
        self.page.wait_for_selector(".map-area[data-state=idle], .without-map", state="attached", timeout=30_000)

    def search(self, text: str) -> None:
        """Type into the search box and press Enter."""
        self.page.keyboard.press("/")
        self.page.locator(".search-input").fill(text)
        self.page.keyboard.press("Enter")

    def title(self) -> str:
        """Give the heading of the panel, once a parcel is open."""
        return self.page.locator(".panel h2").inner_text()

    def faults(self) -> list[dict[str, Any]]:
        """Give what axe-core finds against WCAG 2.2 AA on the page as it is now."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        told = self.page.evaluate(
            "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice']})).violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html)}))"
        )
        return list(told)

    def allow(self, *statuses: int) -> None:
        """Say that the server may refuse with these in this test."""
        self.refusals.update(statuses)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(message.text.startswith(f"{FORESEEN} {status}") for status in self.refusals):
            return
        self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.site.origin + "/", "data:", "blob:" + self.site.origin)):
            self.foreign.append(request.url)
