"""How long a clerk waits at the page, by the browser's own performance entries.

``python -m benchmarks.page DATABASE_URL`` serves a province (benchmarks.province) and opens the page in Chromium:

- first meaningful map: from the request of the page to the first map with all its tiles drawn, with an empty cache;
- search: from sending a question of the search box to the last byte of its answer, as the browser sees it;
- panning at street zoom: after one walk along a path the same path is walked again. Counted are the frames, the
  time in which the map still waited for a tile, and what the network was asked for.

The browser draws by the processor where there is no graphics card; what it needs of it is in the figures.
"""

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import psycopg
from playwright.sync_api import Browser, Page, Request, sync_playwright

from benchmarks import measure
from benchmarks.province import key_file
from landdb.cli.serving import server_arguments

SWITCHES = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
SIZE = {"width": 1366, "height": 800}
STREET_ZOOM = 17
OPENINGS, SEARCHES, STEPS = 7, 60, 8
#: Pixels of one drag, and its steps: about what a hand does in half a second.
DRAG_PX, DRAG_STEPS = 420, 25
#: Notes how long each frame took, and the time in which a tile in sight was missing.
WATCH = """() => {
  performance.clearResourceTimings();
  const area = document.querySelector(".map-area");
  let last = performance.now();
  window.watched = { frames: [], waited: 0 };
  const step = (now) => {
    window.watched.frames.push(now - last);
    if (area.dataset.loading === "true") window.watched.waited += now - last;
    last = now;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
ANSWERS = """() => performance.getEntriesByType("resource").filter((entry) => entry.name.includes("/search?"))
  .map((entry) => entry.responseEnd - entry.requestStart)"""
LIMITS = {"first_map_ms": 1500.0, "search_ms": 150.0}


def run(url: str) -> dict[str, Any]:
    """Serve the database, measure, print and keep the figures."""
    with psycopg.connect(url) as conn:
        places = _places(conn)
        result: dict[str, Any] = {"machine": measure.machine(conn)}
    with _served(url) as origin, sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        for name, step in (("opening", _opening), ("search", _searching), ("panning", _panning)):
            print(f"measuring: {name}", flush=True)
            result[name] = step(browser, origin, places)
        browser.close()
    result["load_average_after"] = measure.load()
    measure.write("page", result)
    show(result)
    return result


def show(result: dict[str, Any]) -> None:
    """Print the figures beside what is promised."""
    rows = [
        {"what": "first meaningful map", "promised": LIMITS["first_map_ms"], **result["opening"]},
        {"what": "search answer", "promised": LIMITS["search_ms"], **result["search"]},
    ]
    measure.show("The page on a province, ms", rows)
    measure.show("Panning at street zoom, the second walk", [result["panning"]])


def _opening(browser: Browser, origin: str, places: list[dict[str, Any]]) -> dict[str, float]:
    """Give how long the first map takes in new browser profiles, at another place each time; the first is a warm-up."""
    taken = []
    for place in places[: OPENINGS + 1]:
        context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(_address(origin, place))
        page.wait_for_selector(".map-area[data-drawn]", timeout=60_000)
        taken.append(page.evaluate("performance.getEntriesByName('map-drawn')[0].startTime"))
        context.close()
    return _summed(taken[1:])


def _searching(browser: Browser, origin: str, places: list[dict[str, Any]]) -> dict[str, float]:
    """Give how long answers of the search box take, as the browser's resource entries tell."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(origin + "/app")
    for place in places[:SEARCHES]:
        text = f"tờ {place['sheet']} thửa {place['parcel']} {place['commune']}"
        with page.expect_response(lambda answer: "/search?" in answer.url):
            page.locator(".search-input").fill(text)
            page.keyboard.press("Enter")
    entries = page.evaluate(ANSWERS)
    context.close()
    return _summed(entries)


