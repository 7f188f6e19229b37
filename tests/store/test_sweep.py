"""Many communes judged side by side: on processes, on a Dask cluster, with workers that die, and going on."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import factories
import psycopg
import pytest
from distributed import LocalCluster

from benchmarks.stored_fabric import store
from landdb import pipeline
from landdb.conformance.commune import make_fabric
from landdb.conformance.planting import KINDS, plant
from landdb.errors import InvalidValue, NotFound
from landdb.store import sweeps
from landdb.store.ground import read_ground
from landdb.validators import worker
from landdb.validators.file_sweep import sweep_files
from landdb.validators.ground import to_checked_ground
from landdb.validators.ground_files import write_ground
from landdb.validators.runner import check_commune
from landdb.validators.worker import cluster_workers, local_workers

Told = list[tuple[str, str, str, str, float]]


@dataclass(frozen=True)
class Province:
    """A database of six communes with faults, seams included, to be copied; and what one run after the other finds."""

    server: Any
    name: str
    communes: list[int]
    expected: Told

    def copy(self) -> AbstractContextManager[str]:
        return factories.database(self.server, self.name)


@pytest.fixture(scope="module")
def province(server: Any, template_database: str) -> Iterator[Province]:
    names = {"overlap", "gap", "seam_gap", "seam_overlap", "seam_vertex", "extra_vertex", "contained"}
    kinds = [kind for kind in KINDS if kind.name in names]
    with factories.database(server, template_database) as url:
        with psycopg.connect(url) as conn:
            communes = store(conn, plant(list(make_fabric(5, 900, communes=6)), 5, each=1, kinds=kinds).communes)
        name = urlsplit(url).path.removeprefix("/")
        with factories.database(server, name) as copy, psycopg.connect(copy) as conn:
            for commune in communes:
                check_commune(conn, commune)
            expected = found(conn)
        yield Province(server, name, communes, expected)


def found(conn: psycopg.Connection) -> Told:
    return conn.execute(
        """SELECT rule_id, subject, severity, state, coalesce(measure, 0) FROM quality.finding
        WHERE state <> 'fixed' ORDER BY rule_id, subject, measure, finding_id"""
    ).fetchall()


def settings_of(conn: psycopg.Connection) -> tuple[str, str]:
    row = conn.execute(
        "SELECT current_setting('work_mem'), current_setting('max_parallel_workers_per_gather')"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_processes_find_what_one_commune_after_the_other_gives(province: Province) -> None:
    assert {"COV001", "COV004", "COV006", "COV009", "COV010"} <= {rule for rule, *_ in province.expected}
    with province.copy() as url, local_workers(2) as executor, psycopg.connect(url, autocommit=True) as conn:
        results = list(pipeline.check_many(conn, url, province.communes, executor))
        assert sorted(result.commune_id for result in results) == province.communes
        assert found(conn) == province.expected


def test_a_worker_sorts_in_little_memory_and_alone_unless_the_address_says_otherwise(province: Province) -> None:
    with province.copy() as url:
        own = worker.connection(url)
        assert settings_of(own) == ("12MB", "0")
        own.close()
        told = f"{url}{'&' if '?' in url else '?'}options=-c%20work_mem%3D20MB"
        theirs = worker.connection(told)
        assert settings_of(theirs) == ("20MB", "0")
        theirs.close()


def test_a_dask_cluster_finds_the_same_though_a_worker_is_killed(province: Province) -> None:
    with (
        province.copy() as url,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        cluster_workers(cluster.scheduler_address) as executor,
        psycopg.connect(url, autocommit=True) as conn,
    ):
        killed: list[int] = []

        def kill_one(stage: str, _done: int, _all: int) -> None:
            if stage == "judged" and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        results = list(pipeline.check_many(conn, url, province.communes, executor, progress=kill_one))
        assert killed
        assert sorted(result.commune_id for result in results) == province.communes
        assert found(conn) == province.expected


def test_a_check_that_was_broken_off_goes_on_with_what_was_left(province: Province) -> None:
    with (
        province.copy() as url,
        ThreadPoolExecutor(1) as executor,
        psycopg.connect(url, autocommit=True) as conn,
    ):
        results = pipeline.check_many(conn, url, province.communes, executor)
        first = next(results).commune_id
        results.close()
        begun = sweeps.find_unfinished(conn)
        assert begun is not None
        assert first in sweeps.list_done(conn, begun)
        rest = [result.commune_id for result in pipeline.check_many(conn, url, [], executor, resume=True)]
        assert first not in rest
        assert sorted(sweeps.list_done(conn, begun)) == province.communes
        with pytest.raises(NotFound):
            next(pipeline.check_many(conn, url, [], executor, resume=True))
        assert found(conn) == province.expected


def test_a_commune_that_changes_between_survey_and_judgement_is_judged_as_it_is(province: Province) -> None:
    with province.copy() as url, psycopg.connect(url) as conn:
        since = sweeps.mark(conn)
        conn.commit()
        check_commune(conn, province.communes[0])
        assert not sweeps.changed_since(conn, province.communes, since)
        factories.add_batch(conn)
        assert sweeps.changed_since(conn, province.communes, since)


def test_files_of_the_ground_give_the_same_findings_as_the_database(province: Province, tmp_path: Path) -> None:
    with province.copy() as url, psycopg.connect(url) as conn:
        for commune in province.communes:
            stored = read_ground(conn, commune)
            write_ground(tmp_path, to_checked_ground(stored), list(stored.units.srid))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        cluster_workers(cluster.scheduler_address) as executor,
    ):
        results = list(sweep_files(tmp_path, executor))
    assert len(results) == len(province.communes)
    told = {(f.rule_id, f.subject, f.severity, f.measure) for result in results for f in result.findings}
    arrays = {(rule, subject, severity, measure) for rule, subject, severity, _, measure in province.expected}
    assert told == {row for row in arrays if row[0][:3] in {"COV", "GEO"} or row[0] == "ADM001"}


def test_a_folder_without_ground_and_a_file_that_is_none_are_refused_by_name(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(InvalidValue, match="NO_GROUND_FILE"):
            list(sweep_files(tmp_path, executor))
        (tmp_path / "99001.parquet").write_bytes(b"PAR1")
        with pytest.raises(InvalidValue, match=r"99001\.parquet"):
            list(sweep_files(tmp_path, executor))
