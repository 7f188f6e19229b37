"""Arrow rows arrive in PostgreSQL as they were: every type, nulls included."""

from datetime import date

import psycopg
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from landdb.store.binary_copy import ServerType, copy_binary, ewkb, ewkb_points

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
        arriving = pa.RecordBatch.from_pylist(rows, SCHEMA).slice(skipped)
        copy_binary(conn, sql.Identifier("arrived"), {name: arriving[name] for name in SCHEMA.names}, {})
        found = conn.execute("SELECT small, large, real, words, bytes FROM arrived").fetchall()
    assert found == [tuple(row[name] for name in SCHEMA.names) for row in kept]


def test_geometry_and_json_become_what_the_server_keeps(conn: psycopg.Connection) -> None:
    ground = shapely.Polygon([(500000, 2300000), (500010, 2300000), (500010, 2300010), (500000, 2300000)])
    wkb = pa.array([ground.wkb, None, shapely.MultiPolygon([ground]).wkb], pa.binary())
    rows = {
        "geom": ewkb(wkb, pa.array([9208, 9208, 5897], pa.int32())),
        "raw": pa.array(['{"a": "ệ"}', None, "[]"]),
    }
    with conn.transaction(force_rollback=True):
        conn.execute("CREATE TEMP TABLE arrived (geom geometry, raw jsonb)")
        copy_binary(conn, sql.Identifier("arrived"), rows, {"geom": "geometry", "raw": "jsonb"})
        found = conn.execute("SELECT ST_SRID(geom), ST_AsBinary(geom), raw FROM arrived").fetchall()
    assert found == [(9208, ground.wkb, {"a": "ệ"}), (None, None, None), (5897, wkb[2].as_py(), [])]


def test_words_points_and_values_of_all_rows_become_what_the_server_keeps(conn: psycopg.Connection) -> None:
    columns = {
        "uses": pa.array(["ONT CLN", None, "LUC"]),
        "place": ewkb_points(pa.array([105.5, None, 106.0]), pa.array([21.0, None, 20.5]), 4326),
        "nowhere": ewkb_points(pa.nulls(3, pa.float64()), pa.nulls(3, pa.float64()), 4326),
        "day": pa.scalar(date(2026, 11, 1), pa.date32()),
        "batch": pa.scalar(7, pa.int32()),
        "nothing": pa.nulls(3, pa.utf8()),
    }
    types: dict[str, ServerType] = {"uses": "text[]", "place": "geometry", "nowhere": "geometry"}
    with conn.transaction(force_rollback=True):
        conn.execute(
            """CREATE TEMP TABLE arrived (uses text[], place geometry(Point, 4326), nowhere geometry(Point, 4326),
                                          day date, batch int, nothing text)"""
        )
        copy_binary(conn, sql.Identifier("arrived"), columns, types)
        found = conn.execute("SELECT uses, ST_AsText(place), nowhere, day, batch, nothing FROM arrived").fetchall()
    always = (None, date(2026, 11, 1), 7, None)
    assert found == [
        (["ONT", "CLN"], "POINT(105.5 21)", *always),
        (None, None, *always),
        (["LUC"], "POINT(106 20.5)", *always),
    ]
