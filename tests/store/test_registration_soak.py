"""Random sequences of all procedures: what must hold after every step, and what history must say in the end.

A few hundred steps in `make test`; `make soak` takes LANDDB_SOAK_STEPS (10,000).
"""

import asyncio
import datetime as dt
import itertools
import os
from typing import Any

import factories
import numpy as np
import psycopg
import pytest
import registers
import shapely
from clerks_rights import ClerksRights, Picked
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from registers import request
from replaying import NOUNS, hashed, replayed, versions

from landdb.domain.shares import total_share
from landdb.registration.procedures import procedures
from landdb.store import admin_units, register_subjects
from landdb.store.admin_units import Commune
from landdb.validators.runner import check_commune

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(36000)]

STEPS = int(os.environ.get("LANDDB_SOAK_STEPS", "160"))
PER_SEQUENCE = 40
_communes = itertools.count(99100)


class Counter(ClerksRights, RuleBasedStateMachine):
    """One invented commune, one street, a clerk who never sleeps."""

    @initialize()
    def open_office(self) -> None:
        code = str(next(_communes))
        self.conn = psycopg.connect(self.url, autocommit=True)
        with self.conn.transaction():
            place = Commune(0, code, f"Xã {code}", "xã", "25", 105.2, 21.4, 20.0)
            admin_units.add_commune(self.conn, place, valid_from=dt.date(2025, 7, 1))
            self.street = registers.build(self.conn, self.vault, count=6, code=code)
            self.conn.execute("UPDATE cadastre.land_use SET land_use_code = 'ONT', land_use_raw = 'ONT'")
        self.communes = [self.street.sheet.commune_id]
        with self.conn.transaction():
            check_commune(self.conn, *self.communes)
        self.day = dt.date(2025, 9, 1)
        self.ground = shapely.union_all(self.polygons())
        self.legal = self.legal_area()
        self.start = asyncio.run(self.position())
        self.known = versions(self.conn)
        self.journal: list[tuple[dt.date, dt.datetime, str]] = [(self.day, self.moment(), self.state())]
        self.strips = 0
        self.laid: dict[str, list[tuple[int, int]]] = {"MORTGAGE": [], "BLOCK": [], "DISPUTE": []}

    # --- what a clerk does ---------------------------------------------------------------------------------------

    @rule(pick=Picked, edge=st.integers(0, 7), ratio=st.sampled_from([[1, 1], [1, 2], [3, 2, 1]]))
    def split(self, pick: int, edge: int, ratio: list[int]) -> None:
        parcel = self.parcel(pick)
        area = self.one("SELECT computed_area_m2 FROM cadastre.parcel WHERE parcel_id = %s", parcel)
        if area > 30:
            self.try_to(request("split", [parcel], {"edge": edge, "ratio": ratio}, lender_consent="CV 1"))

    @rule(pick=Picked, other=Picked)
    def merge(self, pick: int, other: int) -> None:
        first = self.parcel(pick)
        near = self.neighbours(first)
        if near:
            self.try_to(request("merge", [first, near[other % len(near)]], lender_consent="CV 1"))

    @rule(pick=Picked, other=Picked, shift=st.floats(-2, 2))
    def adjust(self, pick: int, other: int, shift: float) -> None:
        first = self.parcel(pick)
        near = self.neighbours(first)
        if not near:
            return
        second = near[other % len(near)]
        a, b = (self.polygon(parcel) for parcel in (first, second))
        common = shapely.line_merge(shapely.intersection(a, b))
        if common.geom_type != "LineString":
            return
        moved = shapely.transform(shapely.LineString([common.coords[0], common.coords[-1]]), lambda xy: xy + shift)
        line = [list(point) for point in stretched(moved)]
        self.try_to(request("boundary_adjustment", [first, second], {"line": line}, lender_consent="CV 1"))

    @rule(pick=Picked, code=st.sampled_from(["ONT", "CLN", "ODT"]))
    def use(self, pick: int, code: str) -> None:
        parcel = self.parcel(pick)
        area = self.one("SELECT legal_area_m2 FROM cadastre.parcel WHERE parcel_id = %s", parcel)
        outcome = self.try_to(request("change_of_use", [parcel], {"uses": [{"code": code, "area_m2": area}]}))
        assert code != "ODT" or outcome is None

    @rule(pick=Picked)
    def recover_and_register(self, pick: int) -> None:
        parcel = self.parcel(pick)
        if self.try_to(request("recovery", [parcel])) is not None:
            holders = [{"party": {"party_id": self.street.an}}]
            self.try_to(request("first_registration", [parcel], {"holders": holders, "holder_group": "INDIVIDUAL"}))

    @rule(pick=Picked, address=st.sampled_from(["Xóm 1", "Xóm 2"]))
    def correct(self, pick: int, address: str) -> None:
        self.try_to(request("correction", [self.parcel(pick)], {"field": "address", "value": address}))

    @rule(depth=st.integers(3, 12))
    def new_ground(self, depth: int) -> None:
        """Draw a strip of its own, north of everything, so that it meets nobody."""
        x, y = self.street.sheet.corner
        south = y + 40 + 20 * self.strips
        ring = [[x, south], [x + 15, south], [x + 15, south + depth], [x, south + depth]]
        commune, sheet = self.rows(
            """SELECT c.commune_code, s.sheet_no FROM cadastre.sheet AS s JOIN admin.commune AS c USING (commune_id)
            WHERE s.commune_id = ANY(%s) ORDER BY s.sheet_id DESC LIMIT 1"""
        )[0]
        holders = [{"party": {"party_id": self.street.binh}}]
        place = {"commune": commune, "sheet": sheet, "ring": ring}
        terms = {"holders": holders, "holder_group": "INDIVIDUAL", "ground": place}
        if self.try_to(request("first_registration", [], terms)) is not None:
            self.strips += 1
            self.ground = shapely.union(self.ground, shapely.Polygon(ring))
            self.legal += 15 * depth

    @precondition(lambda self: len(self.communes) == 1 and len(self.journal) > 5)
    @rule()
    def merge_the_commune(self) -> None:
        old, new = self.rows("SELECT commune_code FROM admin.commune WHERE commune_id = ANY(%s)")[0][0], self.another()
        terms = {"from_commune": old, "to_commune": new, "sheets": {"12": "112"}}
        assert self.try_to(request("unit_change", [], terms)) is not None

    def another(self) -> str:
        """Give the code of a new commune, where parcels may lie from now on."""
        code = str(next(_communes))
        place = Commune(0, code, f"Xã {code}", "xã", "25", 105.2, 21.4, 20.0)
        with self.conn.transaction():
            admin_units.add_commune(self.conn, place, valid_from=dt.date(2025, 7, 1))
        self.communes.append(admin_units.get_commune(self.conn, code).commune_id)
        return code

    @rule(days=st.integers(1, 5))
    def days_pass(self, days: int) -> None:
        self.day += dt.timedelta(days=days)

    # --- what must hold after every step -------------------------------------------------------------------------

    @invariant()
    def the_ground_is_a_valid_coverage_of_the_same_extent(self) -> None:
        polygons = self.polygons()
        assert shapely.coverage_is_valid(np.array(polygons))
        assert abs(shapely.union_all(polygons).area - self.ground.area) < 0.5
        assert abs(self.legal_area() - self.legal) < 1e-6

    @invariant()
    def shares_make_one(self) -> None:
        ids = [row[0] for row in self.rows("SELECT parcel_id FROM cadastre.parcel WHERE commune_id = ANY(%s)")]
        for subject in register_subjects.read_subjects(self.conn, ids):
            shares = [held.share for right in subject.use_rights for held in right.holders]
            assert not shares or total_share(shares) in {1, None}

    @invariant()
    def numbers_belong_to_one_parcel_for_ever(self) -> None:
        twice = self.rows(
            """SELECT parcel_no FROM (SELECT parcel_id, sheet_id, parcel_no FROM cadastre.parcel
            UNION SELECT parcel_id, sheet_id, parcel_no FROM cadastre.parcel_history) AS v
            JOIN cadastre.sheet AS s USING (sheet_id) WHERE s.commune_id = ANY(%s)
            GROUP BY sheet_id, parcel_no HAVING count(*) > 1"""
        )
        assert twice == []

    def teardown(self) -> None:
        if not hasattr(self, "journal"):
            return
        try:
            self.history_says_what_the_journal_says()
            self.versions_never_overlap_and_lineage_has_no_circle()
            self.the_feed_replays_to_the_present_state()
            self.findings_are_those_of_a_whole_run()
        finally:
            self.conn.close()

    def history_says_what_the_journal_says(self) -> None:
        for day in {day for day, *_ in self.journal}:
            expected = [state for law, _, state in self.journal if law <= day][-1]
            assert self.state(valid_at=day) == expected, day
        for law, moment, expected in self.journal[:: max(1, len(self.journal) // 8)]:
            assert self.state(valid_at=law, known_at=moment) == expected, (law, moment)

    def versions_never_overlap_and_lineage_has_no_circle(self) -> None:
        for table, key in NOUNS.values():
            overlap = self.conn.execute(
                f"""WITH v AS (
                    SELECT {key} AS id, valid_from, valid_to, recorded_at, superseded_at FROM {table}_history
                    UNION ALL SELECT {key}, valid_from, 'infinity', recorded_at, 'infinity' FROM {table}
                ), n AS (SELECT *, row_number() OVER () AS no FROM v)
                SELECT count(*) FROM n AS a JOIN n AS b ON a.id = b.id AND a.no < b.no
                    AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
                    AND tstzrange(a.recorded_at, a.superseded_at) && tstzrange(b.recorded_at, b.superseded_at)"""
            ).fetchone()
            assert overlap == (0,), table
        circle = self.conn.execute(
            """WITH RECURSIVE w AS (SELECT parent_id, child_id FROM cadastre.parcel_lineage
            UNION SELECT w.parent_id, l.child_id FROM w JOIN cadastre.parcel_lineage AS l ON w.child_id = l.parent_id)
            SELECT count(*) FROM w WHERE parent_id = child_id"""
        ).fetchone()
        assert circle == (0,)

    def the_feed_replays_to_the_present_state(self) -> None:
        assert hashed(replayed(self.known, asyncio.run(self.events()))) == hashed(versions(self.conn))

    def findings_are_those_of_a_whole_run(self) -> None:
        kept = self.findings()
        with self.conn.transaction(force_rollback=True):
            for commune in self.communes:
                check_commune(self.conn, commune)
            assert kept == self.findings()

    def findings(self) -> list[Any]:
        return self.rows(
            """SELECT rule_id, subject, round(measure::numeric, 3) FROM quality.finding
            WHERE commune_id = ANY(%s) AND state <> 'fixed' AND rule_id NOT IN ('ADM003', 'COV007') ORDER BY 1, 2, 3"""
        )


def stretched(line: shapely.LineString) -> list[tuple[float, float]]:
    """Give the line, 60 m longer at both ends."""
    (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
    length = line.length
    dx, dy = (x1 - x0) / length * 60, (y1 - y0) / length * 60
    return [(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)]


def test_whatever_clerks_do_the_register_stays_sound(server, template_database, vault):
    with factories.database(server, template_database) as url:
        machine = type("OneOffice", (Counter,), {"url": url, "vault": vault, "made": 0, "refused": 0, "done": set()})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=max(4, 2 * STEPS // PER_SEQUENCE),  # the first ones are short
                stateful_step_count=PER_SEQUENCE,
                deadline=None,
                database=None,
                derandomize="LANDDB_SOAK_STEPS" not in os.environ,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        print(f"\n{machine.made} changes made, {machine.refused} refused")
        assert machine.made > STEPS / 10
        assert STEPS < 1000 or machine.done == set(procedures())
