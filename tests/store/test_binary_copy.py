"""Arrow rows arrive in PostgreSQL as they were: every type, nulls included."""

import psycopg
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from landdb.store.binary_copy import copy_binary, ewkb

pytestmark = pytest.mark.db

TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "small": st.none() | st.integers(-(2**31), 2**31 - 1),
            "large": st.none() | st.integers(-(2**63), 2**63 - 1),
            "real": st.none() | st.floats(allow_nan=False),
            "words": st.none() | TEXT,
            "bytes": st.none() | st.binary(max_size=40),
        }
    ),
    min_size=1,
    max_size=30,
)
SCHEMA = pa.schema(
    [("small", pa.int32()), ("large", pa.int64()), ("real", pa.float64()), ("words", pa.utf8()), ("bytes", pa.binary())]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, skipped=st.integers(0, 3))
def test_what_goes_in_comes_out(conn: psycopg.Connection, rows: list[dict[str, object]], skipped: int) -> None:
    kept = rows[skipped:]
    with conn.transaction(force_rollback=True):
        conn.execute("CREATE TEMP TABLE arrived (small int, large bigint, real float8, words text, bytes bytea)")
        copy_binary(conn, sql.Identifier("arrived"), pa.RecordBatch.from_pylist(rows, SCHEMA).slice(skipped), {})
        found = conn.execute("SELECT small, large, real, words, bytes FROM arrived").fetchall()
    assert found == [tuple(row[name] for name in SCHEMA.names) for row in kept]


def test_geometry_and_json_become_what_the_server_keeps(conn: psycopg.Connection) -> None:
    ground = shapely.Polygon([(500000, 2300000), (500010, 2300000), (500010, 2300010), (500000, 2300000)])
    wkb = pa.array([ground.wkb, None, shapely.MultiPolygon([ground]).wkb], pa.binary())
    rows = pa.record_batch(
        {
            "geom": ewkb(wkb, pa.array([9208, 9208, 5897], pa.int32())),
            "raw": pa.array(['{"a": "ệ"}', None, "[]"]),
        }
    )
    with conn.transaction(force_rollback=True):
        conn.execute("CREATE TEMP TABLE arrived (geom geometry, raw jsonb)")
        copy_binary(conn, sql.Identifier("arrived"), rows, {"geom": "geometry", "raw": "jsonb"})
        found = conn.execute("SELECT ST_SRID(geom), ST_AsBinary(geom), raw FROM arrived").fetchall()
    assert found == [(9208, ground.wkb, {"a": "ệ"}), (None, None, None), (5897, wkb[2].as_py(), [])]
