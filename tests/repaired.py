"""A commune in the database whose findings are repaired."""

from dataclasses import replace
from typing import Any

import factories
import psycopg
import shapely

from landdb import repairs
from landdb.domain.crs import from_wgs84
from landdb.repairs import Asked, Within
from landdb.repairs.ground import in_degrees
from landdb.store import proposals
from landdb.validators.runner import check_commune

WIDE = Within(1e6, 1e6)
Ground = list[tuple[Any, ...]]


class Commune:
    """A commune with one sheet, whose parcels are drawn here in metres from its middle."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.conn = conn
        self.batch = factories.add_batch(conn)
        added = factories.add_sheet(conn, "12", batch=self.batch, scale=500)
        place = conn.execute("SELECT lon, lat FROM admin.commune WHERE commune_id = %s", [added.commune_id]).fetchone()
        assert place is not None
        x, y = from_wgs84(added.srid)([place[0]], [place[1]])
        self.sheet = replace(added, corner=(round(float(x[0])), round(float(y[0]))))
        self.commune_id = added.commune_id

    def box(self, west: float, south: float, east: float, north: float) -> shapely.Polygon:
        x, y = self.sheet.corner
        return shapely.box(*(round(c, 3) for c in (x + west, y + south, x + east, y + north)))

    def draw(
        self,
        parcel_no: str,
        geom: shapely.Geometry,
        *,
        registered_area_m2: float | None = None,
        land_use: str | None = None,
    ) -> int:
        """Give the id of a parcel drawn so, stored as an importer stores it."""
        parcel = factories.add_parcel(self.conn, self.sheet, parcel_no, batch=self.batch, land_use=land_use)
        self.redraw(parcel, geom)
        self.conn.execute(
            "UPDATE cadastre.parcel SET legal_area_m2 = NULL, registered_area_m2 = %s WHERE parcel_id = %s",
            [registered_area_m2, parcel],
        )
        return parcel

    def redraw(self, parcel: int, geom: shapely.Geometry) -> None:
        self.conn.execute(
            """UPDATE cadastre.parcel SET geom = ST_GeomFromWKB(%s, %s), geom_4326 = ST_GeomFromWKB(%s, 4326),
                computed_area_m2 = %s
            WHERE parcel_id = %s""",
            [geom.wkb, self.sheet.srid, in_degrees(geom, self.sheet.srid).wkb, geom.area, parcel],
        )

    def checked(self) -> list[str]:
        """Give the rules that find something now."""
        found = check_commune(self.conn, self.commune_id, rules=["GEO", "COV"]).findings
        return [finding.rule_id for finding in found]

    def propose(self) -> list[proposals.ProposalRow]:
        made = repairs.propose(self.conn, self.commune_id, actor="analyst")
        return proposals.list_proposals(self.conn, Asked(proposal_ids=made.proposal_ids, rank=1))

    def ground(self) -> Ground:
        return self.conn.execute(
            """SELECT parcel_id, ST_AsBinary(geom), ST_AsBinary(geom_4326), computed_area_m2, geom_fault
            FROM cadastre.parcel WHERE commune_id = %s ORDER BY parcel_id""",
            [self.commune_id],
        ).fetchall()

    def uses(self) -> list[tuple[Any, ...]]:
        return self.conn.execute(
            "SELECT land_use_id, parcel_id, land_use_code, area_m2 FROM cadastre.land_use ORDER BY land_use_id"
        ).fetchall()


def overlapping(commune: Commune, width_m: float = 0.05) -> tuple[int, int]:
    return commune.draw("1", commune.box(0, 0, 20, 20)), commune.draw("2", commune.box(20 - width_m, 0, 40, 20))
