"""Old numbers: resolved by evidence, ambiguous when it leaves more than one place, never guessed."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import factories
import psycopg
import pytest
import worlds
from hypothesis import given
from hypothesis import strategies as st
from worlds import World

from landdb import lookups
from landdb.lookups.old_evidence import CrosswalkRow, OldNumber, Successor, narrow, weigh

pytestmark = [pytest.mark.anyio, pytest.mark.db]

OLD_PHONG_CHAU = "07945"
DIVIDED = "15772"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def world(server, template_database, tmp_path_factory) -> Iterator[World]:
    with factories.database(server, template_database) as url:
        yield worlds.seed(url, factories.open_vault(tmp_path_factory.mktemp("keys")))


@pytest.fixture
async def reader(world: World) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(world.url, autocommit=True) as conn:
        yield conn


def sheets(resolution: lookups.Resolution) -> list[str | None]:
    return [candidate.sheet_no for candidate in resolution.candidates]


async def test_two_numberings_of_one_sheet_are_ambiguous_until_the_scale_is_known(reader):
    both = await lookups.resolve_old_number(reader, OLD_PHONG_CHAU, "07")
    assert (both.status, both.reason, sheets(both)) == ("AMBIGUOUS", "SEVERAL_SHEETS", ["150", "156"])
    for scale, sheet_no in ((500, "150"), (1000, "156")):
        one = await lookups.resolve_old_number(reader, OLD_PHONG_CHAU, "7", scale_denominator=scale)
        assert (one.status, sheets(one)) == ("RESOLVED", [sheet_no])
    neither = await lookups.resolve_old_number(reader, OLD_PHONG_CHAU, "7", scale_denominator=2000)
    assert (neither.status, neither.reason) == ("NOT_FOUND", "OTHER_SCALE_OR_NOTE")
    unknown = await lookups.resolve_old_number(reader, OLD_PHONG_CHAU, "99")
    assert (unknown.status, unknown.reason) == ("NOT_FOUND", "UNKNOWN_OLD_SHEET")


async def test_a_resolved_parcel_comes_whole(reader, world):
    found = await lookups.resolve_old_number(reader, OLD_PHONG_CHAU, "007", "05", scale_denominator=500)
    body = json.loads(found.body)
    assert [parcel["parcel_id"] for parcel in body["parcels"]] == [world.old["150"]]
    assert body["asked"] == {"commune_code": "07945", "sheet_no": "7", "parcel_no": "5", "scale_denominator": 500}
    assert body["old_communes"] == [{"name": "Phong Châu", "kind": "phường", "district_name": "Thị xã Phú Thọ"}]
    missing = await lookups.resolve_old_number(reader, OLD_PHONG_CHAU, "7", "6", scale_denominator=500)
    assert (missing.status, missing.reason, sheets(missing)) == ("NOT_FOUND", "PARCEL_NOT_STORED", ["150"])


async def test_a_divided_commune_without_a_crosswalk_needs_the_place(reader):
    found = await lookups.resolve_old_number(reader, DIVIDED, "3", "4")
    assert (found.status, found.reason) == ("AMBIGUOUS", "DIVIDED_COMMUNE")
    assert [candidate.commune_code for candidate in found.candidates] == ["15772", "15796", "15835"]


async def test_recorded_old_numbers_do_not_say_which_old_commune_they_belong_to(reader, world):
    found = await lookups.resolve_old_number(reader, "07963", "31", "6")
    assert (found.status, found.reason) == ("AMBIGUOUS", "OLD_COMMUNE_NOT_RECORDED")
    assert [candidate.parcel_id for candidate in found.candidates] == [world.old["recorded"]]


async def test_an_old_commune_that_only_the_crosswalk_knows_is_not_called_unknown(reader, world):
    with psycopg.connect(world.url) as conn:
        factories.add_crosswalk(conn, ("99801", "1", None), (factories.PHONG_CHAU, "150", None), batch=world.batch)
    found = await lookups.resolve_old_number(reader, "99801", "7", "15")
    assert (found.status, found.reason, found.candidates) == ("NOT_FOUND", "UNKNOWN_OLD_SHEET", ())


async def test_a_commune_that_never_changed_hands_has_no_crosswalk(reader, world):
    with psycopg.connect(world.url) as conn:
        conn.execute(
            """INSERT INTO admin.commune (commune_code, name, name_folded, kind, province_code, valid_from, valid_to)
            VALUES ('99009', 'Thử', 'thu', 'xã', '25', '2025-07-01', 'infinity')"""
        )
    found = await lookups.resolve_old_number(reader, "99009", "7", "15")
    assert (found.status, found.reason) == ("NOT_FOUND", "NO_CROSSWALK")


async def test_an_unknown_commune_is_not_found(reader):
    found = await lookups.resolve_old_number(reader, "99998", "1", "1")
    assert (found.status, found.reason, found.candidates) == ("NOT_FOUND", "UNKNOWN_COMMUNE", ())


SMALL = st.sampled_from(["1", "2", "3"])
rows_of_crosswalk = st.lists(
    st.builds(
        CrosswalkRow,
        commune_code=st.sampled_from(["00001", "00002"]),
        sheet_no=SMALL,
        parcel_no=st.none() | SMALL,
        old_parcel_no=st.none() | SMALL,
        scale_denominator=st.none() | st.sampled_from([500, 1000]),
        note=st.none() | st.sampled_from(["Hà Thạch", "Phú Hộ"]),
    ),
    max_size=6,
)
successors = st.lists(
    st.builds(
        Successor,
        commune_id=st.just(1),
        commune_code=st.sampled_from(["00001", "00002"]),
        name=st.just("A"),
        kind=st.just("xã"),
        is_divided=st.booleans(),
        predecessors=st.integers(1, 3),
        has_crosswalk=st.booleans(),
    ),
    max_size=2,
    unique_by=lambda successor: successor.commune_code,
)


@given(rows_of_crosswalk, SMALL, st.sampled_from([500, 1000]))
def test_saying_the_scale_never_adds_a_row(rows, parcel_no, scale):
    without = [row for row in rows if row in narrow(rows, OldNumber("00009", "1", None))]
    with_scale = narrow(rows, OldNumber("00009", "1", None, scale))
    assert set(with_scale) <= set(without)
    assert all(row.scale_denominator in (None, scale) for row in with_scale)


@given(rows_of_crosswalk, successors, st.none() | SMALL)
def test_no_row_that_fits_is_dropped_unless_the_very_parcel_is_named(rows, known, parcel_no):
    asked = OldNumber("00009", "1", parcel_no)
    weighed = weigh(asked, rows, [], known)
    places = {(candidate.commune_code, candidate.sheet_no) for candidate in weighed.candidates}
    named = [row for row in rows if parcel_no is not None and row.old_parcel_no == parcel_no]
    whole = [row for row in rows if row.old_parcel_no is None]
    assert {(row.commune_code, row.sheet_no) for row in named} <= places
    overruled = {(row.scale_denominator, row.note) for row in named}
    for row in whole:
        assert (row.commune_code, row.sheet_no) in places or (row.scale_denominator, row.note) in overruled


@given(successors)
def test_without_evidence_a_divided_commune_is_never_resolved(known):
    weighed = weigh(OldNumber("00009", "1", "1"), [], [], known)
    uncharted = [successor for successor in known if successor.is_divided and not successor.has_crosswalk]
    if len(known) > 1:
        assert len(weighed.candidates) == len(uncharted)
        assert all(candidate.sheet_no is None for candidate in weighed.candidates)
