"""What a clerk of the soak does with his hands: try a change, look at the register, keep a journal."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import psycopg
import shapely
from registers import CLERK

from landdb.errors import InvalidValue
from landdb.registration import parse_change, register
from landdb.registration.feed import read_changes


class ClerksHands:
    """Questions and attempts on `conn` about `communes`, the last of which holds the parcels, on a `day`."""

    url: str
    vault: Any
    conn: psycopg.Connection
    communes: list[int]
    day: dt.date
    start: Any
    journal: list[tuple[dt.date, dt.datetime, str]]
    made = 0
    refused = 0
    done: set[str] = set()  # noqa: RUF012 - of the whole run, as the counts are

    def try_to(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Give the outcome, None when it was refused; then nothing may be left of it, whatever it had done."""
        before = self.state()
        asked["valid_from"] = self.day.isoformat()
        asked["acknowledge"] = ["COV005", "COV006", "GEO003", "GEO004", "ARE001", "ARE002", "ARE003", "GEO006"]
        try:
            change = parse_change(asked, find_parcel=lambda *_: 0)
            preview = register(self.conn, self.vault, change, CLERK, dry_run=True)
            assert self.state() == before
            outcome = register(self.conn, self.vault, change, CLERK)
        except InvalidValue as fault:
            assert fault.field in {"line", "edge", "parcels", "share"}  # noqa: PT017 - others are faults of the test
            assert self.state() == before
            return None
        if outcome["result"] == "REFUSED":
            type(self).refused += 1
            assert preview["refusing"] == outcome["refusing"]
            assert self.state() == before
            return None
        assert outcome["result"] == "APPROVED", outcome
        assert (preview["areas"], preview["refusing"]) == (outcome["areas"], outcome["refusing"])
        # Subjects may name what the change makes anew, which has another identity each time.
        told = [[(row["code"], row["severity"]) for row in each["notices"]] for each in (preview, outcome)]
        assert told[0] == told[1]
        assert [row["number"] for row in preview["numbers"]] == [row["number"] for row in outcome["numbers"]]
        type(self).made += 1
        self.done.add(asked["kind"])
        self.journal.append((self.day, self.moment(), self.state()))
        return outcome

    def state(self, *, valid_at: dt.date | None = None, known_at: dt.datetime | None = None) -> str:
        """Give who holds what ground, as text; as of a day and a moment when asked."""
        if valid_at is None:
            suffix, values = "", {}
        else:
            suffix = "_as_of(%(day)s, coalesce(%(moment)s::timestamptz, now()))"
            values = {"day": valid_at, "moment": known_at}
        rows = self.conn.execute(
            f"""SELECT p.parcel_no, p.address, p.legal_area_m2, md5(ST_AsBinary(p.geom)), u.codes, h.held
            FROM cadastre.parcel{suffix} AS p
            LEFT JOIN LATERAL (SELECT string_agg(concat_ws(':', u.land_use_code, u.area_m2), ',' ORDER BY u.ordinal)
                AS codes FROM cadastre.land_use{suffix} AS u WHERE u.parcel_id = p.parcel_id) AS u ON true
            LEFT JOIN LATERAL (SELECT string_agg(concat_ws(':', s.party_id, s.numerator, s.denominator), ','
                ORDER BY s.party_id, s.numerator) AS held
                FROM registry.baunit_parcel{suffix} AS b
                JOIN registry.rrr{suffix} AS r ON r.baunit_id = b.baunit_id
                JOIN registry.share{suffix} AS s ON s.rrr_id = r.rrr_id
                WHERE b.parcel_id = p.parcel_id) AS h ON true
            WHERE p.commune_id = ANY(%(communes)s) ORDER BY p.parcel_no::int""",
            {"communes": self.communes, **values},
        ).fetchall()
        return json.dumps(rows)

    def parcel(self, pick: int) -> int:
        ids = self.rows("SELECT parcel_id FROM cadastre.parcel WHERE commune_id = ANY(%s) ORDER BY parcel_id")
        return ids[pick % len(ids)][0]

    def neighbours(self, parcel: int) -> list[int]:
        own = self.polygon(parcel)
        rows = self.rows(
            "SELECT parcel_id, ST_AsBinary(geom) FROM cadastre.parcel WHERE commune_id = ANY(%s) ORDER BY 1"
        )
        shapes = [(identity, shapely.from_wkb(bytes(geom))) for identity, geom in rows if identity != parcel]
        return [identity for identity, shape in shapes if own.intersection(shape).length > 0.5]

    def polygon(self, parcel: int) -> shapely.Polygon:
        return shapely.from_wkb(
            bytes(self.one("SELECT ST_AsBinary(geom) FROM cadastre.parcel WHERE parcel_id = %s", parcel))
        )

    def polygons(self) -> list[shapely.Polygon]:
        rows = self.rows("SELECT ST_AsBinary(geom) FROM cadastre.parcel WHERE commune_id = ANY(%s) ORDER BY parcel_id")
        return [shapely.from_wkb(bytes(geom)) for (geom,) in rows]

    def legal_area(self) -> float:
        return self.one("SELECT sum(legal_area_m2) FROM cadastre.parcel WHERE commune_id = ANY(%s)", self.communes)

    def moment(self) -> dt.datetime:
        return self.one("SELECT clock_timestamp()")

    def one(self, statement: str, *values: Any) -> Any:
        return self.conn.execute(statement, values).fetchone()[0]

    def rows(self, statement: str) -> list[Any]:
        return self.conn.execute(statement, [self.communes]).fetchall()

    async def position(self) -> Any:
        return await self.asked(lambda link: read_changes(link, None, limit=1_000_000))

    async def events(self) -> list[dict[str, Any]]:
        page = await self.asked(lambda link: read_changes(link, self.start.next, limit=1_000_000))
        return list(page.events)

    async def asked(self, question: Callable[[Any], Any]) -> Any:
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as link:
            return await question(link)
