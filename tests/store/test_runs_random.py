"""Whatever is mended, redrawn or shuffled between runs, each fault stays who it is."""

import random
from dataclasses import dataclass
from typing import Any

import factories
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sightings import X, overlap, run

from landdb.store.finding_rows import FindingRow

pytestmark = pytest.mark.db


@pytest.fixture
def home(conn: psycopg.Connection) -> int:
    return factories.commune_id(conn, factories.PHONG_CHAU)


@dataclass
class Fault:
    """A fault in the tests' own book: where it is, and who it is once it was seen."""

    east: float
    finding_id: int | None = None


steps = st.lists(
    st.one_of(
        st.tuples(st.just("appear"), st.integers(0, 30)),
        st.tuples(st.just("mend"), st.integers(0, 30)),
        st.tuples(st.just("redraw"), st.floats(-0.4, 0.4)),
        st.tuples(st.just("elsewhere"), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=10,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.randoms(use_true_random=False))
def test_whatever_is_mended_redrawn_or_shuffled_each_fault_stays_who_it_is(
    conn: psycopg.Connection, home: int, changes: list[tuple[str, Any]], chance: random.Random
) -> None:
    """All faults are of one rule and one pair of parcels, five metres apart: only the place tells them apart."""
    with conn.transaction(force_rollback=True):
        faults: dict[int, Fault] = {}
        gone: dict[int, Fault] = {}
        strangers: list[FindingRow] = []
        for change, how in changes:
            if change == "appear" and how not in faults:
                faults[how] = gone.pop(how, Fault(5.0 * how))
            elif change == "mend" and how in faults:
                gone[how] = faults.pop(how)
            elif change == "redraw":
                for place, fault in faults.items():
                    fault.east = 5.0 * place + how
            elif change == "elsewhere":
                strangers = [overlap(home, 5.0 * place, subject="9/9|9/10") for place in range(how)]
            rows = [overlap(home, fault.east) for fault in faults.values()] + strangers
            chance.shuffle(rows)
            run(conn, home, rows)
            _compare(conn, faults, gone)


def _compare(conn: psycopg.Connection, faults: dict[int, Fault], gone: dict[int, Fault]) -> None:
    """Assert that every fault is still the finding it was, and that the mended ones are fixed."""
    text = "SELECT finding_id, state, ST_XMin(geom) - %s FROM quality.finding WHERE subject = '12/1|12/2'"
    stored = {finding_id: (state, east) for finding_id, state, east in conn.execute(text, [X]).fetchall()}
    for fault in faults.values():
        (finding_id,) = [
            identity for identity, (state, east) in stored.items()
            if state != "fixed" and east == pytest.approx(fault.east, abs=1e-6)
        ]  # fmt: skip
        assert fault.finding_id in {None, finding_id}
        fault.finding_id = finding_id
    assert {stored[fault.finding_id][0] for fault in gone.values() if fault.finding_id} <= {"fixed"}
    assert len(stored) == len({fault.finding_id for fault in (*faults.values(), *gone.values())})
