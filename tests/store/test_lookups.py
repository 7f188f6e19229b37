"""The read door on a real PostGIS: keys, places, holders, what the public sees, and who is recorded."""

import datetime as dt
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import factories
import psycopg
import pytest
import worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import World

from landdb import lookups
from landdb.domain.identifiers import CitizenId
from landdb.errors import AccessDenied, InvalidValue
from landdb.lookups import Page, Viewpoint

pytestmark = [pytest.mark.anyio, pytest.mark.db]

STAFF = Viewpoint(audience="staff")
ASKER = lookups.Asker("clerk-1", "clerk")
REASON = lookups.Reason("land tax notice", "HS-17")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def world(server, template_database, tmp_path_factory) -> Iterator[World]:
    with factories.database(server, template_database) as url:
        yield worlds.seed(url, factories.open_vault(tmp_path_factory.mktemp("keys")))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        yield conn


@pytest.fixture
async def reader(world: World) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with connected(world.url) as conn:
        yield conn


def answer(resolution: lookups.Resolution) -> dict[str, Any]:
    body = json.loads(resolution.body)
    assert body["status"] == resolution.status
    return body


def ids(resolution: lookups.Resolution) -> list[int]:
    return [parcel["parcel_id"] for parcel in answer(resolution)["parcels"]]


async def person(reader, world: World, number: str, view: Viewpoint, **options: Any) -> lookups.Resolution:
    return await lookups.parcels_by_citizen_id(
        reader,
        CitizenId.parse(number),
        vault=world.vault,
        asker=ASKER,
        reason=REASON,
        request_id="r1",
        view=view,
        **options,
    )


async def test_a_number_is_found_however_it_was_typed(reader, world):
    for commune, sheet, parcel in (("07954", "12", "1"), ("7954.0", "012", "001"), ("07954", " 12 ", "1.0")):
        assert ids(await lookups.parcels_by_number(reader, commune, sheet, parcel)) == [world.couple]


@pytest.mark.parametrize(
    ("commune", "sheet", "parcel", "reason"),
    [
        ("99999", "12", "1", "UNKNOWN_COMMUNE"),
        ("07954", "999", "1", "UNKNOWN_SHEET"),
        ("07954", "12", "999", "UNKNOWN_PARCEL"),
    ],
)
async def test_a_number_that_leads_nowhere_says_where_it_ends(reader, commune, sheet, parcel, reason):
    resolution = await lookups.parcels_by_number(reader, commune, sheet, parcel)
    assert (resolution.status, resolution.reason, ids(resolution)) == ("NOT_FOUND", reason, [])


async def test_the_same_commune_code_denotes_two_territories(reader):
    before = json.loads(await lookups.get_commune(reader, "07954", view=Viewpoint(valid_at=dt.date(2025, 6, 30))))
    after = json.loads(await lookups.get_commune(reader, "07954", view=Viewpoint(valid_at=dt.date(2025, 7, 2))))
    assert (before["kind"], before["name"]) == ("xã", "Phú Hộ")
    assert (after["kind"], after["name"]) == ("phường", "Phong Châu")
    assert {"07945", "07954", "07963"} <= {commune["code"] for commune in after["predecessors"]}


async def test_a_code_that_two_parcels_carry_is_ambiguous(reader, world):
    assert ids(await lookups.parcels_by_code(reader, "W7JQ2M4K5N01")) == [world.couple]
    twins = await lookups.parcels_by_code(reader, "w7jq2m4k5n77")
    assert (twins.status, twins.reason, ids(twins)) == ("AMBIGUOUS", "CODE_CARRIED_TWICE", sorted(world.twins))
    with pytest.raises(InvalidValue):
        await lookups.parcels_by_code(reader, "w7jq2m4k5nai")


