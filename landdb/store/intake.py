"""Plainly new parcels go into the parcel table while the delivery is still being read.

The server works on one batch while the child reads the next. What is not plainly new (a number known
already, delivered twice, of an unknown commune, in another CRS) is staged; `promotion` judges it when the
whole file is there. A batch passes through a small temporary table without any join, so that no plan made
while tables were empty can go wrong while they grow.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from landdb.codelists import land_use_reading
from landdb.store import staging
from landdb.store.first_load import set_aside_for
from landdb.store.locks import lock_communes
from landdb.store.statements import load
from landdb.store.tables import cadastre

#: Takes one batch of delivered features; gives how many parcels of it went in. The rest of it is staged.
Take = Callable[[pa.RecordBatch], int]

_KEY = ("commune_code", "sheet_no", "srid")


@contextmanager
def taking_in(conn: psycopg.Connection, batch_id: int, valid_from: date, expected: int | None) -> Iterator[Take]:
    """Give what takes in the batches of this delivery; `expected` is how many features it holds, if known."""
    with set_aside_for(conn, expected or 0, cadastre.parcel):
        # The child found these polygons valid with a newer GEOS than the server's; the check need not do it again.
        conn.execute("SELECT set_config('landdb.geometry_checked_by', 'importer', true)")
        conn.execute(load("intake")["create_arriving"])
        yield _Intake(conn, batch_id, valid_from).take
        conn.execute(load("intake")["drop_arriving"])
        conn.execute("SELECT set_config('landdb.geometry_checked_by', '', true)")


class _Intake:
    """What one delivery has shown so far: which of its sheets are known, under which number."""

    def __init__(self, conn: psycopg.Connection, batch_id: int, valid_from: date) -> None:
        self._conn = conn
        self._batch_id = batch_id
        self._parameters = {"batch_id": batch_id, "valid_from": valid_from}
        self._sheets: dict[tuple[Any, ...], tuple[int | None, int | None]] = {}

    def take(self, rows: pa.RecordBatch) -> int:
        """Put the plainly new parcels among these rows into the parcel table, stage the others; gives how many."""
        is_parcel = pc.equal(rows["noun"], "parcel")
        staging.copy_features(self._conn, self._batch_id, rows.filter(pc.invert(is_parcel)))
        parcels = rows.filter(is_parcel)
        if parcels.num_rows == 0:
            return 0
        staging.copy_arriving(self._conn, self._batch_id, self._placed(_with_uses(parcels)))
        taken = self._run("take_in").rowcount
        if taken < parcels.num_rows:
            self._run("stage_the_rest")
        self._run("empty_arriving")
        return taken

    def _placed(self, parcels: pa.RecordBatch) -> pa.RecordBatch:
        """Give the parcels with the ids of their commune and sheet; null where there is none in this CRS."""
        keys = pa.table({name: parcels[name] for name in (*_KEY, "scale_denominator")})
        named = keys.group_by(list(_KEY)).aggregate([("scale_denominator", "max")]).to_pylist()
        self._enter_sheets([row for row in named if tuple(row[name] for name in _KEY) not in self._sheets])
        # One text per row stands for its key; each distinct one is looked up once.
        texts = [pc.fill_null(pc.cast(parcels[name], pa.utf8()), "") for name in _KEY]
        spelled = pc.binary_join_element_wise(*texts, "\x1f").dictionary_encode()
        found = {tuple(self._spell(key)): ids for key, ids in self._sheets.items()}
        ids = [found.get(tuple(text.split("\x1f")), (None, None)) for text in spelled.dictionary.to_pylist()]
        for position, name in enumerate(("commune_id", "sheet_id")):
            column = pa.array([pair[position] for pair in ids], pa.int32()).take(spelled.indices)
            parcels = parcels.append_column(name, column)
        return parcels

    @staticmethod
    def _spell(key: tuple[Any, ...]) -> list[str]:
        return ["" if part is None else str(part) for part in key]

    def _enter_sheets(self, named: list[dict[str, Any]]) -> None:
        if not named:
            return
        columns = {name: [row[name] for row in named] for name in _KEY}
        scales = [row["scale_denominator_max"] for row in named]
        communes = self._run("list_communes", codes=columns["commune_code"]).fetchall()
        lock_communes(self._conn, [commune_id for (commune_id,) in communes])
        entered = self._run(
            "enter_sheets",
            codes=columns["commune_code"], sheet_nos=columns["sheet_no"], srids=columns["srid"], scales=scales,
        )  # fmt: skip
        known = {(code, sheet_no, srid): ids for code, sheet_no, srid, *ids in entered.fetchall()}
        for row in named:
            key = tuple(row[name] for name in _KEY)
            commune_id, sheet_id = known.get(key, (None, None))
            self._sheets[key] = (commune_id, sheet_id)

    def _run(self, statement: str, **parameters: Any) -> psycopg.Cursor:
        return self._conn.execute(load("intake")[statement], {**self._parameters, **parameters}, prepare=False)


def _with_uses(parcels: pa.RecordBatch) -> pa.RecordBatch:
    """Give the parcels with what their land-use labels say: codes (one text) and fault."""
    labels = parcels["land_use"].dictionary_encode()
    read = land_use_labels(labels.dictionary)
    for name, values in (("land_use_codes", read["codes"]), ("land_use_fault", read["faults"])):
        parcels = parcels.append_column(name, pa.array(values, pa.utf8()).take(labels.indices))
    return parcels


def land_use_labels(labels: pa.Array) -> dict[str, list[Any]]:
    """Give the distinct labels on the delivered maps, the codes each names and its fault, as parallel lists."""
    distinct = [label for label in pc.unique(labels).to_pylist() if label is not None]
    readings = [land_use_reading(label) for label in distinct]
    return {
        "labels": distinct,
        "codes": [" ".join(reading.codes) or None for reading in readings],
        "faults": [reading.fault for reading in readings],
    }
