"""Findings about known ground, and who decides about them."""

import asyncio
import json
from typing import Any

import factories
import psycopg
from psycopg.types.json import Jsonb

from landdb import lookups
from landdb.domain.finding_filter import FindingFilter
from landdb.lookups import Viewpoint
from landdb.triage import Decider

STAFF = Viewpoint(audience="staff", sees_work=True)
AN = Decider("An")
REASON = "agreed on the ground, minutes 12"


class Ground:
    """Two communes with three parcels and findings about them, committed."""

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as conn:
            batch = factories.add_batch(conn)
            self.sheet = factories.add_sheet(conn, "12", batch=batch)
            self.one, self.two, self.three = (
                factories.add_parcel(conn, self.sheet, str(n), place=n, batch=batch) for n in (1, 2, 3)
            )
            self.wide = self.add(conn, "COV001", area_m2=5.0, width_m=0.5, parcel_id=self.one, other_parcel_id=self.two)
            self.thin = self.add(conn, "COV002", severity="warning", area_m2=0.2, width_m=0.01, parcel_id=self.two)
            self.wider = self.add(conn, "COV001", area_m2=9.0, width_m=0.7, parcel_id=self.three)
            self.tenure = self.add(conn, "TEN001", measure=1.5, unit="ratio", parcel_id=self.one)
            self.fixed = self.add(conn, "GEO003", state="fixed", parcel_id=self.one)

    def add(self, conn: psycopg.Connection, rule_id: str, *, state: str = "open", **columns: Any) -> int:
        code = factories.PHONG_CHAU
        finding = factories.add_finding(conn, code, rule_id, parcel=None, state=state)
        for name, value in {"measure": None, "unit": None, **columns}.items():
            adapted = Jsonb(value) if isinstance(value, dict) else value
            conn.execute(
                psycopg.sql.SQL("UPDATE quality.finding SET {} = %s WHERE finding_id = %s").format(
                    psycopg.sql.Identifier(name)
                ),
                [adapted, finding],
            )
        return finding

    def ask(self, question: Any, *arguments: Any, **options: Any) -> Any:
        async def asked() -> Any:
            async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as link:
                return await question(link, *arguments, **options)

        found = asyncio.run(asked())
        return json.loads(found) if isinstance(found, bytes) else found

    def ids(self, wanted: FindingFilter, *, view: Viewpoint = STAFF, **options: Any) -> list[int]:
        return [f["finding_id"] for f in self.ask(lookups.list_findings, wanted, view=view, **options)["findings"]]

    def decide(self, decision: Any, *finding_ids: int, by: Decider = AN, **told: Any) -> int:
        with psycopg.connect(self.url) as conn:
            return decision(conn, finding_ids, by=by, **told)

    def history(self, finding_id: int) -> list[tuple[str, str, str | None]]:
        events = self.ask(lookups.get_finding, finding_id, view=STAFF)["events"]
        return [(event["actor"], event["kind"], event["note"]) for event in events]
