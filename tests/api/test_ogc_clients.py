"""GDAL's OAPIF driver, which no one here wrote: it lists, pages, filters on the server and reads native coordinates.

It runs in a process of its own: it holds Python's lock while it waits for the server.
"""

import json
import subprocess
import sys
from hashlib import sha256
from typing import Any

import factories
import psycopg
import pytest

pytestmark = [pytest.mark.db, pytest.mark.timeout(120)]

READ = """
import json, sys, pyogrio
told = json.loads(sys.argv[1])
source = told.pop("source")
if "bbox" in told:
    told["bbox"] = tuple(told["bbox"])
if told.pop("lists"):
    print(json.dumps([name for name, _ in pyogrio.list_layers(source)]))
else:
    info, fids, shapes, _ = pyogrio.raw.read(source, return_fids=True, **told)
    fields = list(info["fields"])
    print(json.dumps({"crs": info["crs"], "fields": fields, "fids": fids.tolist(), "shapes": len(shapes)}))
"""


def gdal(address: str, *, lists: bool = False, **told: Any) -> Any:
    """Give what GDAL reads of a layer, or the layers that it lists."""
    asked = json.dumps({"source": f"OAPIF:{address}", "lists": lists, **told})
    read = subprocess.run([sys.executable, "-c", READ, asked], capture_output=True, text=True, timeout=60)
    assert read.returncode == 0, read.stderr
    return json.loads(read.stdout)


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Give the queries for items that reach the server during the test."""
    from api.ogc import routes

    queries: list[str] = []
    parse = routes.parse_items

    def noted(request, *rest):
        queries.append(request.url.query)
        return parse(request, *rest)

    monkeypatch.setattr(routes, "parse_items", noted)
    return queries


def stored_ids(url: str, condition: str = "true") -> list[int]:
    with psycopg.connect(url) as conn:
        return [key for (key,) in conn.execute(f"SELECT parcel_id FROM cadastre.parcel WHERE {condition} ORDER BY 1")]


def digest(ids: list[int]) -> str:
    return sha256(json.dumps(sorted(ids)).encode()).hexdigest()


def test_gdal_lists_the_collections(ogc_address):
    layers = ["parcels", "sheets", "communes", "land-objects", "certificate-extents", "findings"]
    assert gdal(ogc_address, lists=True) == layers


def test_gdal_reads_every_parcel_page_by_page(ogc_address, ogc_world, asked):
    told = gdal(ogc_address, layer="parcels", PAGE_SIZE="4")
    assert digest(told["fids"]) == digest(stored_ids(ogc_world.url))
    assert sum("cursor=" in query for query in asked) >= 6


def test_gdal_sends_attribute_filters_to_the_server(ogc_address, ogc_world, asked):
    told = gdal(ogc_address, layer="parcels", where="commune_code = '07954' AND parcel_no = '5'")
    assert told["fids"] == [ogc_world.parcels[4]]
    assert any("commune_code" in query and "parcel_no" in query for query in asked)


def test_gdal_sends_boxes_to_the_server(ogc_address, ogc_world, asked):
    # GDAL opens the layer in the system that it is stored in, so its box is in metres.
    box = factories.square(ogc_world.sheet, 2).bounds
    told = gdal(ogc_address, layer="parcels", bbox=box)
    meets = f"ST_SRID(geom) = 9208 AND ST_Intersects(geom, ST_MakeEnvelope({', '.join(map(str, box))}, 9208))"
    assert told["fids"] == stored_ids(ogc_world.url, meets) != []
    assert any("bbox" in query for query in asked)


def test_gdal_reads_the_zone_that_the_sheets_are_drawn_in(ogc_address):
    assert gdal(ogc_address, layer="parcels", CRS="EPSG:9208")["crs"] == "EPSG:9208"


@pytest.mark.parametrize("layer", ["sheets", "communes", "land-objects", "certificate-extents", "findings"])
def test_gdal_reads_the_other_collections(ogc_address, layer):
    told = gdal(ogc_address, layer=layer)
    assert told["shapes"] > 0
    assert len(told["fields"]) > 3