async def test_a_point_is_found_in_degrees_metres_and_paper_order(reader, world):
    east, north = factories.middle(world.sheet, 1)
    lon, lat = factories.lonlat(world.sheet, east, north)
    srid = factories.PHU_THO_ZONE
    assert ids(await lookups.parcels_at_point(reader, lon, lat)) == [world.shared]
    assert ids(await lookups.parcels_at_point(reader, east, north, srid=srid)) == [world.shared]
    assert ids(await lookups.parcels_at_point(reader, north, east, srid=srid, axes="NE")) == [world.shared]
    with pytest.raises(InvalidValue, match="AXES_LOOK_SWAPPED"):
        await lookups.parcels_at_point(reader, north, east, srid=srid)
    nowhere = await lookups.parcels_at_point(reader, 0, 0)
    assert (nowhere.status, nowhere.reason) == ("NOT_FOUND", "NO_PARCEL_HERE")


async def test_a_certificate_leads_to_its_parcels_and_a_doubled_serial_is_ambiguous(reader, world):
    assert ids(await lookups.parcels_by_certificate(reader, "ab12345678")) == [world.couple]
    assert ids(await lookups.parcels_by_certificate(reader, "đa 123456")) == [world.shared]
    doubled = await lookups.parcels_by_certificate(reader, "AD 22222222")
    assert (doubled.status, ids(doubled)) == ("AMBIGUOUS", sorted([world.plain, world.foreign]))
    assert (await lookups.parcels_by_certificate(reader, "ZZ 00000000")).status == "NOT_FOUND"


async def test_the_answer_holds_every_part_with_its_origin(reader, world):
    (parcel,) = answer(await lookups.get_parcel(reader, world.shared, view=STAFF))["parcels"]
    assert parcel["commune"] == {"code": "07954", "name": "Phong Châu", "kind": "phường"}
    assert parcel["sheet"] == {"sheet_no": "12", "scale_denominator": 1000, "srid": 9208}
    assert parcel["areas"] == {"legal_area_m2": 400, "registered_area_m2": 400.5, "computed_area_m2": 400}
    assert parcel["geometry"]["type"] == "Polygon"
    assert parcel["geometry_native"] is None
    assert [use["land_use_code"] for use in parcel["land_uses"]] == ["ONT"]
    assert [right["share"] for right in parcel["rights"]] == ["1/3", "2/3"]
    assert [right["party"]["org_no"] for right in parcel["rights"]] == [None, worlds.ORG_NO]
    assert parcel["rights"][0]["certificate"]["serial"] == "ĐA 123456"
    assert parcel["withheld"] == []
    for part in (parcel, *parcel["land_uses"], *parcel["certificates"], *parcel["rights"]):
        origin = part["provenance"]
        assert (origin["file_name"], origin["document_reference"]) == ("sample.gpkg", worlds.DOCUMENT)
        assert (origin["version"], origin["valid_from"]) == (1, "2025-08-01")
    assert parcel["provenance"]["source_row"] > 0


async def test_native_coordinates_come_on_request_to_a_tenth_of_a_millimetre(reader, world):
    view = Viewpoint(native=True)
    (parcel,) = answer(await lookups.get_parcel(reader, world.couple, view=view))["parcels"]
    corners = factories.square(world.sheet, 0).exterior.coords
    native = parcel["geometry_native"]
    assert (native["srid"], native["axes"]) == (9208, "EN")
    assert {tuple(point) for point in native["geometry"]["coordinates"][0]} == set(corners)


async def test_the_public_sees_no_party_and_is_told_so(reader, world):
    (parcel,) = answer(await lookups.get_parcel(reader, world.couple))["parcels"]
    (right,) = parcel["rights"]
    assert (right["rrr_kind"], right["party"], right["share"], right["certificate"]) == ("USE_RIGHT", None, None, None)
    assert [certificate["serial"] for certificate in parcel["certificates"]] == [None]
    assert {"field": "rights.party", "reason": "ND101-61"} in parcel["withheld"]
    assert [finding["rule_id"] for finding in parcel["findings"]] == ["GEO004"]


