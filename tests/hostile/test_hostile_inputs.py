"""Every hostile file through the whole import: one allowed outcome, nothing reached, nothing left behind."""

import csv
import io
import re
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import corpus_archives
import corpus_columns
import corpus_drawings
import corpus_formats
import corpus_geometry
import corpus_markup
import corpus_tables
import corpus_workbooks
import psycopg
import pytest
from hostile_files import CITIZEN_ID, NAME, Hostile, Place, holdings, table
from hostile_run import ListeningVault, Run, canary_server, children, prepare, run

from landdb import pipeline
from landdb.exporters.tables import write_rows_csv
from landdb.importers import ImportJob

pytestmark = pytest.mark.db

CORPUS = [
    *corpus_archives.FILES,
    *corpus_geometry.FILES,
    *corpus_formats.FILES,
    *corpus_columns.FILES,
    *corpus_markup.FILES,
    *corpus_tables.FILES,
    *corpus_workbooks.FILES,
    *corpus_drawings.FILES,
]
SECRET = "of somebody else 7302"
MOST_SECONDS = 30.0
_NOT_FOR_READERS = re.compile(
    r"Traceback|File \"|/tmp|/home|/root|/work|/usr|site-packages|0x[0-9a-f]{6}|psycopg|SELECT "
)


class Ground:
    """What all runs share: a database with one commune, a job folder, two canaries."""

    def __init__(self, conn: psycopg.Connection, home: Path, url: str, hits: list[str]) -> None:
        self.conn = conn
        self.vault = ListeningVault.make(home / "keys" / "landdb.key")
        self.jobs = home / "jobs"
        self.jobs.mkdir(mode=0o711)
        self.secret = home / "secret.csv"
        self.secret.write_text(f"a,b\n{SECRET},2\n")
        self.secret.chmod(0o644)
        self.url = url
        self.hits = hits
        prepare(conn, self.vault, home)


@pytest.fixture(scope="module")
def ground(server, template_database: str) -> Iterator[Ground]:
    name = f"{server.prefix}_hostile"
    # pytest's own folders are closed to the account that the reading child takes.
    home = Path(tempfile.mkdtemp(prefix="landdb-hostile-"))
    home.chmod(0o711)
    try:
        with (
            psycopg.connect(server.create(name, template_database), autocommit=True) as conn,
            canary_server() as canary,
        ):
            yield Ground(conn, home, *canary)
    finally:
        shutil.rmtree(home)
        server.drop(name)


def watched(ground: Ground, case: Hostile, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the case and check all that holds whatever its outcome is."""
    monkeypatch.setattr("tempfile.tempdir", str(ground.jobs))
    before = children(), set(threading.enumerate())
    done = run(ground.conn, ground.vault, case, Place(folder, ground.url, ground.secret))
    assert (children(), set(threading.enumerate())) == before
    assert list(ground.jobs.iterdir()) == []
    assert ground.hits == []
    said = f"{done.error}{done.result and done.result.notes}"
    assert SECRET not in said + done.clear + done.sealed
    for personal in (NAME, CITIZEN_ID):
        assert personal not in said + done.clear
    assert done.seconds < MOST_SECONDS
    return done


def is_readable(text: str) -> bool:
    return text.isprintable() and len(text) < 2_000 and not _NOT_FOR_READERS.search(text)


def case_of(case: Hostile) -> object:
    return pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.slow else [])


@pytest.mark.parametrize("case", [case_of(one) for one in CORPUS if one.outcome.refused])
def test_a_file_that_cannot_be_trusted_is_refused_as_a_whole(
    ground: Ground, case: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watched(ground, case, tmp_path, monkeypatch)
    assert done.error is not None, f"imported: {done.batch}"
    assert done.error.code in case.outcome.refused, str(done.error)
    assert done.error.remedy
    assert is_readable(done.error.reason)
    assert is_readable(done.error.remedy)
    assert done.is_untouched


@pytest.mark.parametrize("case", [case_of(one) for one in CORPUS if not one.outcome.refused])
def test_a_file_that_can_be_read_has_every_row_stored_or_quarantined(
    ground: Ground, case: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = watched(ground, case, tmp_path, monkeypatch)
    wanted = case.outcome
    assert done.error is None, str(done.error)
    assert done.rejected == Counter(wanted.rejected)
    rejected = sum(wanted.rejected.values())
    assert done.batch == {
        "state": "DONE",
        "source_count": wanted.stored + wanted.merged + rejected,
        "stored_count": wanted.stored,
        "merged_count": wanted.merged,
        "unchanged_count": 0,
        "rejected_count": rejected,
        "waiting": 0,
    }
    assert done.result is not None
    assert all(is_readable(note) for note in done.result.notes)


def test_the_corpus_is_large_and_its_names_differ() -> None:
    names = Counter(case.name for case in CORPUS)
    assert len(names) >= 150
    assert set(names.values()) == {1}


@pytest.mark.parametrize(
    "name",
    ["'; DROP TABLE staging.import_batch; --.csv", "\x1b[2J\u202e.csv", "$(id).csv", "-rf.csv", "a\udcff.csv"],
    ids=["sql", "terminal", "shell", "option", "bytes"],
)
def test_a_file_name_is_a_name(ground: Ground, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = next(case for case in CORPUS if case.name == "workbook_honest")
    renamed = replace(honest, build=lambda place: honest.build(place).rename(place.folder / name))
    assert watched(ground, renamed, tmp_path, monkeypatch).batch["stored_count"] == 1


def test_formulas_are_stored_as_they_are_and_leave_as_text(ground: Ground, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table(*holdings(*({"Số phát hành GCN": text} for text in corpus_tables.FORMULAS))))
    with ground.conn.transaction(force_rollback=True):
        pipeline.ingest(ground.conn, ImportJob(path), ground.vault, pipeline.Handover(actor="tests"))
        rows = [{"serial": serial} for (serial,) in ground.conn.execute("SELECT serial_raw FROM registry.certificate")]
    assert {row["serial"] for row in rows} == {text.strip() for text in corpus_tables.FORMULAS}
    out = io.StringIO()
    write_rows_csv(rows, out)
    cells = [cell for line in csv.reader(io.StringIO(out.getvalue())) for cell in line][1:]
    assert cells == [f"'{row['serial']}" for row in rows]
