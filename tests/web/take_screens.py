"""Takes the pictures in docs/screens: `make screens`. Every screen, on a desk and a phone, in light and dark.

Named like no test, so that `make test` leaves it alone; its fixtures are those of the tests.
"""

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from chrome import Visit
from PIL import Image
from web_paths import ROOT
from web_site import Site

FOLDER = ROOT / "docs" / "screens"
#: What pages that link to a picture can bear.
MOST_BYTES = 150 * 1024
COLOURS = 256
LOOKS = list(itertools.product(("desktop", "phone"), ("light", "dark")))


def results(at: Visit) -> None:
    at.search("tờ 1")
    at.page.wait_for_selector(".hits [data-hit]")


def question(at: Visit) -> None:
    at.search("1/12")
    at.page.wait_for_selector(".question")


def suggestions(at: Visit) -> None:
    at.page.keyboard.press("/")
    at.page.keyboard.type("tờ 1 thửa 1")
    at.page.wait_for_selector(".search-field .suggestions:not([hidden])")


def signing_in(at: Visit) -> None:
    at.page.locator(".sign-in").click()


def advanced(at: Visit) -> None:
    at.page.locator(".advanced").click()


def revealing(at: Visit) -> None:
    at.page.locator(".holders .button").first.click()
    at.page.wait_for_selector("dialog form")
    at.page.get_by_label("Mục đích", exact=True).select_option("REGISTRATION")
    at.page.get_by_label("Số hồ sơ").fill("HS-2026-118")
    at.page.locator("dialog button[type=submit]").click()
    at.page.wait_for_selector(".revealed, dialog .note.error")


def measuring(at: Visit) -> None:
    box = at.page.locator(".map").bounding_box()
    assert box is not None
    at.page.keyboard.press("m")
    for part_x, part_y in ((0.3, 0.15), (0.62, 0.2), (0.55, 0.4)):
        at.page.mouse.click(box["x"] + box["width"] * part_x, box["y"] + box["height"] * part_y)


def splitting(at: Visit) -> None:
    at.page.wait_for_selector(".change-screen form")
    at.page.get_by_label("Theo tỷ lệ").check()
    at.page.get_by_label("Tỷ lệ", exact=True).fill("1:2")
    at.page.wait_for_selector(".outcome tbody tr:has-text('Sau')")


def nothing(_: Visit) -> None:
    """Leave the screen as it opens."""


def few_colours(png: bytes) -> bytes:
    """Give a picture in as many colours as a map with its page needs: a third of the bytes."""
    kept = io.BytesIO()
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    # Octree: rare colours stay what they are, such as the red of an error.
    whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


#: name: path (with names of parcels), account or guest, steps
SCREENS: dict[str, tuple[str, str | None, Callable[[Visit], None]]] = {
    "search": ("/app?commune=99001", None, nothing),
    "suggestions": ("/app?commune=99001", None, suggestions),
    "results": ("/app?commune=99001", None, results),
    "question": ("/app", None, question),
    "advanced": ("/app?commune=99001", None, advanced),
    "sign-in": ("/app?commune=99001", None, signing_in),
    "parcel": ("/p/{parcel}?commune=99001", None, nothing),
    "rights": ("/p/{parcel}?commune=99001&tab=rights", "clerk", nothing),
    "reveal": ("/p/{parcel}?commune=99001&tab=rights", "clerk", revealing),
    "history": ("/p/{child}?commune=99001&tab=history", "clerk", nothing),
    "ended": ("/p/{ended}?commune=99001", None, nothing),
    "findings-of-parcel": ("/p/{faulty}?commune=99001&tab=findings", None, nothing),
    "corners": ("/p/{parcel}?commune=99001&tab=corners", None, nothing),
    "measure": ("/p/{parcel}?commune=99001", None, measuring),
    "change": ("/app/change?commune=99001&of={parcel}", "clerk", splitting),
    "check": ("/app/check", None, nothing),
    "person": ("/app/person?commune=99001", "clerk", nothing),
}


@pytest.fixture(scope="module")
def keys(site: Site) -> dict[str, int]:
    """Give the keys that paths name, after a split that gives one parcel a history."""
    ended = site.parcel_id("1", "14")
    cut = ("--edge", "1", "--ratio", "1:2", "--document", "DECISION:QĐ 12/2026")
    site.run("register", "split", "99001", "1", "14", *cut)
    (child,) = site.ask("SELECT child_id FROM cadastre.parcel_lineage WHERE parent_id = %s ORDER BY child_id", ended)
    (faulty,) = site.ask("SELECT parcel_id FROM quality.finding WHERE rule_id = 'COV001' ORDER BY area_m2 DESC LIMIT 1")
    return {"parcel": site.parcel_id("1", "12"), "child": int(str(child)), "ended": ended, "faulty": int(str(faulty))}


@pytest.mark.parametrize(("device", "theme"), LOOKS)
@pytest.mark.parametrize("name", SCREENS)
def test_take(visit, keys, accounts, name, device, theme):
    path, role, steps = SCREENS[name]
    account = accounts[role] if role else None
    # An ended parcel is told by 404, and its history is shown instead.
    at = visit(path.format(**keys), device=device, theme=theme, account=account, refusals=(404,))
    if "/p/" in path:
        at.page.wait_for_selector(".panel h2")
    at.page.wait_for_selector(".waiting", state="detached")
    steps(at)
    at.settle()
    picture: Path = FOLDER / f"{name}-{device}-{theme}.png"
    FOLDER.mkdir(exist_ok=True)
    picture.write_bytes(few_colours(at.page.screenshot(scale="css", animations="disabled", caret="hide")))
    assert picture.stat().st_size <= MOST_BYTES