async def test_staff_see_masked_holders_in_their_own_communes_only(reader, world):
    view = Viewpoint(audience="staff", communes=("07954",))
    (home,) = answer(await lookups.get_parcel(reader, world.couple, view=view))["parcels"]
    assert {right["party"]["citizen_id_masked"] for right in home["rights"]} == {"*********123", "*********456"}
    assert {right["share"] for right in home["rights"]} == {None}
    assert {finding["rule_id"] for finding in home["findings"]} == {"GEO004", "TEN001"}
    assert home["findings"][0]["message"]["vi"]
    (abroad,) = answer(await lookups.get_parcel(reader, world.foreign, view=view))["parcels"]
    assert abroad["rights"][0]["party"] is None
    assert abroad["withheld"]


async def test_an_organisation_is_found_by_its_number_in_the_askers_communes(reader, world):
    assert ids(await lookups.parcels_by_organisation(reader, worlds.ORG_NO, view=STAFF)) == [world.shared]
    elsewhere = Viewpoint(audience="staff", communes=(worlds.VIET_TRI,))
    assert (await lookups.parcels_by_organisation(reader, worlds.ORG_NO, view=elsewhere)).status == "NOT_FOUND"


async def test_a_person_is_found_in_the_askers_communes_only(reader, world):
    number = worlds.SECRET_NUMBERS[1]
    everywhere = await person(reader, world, number, STAFF)
    assert ids(everywhere) == sorted([world.couple, world.plain, world.foreign])
    home = await person(reader, world, number, Viewpoint(audience="staff", communes=("07954",)))
    assert ids(home) == sorted([world.couple, world.plain])


async def test_an_unknown_person_and_one_of_another_commune_look_alike(reader, world):
    view = Viewpoint(audience="staff", communes=("00004",))
    known = await person(reader, world, worlds.SECRET_NUMBERS[0], view)
    unknown = await person(reader, world, "099301999999", view)
    assert known.body == unknown.body
    assert known.status == "NOT_FOUND"


async def test_the_access_record_is_committed_before_anything_is_read(reader, world, monkeypatch):
    seen = []

    async def spy(conn, question, parameters, **_options):
        with psycopg.connect(world.url) as other:
            record = "SELECT actor, purpose, case_ref FROM audit.access WHERE subject_index = %s"
            seen.extend(other.execute(record, [parameters["citizen_id_index"]]).fetchall())
        raise ConnectionError("the answer never left")

    monkeypatch.setattr("landdb.lookups.persons.store.ask_parcels", spy)
    with pytest.raises(ConnectionError):
        await person(reader, world, "099301888888", STAFF)
    assert seen == [("clerk-1", "land tax notice", "HS-17")]


async def test_a_person_cannot_be_asked_about_inside_a_transaction(reader, world):
    async with reader.transaction():
        with pytest.raises(AccessDenied):
            await person(reader, world, worlds.SECRET_NUMBERS[0], STAFF)


async def test_communes_are_found_by_name_without_accents(reader):
    found = json.loads(await lookups.list_communes(reader, name="phong chau"))["communes"]
    assert "07954" in {commune["code"] for commune in found}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 7))
async def test_pages_of_any_size_make_up_the_whole_box(reader, world, limit):
    lon, lat = factories.lonlat(world.sheet, *factories.middle(world.sheet, 5))
    box = (lon - 0.2, lat - 0.2, lon + 0.2, lat + 0.2)
    whole = json.loads(await lookups.parcels_in_box(reader, box, page=Page(limit=1000)))
    expected = [feature["id"] for feature in whole["features"]]
    assert {world.couple, *world.twins} <= set(expected)
    paged, after = [], 0
    while True:
        page = json.loads(await lookups.parcels_in_box(reader, box, page=Page(limit, after)))
        paged += [feature["id"] for feature in page["features"]]
        if page["next"] is None:
            break
        after = int(page["next"])
    assert paged == expected
