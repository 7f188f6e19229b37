"""Tiles: what they show, that the same ground gives the same bytes, and that a kept tile holds as long as it may."""

import asyncio
import gzip
import os

import factories
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool
from tile_reading import read_tile
from worlds import VIET_TRI

from landdb.cartography import tiles as desk
from landdb.cartography.rendering import render_due
from landdb.domain.tile_grid import Tile, tile_at
from landdb.store import rendering, tiles

pytestmark = pytest.mark.db

ROUNDS = int(os.environ.get("LANDDB_TILE_EDITS", "12"))


class Town:
    """A database with one sheet of parcels, and its tiles as the API gives them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.conn = psycopg.connect(url, autocommit=True)
        batch = factories.add_batch(self.conn)
        self.batch = batch
        self.sheet = factories.add_sheet(self.conn, "12", batch=batch)
        self.parcels = [factories.add_parcel(self.conn, self.sheet, str(n), place=n, batch=batch) for n in range(8)]

    def at(self, place: int, z: int) -> Tile:
        return tile_at(*factories.lonlat(self.sheet, *factories.middle(self.sheet, place)), z)

    def ask(self, *wanted: Tile, collections=("parcels",)) -> dict[Tile, tiles.KeptTile]:
        async def asked() -> dict[Tile, tiles.KeptTile]:
            reading = {"autocommit": True, "options": "-c default_transaction_read_only=on"}
            drawing = {"autocommit": True, "options": tiles.DRAWING}
            async with (
                AsyncConnectionPool(self.url, min_size=1, max_size=2, kwargs=reading) as finding,
                AsyncConnectionPool(self.url, min_size=1, max_size=2, kwargs=drawing) as drawn,
            ):
                giving = desk.TileDesk(finding, drawn)
                return {tile: await giving.get_tile(tile, collections) for tile in wanted}

        return asyncio.run(asked())

    def fresh(self, *wanted: Tile, collections=("parcels",)) -> dict[Tile, bytes]:
        async def drawn() -> dict[Tile, bytes]:
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as conn:
                return {tile: (await desk.draw(conn, tile, collections))[0].body for tile in wanted}

        return asyncio.run(drawn())

    def kept(self) -> int:
        return factories.one(self.conn, "SELECT count(*) FROM serving.tile")


def layers(kept: tiles.KeptTile):
    return read_tile(gzip.decompress(kept.body)) if kept.body else {}


@pytest.fixture
def town(fresh_database):
    made = Town(fresh_database)
    yield made
    made.conn.close()


def test_a_tile_shows_parcels_with_their_numbers_where_they_lie(town) -> None:
    tile = town.at(3, 18)
    shown = layers(town.ask(tile)[tile])
    ids = {feature.id for feature in shown["parcels"]}
    assert town.parcels[3] in ids
    (label,) = (one for one in shown["parcel-labels"] if one.id == town.parcels[3])
    assert label.properties == {"sheet": "12", "no": "3", "area": 400}
    ((point,),) = label.parts
    (square,) = (one for one in shown["parcels"] if one.id == town.parcels[3])
    assert shapely.Polygon(square.parts[0]).contains(shapely.Point(point))


def test_outer_rings_run_as_the_specification_wants(town) -> None:
    tile = town.at(3, 17)
    for feature in layers(town.ask(tile)[tile])["parcels"]:
        ring = shapely.LinearRing(feature.parts[0])
        assert shapely.is_ccw(ring), "clockwise on the screen, whose y runs down"


@pytest.mark.parametrize("z", [14, 16, 18, 20])
def test_rendered_or_not_a_tile_has_the_same_bytes(town, z) -> None:
    tile = town.at(3, z)
    live = town.fresh(tile)
    render_due(town.conn)
    assert town.fresh(tile) == live
    assert live[tile]


def test_a_change_shows_at_once_before_it_is_rendered(town) -> None:
    old, new = town.at(3, 18), town.at(300, 18)
    render_due(town.conn)
    before = town.ask(old, new)
    factories.redraw(town.conn, town.parcels[3], town.sheet, factories.square(town.sheet, 300))
    after = town.ask(old, new)
    assert town.parcels[3] in {feature.id for feature in layers(before[old])["parcels"]}
    assert town.parcels[3] not in {feature.id for feature in layers(after[old])["parcels"]}
    assert {feature.id for feature in layers(after[new])["parcels"]} == {town.parcels[3]}
    render_due(town.conn)
    assert town.fresh(new)[new] == gzip.decompress(after[new].body)


def test_a_tile_is_kept_and_an_edit_far_away_leaves_it_alone(town) -> None:
    # The seventh square lies 140 m from the first, which is a tile's width at zoom 18: some grids put both into one.
    near, far = town.at(0, 20), town.at(300, 18)
    render_due(town.conn)
    town.ask(near, far)
    town.conn.execute("UPDATE serving.tile SET etag = 'as kept'")
    factories.redraw(town.conn, town.parcels[7], town.sheet, factories.square(town.sheet, 300))
    again = town.ask(near, far)
    assert again[near].etag == "as kept"
    assert again[far].etag != "as kept"


def test_a_tile_drawn_before_a_change_and_kept_after_it_is_found_out(town) -> None:
    tile = town.at(3, 18)
    (drawing,) = _drawn(town, tile)
    factories.redraw(town.conn, town.parcels[3], town.sheet, factories.square(town.sheet, 300))

    async def keep_late() -> None:
        async with await psycopg.AsyncConnection.connect(town.url, autocommit=True) as conn:
            late = tiles.KeptTile("old", gzip.compress(drawing.body), 0)
            await tiles.keep_tile(conn, tile, ("parcels",), drawing, late)

    asyncio.run(keep_late())
    assert town.ask(tile)[tile].etag != "old"


def test_a_change_that_is_not_committed_yet_outdates_nothing_and_then_does(town) -> None:
    tile = town.at(3, 18)
    render_due(town.conn)
    with psycopg.connect(town.url) as changing:
        factories.redraw(changing, town.parcels[3], town.sheet, factories.square(town.sheet, 300))
        before = town.ask(tile)[tile]
        assert town.parcels[3] in {feature.id for feature in layers(before)["parcels"]}
        assert town.ask(tile)[tile] == before
        changing.commit()
    assert town.parcels[3] not in {feature.id for feature in layers(town.ask(tile)[tile])["parcels"]}


def test_sweeping_forgets_changes_and_the_tiles_that_they_outdated(town) -> None:
    old, other = town.at(3, 18), town.at(300, 18)
    render_due(town.conn)
    factories.redraw(town.conn, town.parcels[7], town.sheet, factories.square(town.sheet, 300))
    render_due(town.conn)
    before = town.ask(old, other)
    factories.redraw(town.conn, town.parcels[3], town.sheet, factories.square(town.sheet, 4))
    render_due(town.conn)
    town.conn.execute("UPDATE serving.touched SET noted_at = now() - interval '1 hour'")
    tiles.sweep_tiles(town.conn, most_bytes=2**30)
    assert factories.one(town.conn, "SELECT count(*) FROM serving.touched") == 0
    assert town.kept() == 1
    after = town.ask(old, other)
    assert after[other] == before[other]
    assert after[old] != before[old]


def test_beyond_the_limit_the_tiles_of_large_zooms_go_first(town) -> None:
    render_due(town.conn)
    town.ask(*(town.at(3, z) for z in (14, 16, 18, 20)))
    assert town.kept() == 4
    kept_bytes = factories.one(town.conn, "SELECT sum(length(body) + 200) FROM serving.tile WHERE z < 20")
    tiles.sweep_tiles(town.conn, most_bytes=int(kept_bytes))
    assert town.conn.execute("SELECT z FROM serving.tile ORDER BY z").fetchall() == [(14,), (16,), (18,)]


def test_nothing_is_kept_of_empty_ground(town) -> None:
    tile = tile_at(0, 0, 20)
    assert town.ask(tile)[tile].body == b""
    assert town.kept() == 0


def test_a_tile_too_large_leaves_out_the_smallest_parcels_and_says_how_many(town, monkeypatch) -> None:
    small = factories.square(town.sheet, 0, side=2.0)
    factories.redraw(town.conn, town.parcels[0], town.sheet, small)
    render_due(town.conn)
    tile = town.at(3, 14)
    whole = town.fresh(tile)[tile]
    monkeypatch.setattr(desk, "MOST_BYTES", len(whole) - 1)
    kept = town.ask(tile)[tile]
    assert kept.omitted == 1
    assert {one.id for one in layers(kept)["parcels"]} == set(town.parcels[1:])


def test_small_zooms_show_ground_by_land_use_with_counts_instead_of_dust(town) -> None:
    town.conn.execute("UPDATE cadastre.parcel SET land_use_codes = '{LUC}'")
    render_due(town.conn)
    tile = town.at(3, 13)
    shown = layers(town.ask(tile)[tile])
    assert [one.properties for one in shown["parcels"]] == [{"use": "LUA", "parcels": 8}]
    commune = layers(town.ask(tile, collections=("communes",))[tile])
    (counted,) = commune["communes"]
    assert counted.properties["parcels"] == 8
    assert counted.properties["errors"] == 0


def test_findings_are_shown_but_those_about_persons_are_not(town) -> None:
    for rule in ("GEO004", "TEN001", "PER001"):
        factories.add_finding(town.conn, factories.PHONG_CHAU, rule, parcel=town.parcels[3], other=town.parcels[4])
    town.conn.execute(
        "UPDATE quality.finding AS f SET point_4326 = ST_PointOnSurface(p.geom_4326), geom = p.geom"
        " FROM cadastre.parcel AS p WHERE p.parcel_id = f.parcel_id"
    )
    tile = town.at(3, 17)
    shown = layers(town.ask(tile, collections=("findings",))[tile])
    assert {one.properties["rule"] for one in shown["findings"]} == {"GEO004"}
    assert {one.properties["rule"] for one in shown["finding-shapes"]} == {"GEO004"}
    town.conn.execute("UPDATE quality.finding SET state = 'fixed', fixed_at = now()")
    assert layers(town.ask(tile, collections=("findings",))[tile]) == {}


EDIT = st.tuples(
    st.sampled_from(["move", "grow", "end", "enter", "render", "sweep", "relabel"]),
    st.integers(0, 7),
    st.integers(0, 40),
)


@settings(max_examples=ROUNDS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_after_any_edits_every_kept_tile_is_what_a_fresh_one_would_be(town, edits) -> None:
    watched = {town.at(place, z) for place in (0, 20, 40) for z in (14, 16, 17, 19)}
    before = town.ask(*watched)
    for edit in edits:
        _carry_out(town, *edit)
        given_now, drawn = town.ask(*watched), town.fresh(*watched)
        for tile in watched:
            assert gzip.decompress(given_now[tile].body or gzip.compress(b"")) == drawn[tile]
            if drawn[tile] and before[tile].etag == desk.etag_of(drawn[tile]):
                assert given_now[tile].etag == before[tile].etag
        before = given_now


def _carry_out(town: Town, kind: str, which: int, place: int) -> None:
    conn, parcel = town.conn, town.parcels[which]
    match kind:
        case "move":
            factories.redraw(conn, parcel, town.sheet, factories.square(town.sheet, place))
        case "grow":
            factories.redraw(conn, parcel, town.sheet, factories.square(town.sheet, place).buffer(3))
        case "end":
            conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [parcel])
        case "enter":
            number = f"{factories.next_row()}"
            town.parcels[which] = factories.add_parcel(conn, town.sheet, number, place=place, batch=town.batch)
        case "relabel":
            conn.execute("UPDATE cadastre.parcel SET land_use_codes = '{ONT}' WHERE parcel_id = %s", [parcel])
        case "render":
            render_due(conn)
        case _:
            conn.execute("UPDATE serving.touched SET noted_at = now() - interval '1 hour'")
            tiles.sweep_tiles(conn, most_bytes=2**30)


def test_after_an_import_every_tile_is_looked_at_again_until_it_is_known_where_it_lies(town) -> None:
    render_due(town.conn)
    near, far = town.at(3, 18), town.at(300, 18)
    factories.redraw(town.conn, town.parcels[7], town.sheet, factories.square(town.sheet, 300))
    abroad = factories.add_sheet(town.conn, "1", code=VIET_TRI, batch=town.batch)
    other = tile_at(*factories.lonlat(abroad, *factories.middle(abroad, 0)), 18)
    factories.add_parcel(town.conn, abroad, "1", batch=town.batch)
    render_due(town.conn)
    before = town.ask(near, far, other)
    town.conn.execute("UPDATE serving.tile SET etag = 'as kept'")
    with town.conn.transaction():
        town.conn.execute("SELECT pg_advisory_xact_lock(7302, %s)", [town.sheet.commune_id])
        with rendering.noting_at_once(town.conn, town.batch):
            factories.redraw(town.conn, town.parcels[3], town.sheet, factories.square(town.sheet, 300, side=5))
    assert town.fresh(other)[other] == gzip.decompress(before[other].body)
    render_due(town.conn)
    assert town.ask(other)[other].etag == "as kept"
    after = town.ask(near, far)
    assert "as kept" not in {kept.etag for kept in after.values()}
    assert town.parcels[3] not in {feature.id for feature in layers(after[near])["parcels"]}


def _drawn(town: Town, tile: Tile) -> list[tiles.Drawing]:
    async def drawn() -> list[tiles.Drawing]:
        async with await psycopg.AsyncConnection.connect(town.url, autocommit=True) as conn:
            return [await tiles.draw_tile(conn, tile, ("parcels",))]

    return asyncio.run(drawn())
