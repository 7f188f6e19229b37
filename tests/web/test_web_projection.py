"""Coordinates on the page are those of the server: every zone, both ways, to a tenth of a millimetre."""

import json
import subprocess

import numpy as np
import pytest
from web_paths import NODE, WEB

from landdb.domain.crs import ZONES, from_wgs84, to_wgs84

BUNDLE = """
import { build } from "esbuild";
const options = { entryPoints: ["src/geo/vn2000.ts"], bundle: true, format: "esm", write: false };
options.loader = { ".csv": "text" };
options.define = { localStorage: "undefined" };
const { outputFiles } = await build(options);
const page = await import("data:text/javascript;base64," + Buffer.from(outputFiles[0].text).toString("base64"));
const asked = JSON.parse(await new Promise((resolve) => {
  let text = "";
  process.stdin.on("data", (part) => { text += part; }).on("end", () => resolve(text));
}));
const answer = asked.map(({ srid, points }) => {
  const zone = page.zoneOf(srid);
  const metres = points.map((point) => page.toZone(zone, point));
  return { metres, degrees: metres.map((point) => page.fromZone(zone, point)) };
});
process.stdout.write(JSON.stringify(answer));
"""


@pytest.fixture(scope="module")
def zones() -> list[tuple[int, np.ndarray]]:
    """Give each zone with points up to two degrees from its meridian, all over Vietnam's latitudes."""
    random = np.random.default_rng(2000)
    asked = [(srid, zone.central_meridian) for srid, zone in ZONES.items()] + [(3405, 105.0), (3406, 111.0)]
    return [
        (srid, np.column_stack([meridian + random.uniform(-2, 2, 60), random.uniform(8, 24, 60)]))
        for srid, meridian in asked
    ]


def test_the_page_converts_as_the_server_does(zones):
    asked = json.dumps([{"srid": srid, "points": points.tolist()} for srid, points in zones])
    ran = subprocess.run(
        [NODE, "--input-type=module", "-e", BUNDLE], cwd=WEB, input=asked, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    for (srid, points), told in zip(zones, json.loads(ran.stdout), strict=True):
        easting, northing = from_wgs84(srid)(points[:, 0], points[:, 1])
        metres = np.array(told["metres"])
        assert np.abs(metres - np.column_stack([easting, northing])).max() < 1e-4
        lon, lat = to_wgs84(srid)(metres[:, 0], metres[:, 1])
        assert np.abs(np.array(told["degrees"]) - np.column_stack([lon, lat])).max() < 1e-9