def _panning(browser: Browser, origin: str, places: list[dict[str, Any]]) -> dict[str, float]:
    """Give what the second walk along a path costs."""
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(_address(origin, places[0]))
    page.wait_for_selector(".map-area[data-state=idle]", timeout=60_000)
    _walk(page)
    page.evaluate(WATCH)
    # The map's worker fetches tiles, so that they are not among the page's own resource entries.
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request) if "/tiles/" in request.url else None)
    _walk(page)
    watched, fetched = page.evaluate("window.watched"), [request.sizes()["responseBodySize"] for request in asked]
    context.close()
    return {
        "drags": STEPS,
        "frame_ms": round(statistics.median(watched["frames"]), 1),
        "frame_p95_ms": measure.percentile(watched["frames"], 0.95),
        "waiting_for_tiles_ms": round(watched["waited"], 1),
        "tiles_asked": len(fetched),
        "tiles_bytes": sum(fetched),
    }


def _walk(page: Page) -> None:
    """Drag the map along a path and back to where it began."""
    box = page.locator(".map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for step in range(STEPS):
        sign = 1 if step < STEPS // 2 else -1
        across, along = (sign * DRAG_PX, 0) if step % 2 == 0 else (0, sign * DRAG_PX // 2)
        page.mouse.move(x - across / 2, y - along / 2)
        page.mouse.down()
        page.mouse.move(x + across / 2, y + along / 2, steps=DRAG_STEPS)
        page.mouse.up()
        page.wait_for_selector(".map-area[data-state=idle]", timeout=60_000)


def _address(origin: str, place: dict[str, Any]) -> str:
    return f"{origin}/app#{STREET_ZOOM}/{place['lat']}/{place['lon']}"


def _places(conn: psycopg.Connection) -> list[dict[str, Any]]:
    """Give parcels from all over the province, the same ones each time."""
    bounds = conn.execute("SELECT min(parcel_id), max(parcel_id) FROM cadastre.parcel").fetchone()
    assert bounds is not None
    chosen = random.Random(2026).sample(range(bounds[0], bounds[1]), 4 * SEARCHES)
    rows = conn.execute(
        "SELECT s.sheet_no, p.parcel_no, c.kind || ' ' || c.name, ST_X(ST_Centroid(p.geom_4326)),"
        " ST_Y(ST_Centroid(p.geom_4326)) FROM cadastre.parcel AS p JOIN cadastre.sheet AS s USING (sheet_id)"
        " JOIN admin.commune AS c ON s.commune_id = c.commune_id"
        " WHERE p.parcel_id = ANY(%s) AND p.geom_4326 IS NOT NULL ORDER BY array_position(%s, p.parcel_id)",
        (chosen, chosen),
    ).fetchall()
    return [
        {"sheet": sheet, "parcel": parcel, "commune": commune, "lon": round(lon, 6), "lat": round(lat, 6)}
        for sheet, parcel, commune, lon, lat in rows
    ]


@contextmanager
def _served(url: str) -> Iterator[str]:
    """Give the address of a server over the database, as `landdb serve` starts it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
    known = {**os.environ, "LANDDB_DATABASE_URL": url, "LANDDB_KEY_FILE": str(key_file())}
    origin = f"http://127.0.0.1:{port}"
    measure.DATA.mkdir(exist_ok=True)
    with (measure.DATA / "server.log").open("w") as log:
        server = subprocess.Popen([sys.executable, *server_arguments("127.0.0.1", port)], env=known, stderr=log)
        try:
            _wait(f"{origin}/readyz")
            yield origin
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urlopen(url).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server does not answer: see benchmarks/data/server.log")


def _summed(taken: list[float]) -> dict[str, float]:
    return {
        "median": measure.median(taken),
        "p95": measure.percentile(taken, 0.95),
        "worst": round(max(taken), 1),
        "times": len(taken),
    }


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    run(parser.parse_args().database_url)


if __name__ == "__main__":
    main()
