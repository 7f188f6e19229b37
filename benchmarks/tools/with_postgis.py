"""PostGIS 3.3 as scripts use it: ST_IsValid, a self-join, the boundary less the union."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import shapely

from benchmarks import bulk, databases
from benchmarks.tools.answers import SRID, Answer, Ground, areal
from landdb.conformance.scoring import ToolFinding
from landdb.store.statements import load


def find_overlaps_only(url: str, ground: Ground) -> Answer:
    """Give what ST_IsValid and ST_Overlaps say."""
    return _asked(url, ground, "overlaps", "ST_IsValid, ST_Overlaps(a, b)", with_gaps=False)


def find_by_relate(url: str, ground: Ground) -> Answer:
    """Give what ST_IsValid, ST_Relate and the union say."""
    told = "ST_IsValid, ST_Relate(a, b, '2********'), ST_Difference(boundary, ST_Union(…))"
    return _asked(url, ground, "relates", told, with_gaps=True)


def _asked(url: str, ground: Ground, question: str, told: str, *, with_gaps: bool) -> Answer:
    texts = load("tools_postgis", package="benchmarks")
    with _loaded(url, ground) as conn:
        version = str(conn.execute("SELECT 'PostGIS ' || postgis_lib_version()").fetchone()[0])  # type: ignore[index]
        found = [
            ToolFinding("invalid", shapely.from_wkb(place), ground.named([unit]))
            for unit, place in conn.execute(texts["invalid"])
        ]
        pairs = conn.execute(texts[question]).fetchall()
        shared = [shapely.from_wkb(shape) for _, _, shape in pairs]
        found += areal("overlap", shared, [ground.named([one, other]) for one, other, _ in pairs])
        if with_gaps:
            gaps = [shapely.from_wkb(shape) for (shape,) in conn.execute(texts["gaps"])]
            found += areal("gap", gaps, [frozenset()] * len(gaps))
    return Answer(version, told, found)


@contextmanager
def _loaded(url: str, ground: Ground) -> Iterator[psycopg.Connection]:
    """Give a connection to a database that holds the ground and nothing else."""
    texts = load("tools_postgis", package="benchmarks")
    with (
        databases.postgis_template(url) as template,
        databases.fresh(url, template) as made,
        psycopg.connect(made, autocommit=True) as conn,
    ):
        conn.execute(texts["make"])
        columns = {"unit": list(range(len(ground.geoms))), "geom": bulk.ewkb(ground.geoms, SRID)}
        bulk.copy_columns(conn, ("public", "drawn"), columns)
        bulk.copy_columns(conn, ("public", "boundary"), {"geom": bulk.ewkb(ground.boundaries, SRID)})
        conn.execute(texts["index"])
        yield conn
