"""Tiles over HTTP: the standard's paths, cheap repeats, and no person in any of them."""

import gzip

import factories
import psycopg
import pytest
import worlds
from tile_reading import read_tile

from landdb.cartography.rendering import render_due
from landdb.domain.tile_grid import tile_at
from landdb.domain.tile_layers import COLLECTIONS

pytestmark = [pytest.mark.db, pytest.mark.anyio]


@pytest.fixture(scope="module", autouse=True)
def rendered(api_world):
    with psycopg.connect(api_world.url, autocommit=True) as conn:
        render_due(conn)


@pytest.fixture
def tile(api_world):
    return tile_at(*factories.lonlat(api_world.sheet, *factories.middle(api_world.sheet, 1)), 17)


def path(tile, collection: str | None = None) -> str:
    base = f"/collections/{collection}" if collection else ""
    return f"{base}/tiles/WebMercatorQuad/{tile.z}/{tile.y}/{tile.x}"


async def test_a_tile_has_all_layers_and_one_of_a_collection_only_its_own(client, api_world, tile) -> None:
    everything = await client.get(path(tile))
    assert everything.status_code == 200
    assert everything.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    shown = read_tile(everything.content)
    assert {"parcels", "parcel-labels", "sheets", "communes"} <= set(shown) | {"sheets", "communes"}
    assert api_world.couple in {one.id for one in shown["parcels"]}
    alone = read_tile((await client.get(path(tile, "parcels"))).content)
    assert set(alone) == {"parcels", "parcel-labels"}
    assert alone["parcels"] == shown["parcels"]
    some = await client.get(path(tile), params={"collections": "findings,parcels"})
    assert set(read_tile(some.content)) <= {"parcels", "parcel-labels", "findings", "finding-shapes"}


async def test_who_has_the_tile_already_gets_304_and_no_body(client, tile) -> None:
    first = await client.get(path(tile))
    again = await client.get(path(tile), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await client.get(path(tile), headers={"If-None-Match": '"other", W/"another"'})
    assert other.status_code == 200
    assert other.content == first.content
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"


async def test_a_client_without_gzip_gets_the_same_bytes(client, tile) -> None:
    packed = await client.get(path(tile), headers={"Accept-Encoding": "gzip"})
    plain = await client.get(path(tile), headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


async def test_empty_ground_is_204_and_ground_outside_the_grid_404(client) -> None:
    assert (await client.get("/tiles/WebMercatorQuad/20/0/0")).status_code == 204
    assert (await client.get("/tiles/WebMercatorQuad/3/8/0")).status_code == 404
    assert (await client.get("/tiles/WebMercatorQuad/21/0/0")).status_code == 400
    assert (await client.get("/collections/persons/tiles")).status_code == 400
    unknown = await client.get("/tiles/WebMercatorQuad/3/1/1", params={"collections": "persons"})
    assert unknown.status_code == 400
    assert unknown.json()["faults"][0]["field"] == "query.collections"


@pytest.mark.parametrize("collection", [None, *COLLECTIONS])
async def test_a_tileset_tells_its_layers_and_where_its_tiles_are(client, collection, tile) -> None:
    base = f"/collections/{collection}/tiles" if collection else "/tiles"
    listed = (await client.get(base)).json()["tilesets"]
    (itself,) = (link["href"] for link in listed[0]["links"] if link["rel"] == "self")
    told = (await client.get(itself)).json()
    assert told["dataType"] == "vector"
    assert told["tileMatrixSetURI"].endswith("/WebMercatorQuad")
    (item,) = (link["href"] for link in told["links"] if link["rel"] == "item")
    address = item.replace("{tileMatrix}", "17").replace("{tileRow}", str(tile.y)).replace("{tileCol}", str(tile.x))
    answered = await client.get(address)
    assert answered.status_code in (200, 204)
    assert set(read_tile(answered.content)) <= {layer["id"] for layer in told["layers"]}
    for layer in told["layers"]:
        for feature in read_tile(answered.content).get(layer["id"], []):
            assert set(feature.properties) <= set(layer["propertiesSchema"]["properties"])
    (json_link,) = (link["href"] for link in told["links"] if link["rel"] == "describedby")
    tilejson = (await client.get(json_link)).json()
    assert [layer["id"] for layer in tilejson["vector_layers"]] == [layer["id"] for layer in told["layers"]]
    assert tilejson["maxzoom"] == 20
    west, south, east, north = tilejson["bounds"]
    assert west < east
    assert south < north


async def test_the_grid_is_that_of_the_standard(client) -> None:
    (listed,) = (await client.get("/tileMatrixSets")).json()["tileMatrixSets"]
    grid = (await client.get(listed["links"][0]["href"])).json()
    assert grid["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.028717)  # 17-083r4, D.1
    assert grid["tileMatrices"][14]["matrixWidth"] == 16384


async def test_no_tile_holds_a_person(client, api_world, tile) -> None:
    secrets = [*worlds.SECRET_NAMES, *worlds.SECRET_NUMBERS, worlds.ORGANISATION, worlds.ORG_NO, "AB 12345678"]
    x, y = tile.x, tile.y
    for z in range(17, -1, -1):
        body = (await client.get(f"/tiles/WebMercatorQuad/{z}/{y}/{x}")).content
        assert not any(secret.encode() in body for secret in secrets)
        x, y = x // 2, y // 2
    with psycopg.connect(api_world.url) as conn:
        for (kept,) in conn.execute("SELECT body FROM serving.tile"):
            assert not any(secret.encode() in gzip.decompress(kept) for secret in secrets)


async def test_a_token_makes_no_difference(client, issue, tile) -> None:
    public = await client.get(path(tile))
    staff = await client.get(path(tile), headers=issue("clerk"))
    assert staff.content == public.content
    assert staff.headers["etag"] == public.headers["etag"]
