"""Both time axes through the door: what was true then, and what was known then."""

import datetime as dt
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import factories
import psycopg
import pytest

from landdb import lookups
from landdb.domain.identifiers import CitizenId
from landdb.lookups import Viewpoint

pytestmark = [pytest.mark.anyio, pytest.mark.db]

SOLD_ON = dt.date(2026, 3, 1)
BEFORE, AFTER = dt.date(2026, 2, 28), dt.date(2026, 3, 1)
SELLER, BUYER = "099085000777", "099190000888"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


class Sale:
    """A parcel sold, re-zoned and renumbered on SOLD_ON, entered in a later transaction than the parcel."""

    def __init__(self, url: str, vault: Any) -> None:
        self.url, self.vault = url, vault
        with psycopg.connect(url) as conn:
            batch = factories.add_batch(conn)
            sheet = factories.add_sheet(conn, "12", batch=batch)
            self.point = factories.lonlat(sheet, *factories.middle(sheet, 0))
            self.parcel = factories.add_parcel(conn, sheet, "1", code="w7jq2m4k5n01", batch=batch)
            seller = factories.add_party(conn, vault, "Người Bán", citizen_id=SELLER, batch=batch)
            buyer = factories.add_party(conn, vault, "Người Mua", citizen_id=BUYER, batch=batch)
            rrr = factories.add_right(conn, [self.parcel], {seller: Fraction(1)}, serial="AB 12345678", batch=batch)
        self.entered_before = self._now()
        with psycopg.connect(url) as conn:
            conn.execute("SELECT set_config('landdb.legal_date', %s, true)", [SOLD_ON.isoformat()])
            change = "UPDATE registry.share SET party_id = %s, valid_from = %s WHERE rrr_id = %s"
            conn.execute(change, [buyer, SOLD_ON, rrr])
            change = "UPDATE cadastre.parcel SET parcel_no = '501', valid_from = %s WHERE parcel_id = %s"
            conn.execute(change, [SOLD_ON, self.parcel])
            change = "UPDATE cadastre.land_use SET land_use_code = 'CLN', valid_from = %s WHERE parcel_id = %s"
            conn.execute(change, [SOLD_ON, self.parcel])

    def _now(self) -> dt.datetime:
        with psycopg.connect(self.url) as conn:
            return conn.execute("SELECT clock_timestamp()").fetchone()[0]


@pytest.fixture(scope="module")
def sale(server, template_database, tmp_path_factory) -> Iterator[Sale]:
    with factories.database(server, template_database) as url:
        yield Sale(url, factories.open_vault(tmp_path_factory.mktemp("keys")))


async def ask(sale: Sale, view: Viewpoint) -> dict[str, Any] | None:
    async with await psycopg.AsyncConnection.connect(sale.url, autocommit=True) as conn:
        parcels = json.loads((await lookups.get_parcel(conn, sale.parcel, view=view)).body)["parcels"]
    return parcels[0] if parcels else None


def told(parcel: dict[str, Any]) -> tuple[str, str, str]:
    return (
        parcel["parcel_no"],
        parcel["land_uses"][0]["land_use_code"],
        parcel["rights"][0]["party"]["citizen_id_masked"][-3:],
    )


@pytest.mark.parametrize(
    ("valid_at", "known_before", "expected"),
    [
        (None, False, ("501", "CLN", "888")),
        (AFTER, False, ("501", "CLN", "888")),
        (BEFORE, False, ("1", "ONT", "777")),
        (AFTER, True, ("1", "ONT", "777")),
        (BEFORE, True, ("1", "ONT", "777")),
    ],
)
async def test_the_answer_is_what_was_true_then_as_it_was_known_then(sale, valid_at, known_before, expected):
    known_at = sale.entered_before if known_before else None
    parcel = await ask(sale, Viewpoint(valid_at=valid_at, known_at=known_at, audience="staff"))
    assert told(parcel) == expected
    assert parcel["findings"] == []


async def test_before_its_first_day_a_parcel_is_not_found(sale):
    assert await ask(sale, Viewpoint(valid_at=factories.DAY_ONE - dt.timedelta(days=1))) is None


async def test_every_key_leads_to_the_version_of_the_asked_day(sale):
    async with await psycopg.AsyncConnection.connect(sale.url, autocommit=True) as conn:
        before = Viewpoint(valid_at=BEFORE, audience="staff")
        now = Viewpoint(audience="staff")
        found = {
            "number": await lookups.parcels_by_number(conn, "07954", "12", "1", view=before),
            "code": await lookups.parcels_by_code(conn, "w7jq2m4k5n01", view=before),
            "point": await lookups.parcels_at_point(conn, *sale.point, view=before),
            "certificate": await lookups.parcels_by_certificate(conn, "AB 12345678", view=before),
            "person": await _person(conn, sale, SELLER, before),
        }
        assert {name: resolution.status for name, resolution in found.items()} == dict.fromkeys(found, "RESOLVED")
        for resolution in found.values():
            assert told(json.loads(resolution.body)["parcels"][0]) == ("1", "ONT", "777")
        gone = await lookups.parcels_by_number(conn, "07954", "12", "1", view=now)
        assert (gone.status, gone.reason) == ("NOT_FOUND", "UNKNOWN_PARCEL")
        assert (await _person(conn, sale, SELLER, now)).status == "NOT_FOUND"
        assert (await _person(conn, sale, BUYER, now)).status == "RESOLVED"


async def _person(conn, sale: Sale, number: str, view: Viewpoint) -> lookups.Resolution:
    return await lookups.parcels_by_citizen_id(
        conn,
        CitizenId.parse(number),
        vault=sale.vault,
        asker=lookups.Asker("clerk-1", "clerk"),
        reason=lookups.Reason("a", "b"),
        request_id="r1",
        view=view,
    )
