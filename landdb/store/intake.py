"""Plainly new parcels and land objects go into their tables while the delivery is still being read.

Three hands work at once: the child reads a batch, `prepare` writes the one before as COPY wants it, and `take`
has the server store the one before that. Parcels of sheets that held none go straight into the parcel table, land
objects of communes that had none into theirs. Where a number may be known already, parcels pass through a small
temporary table without any join, so that no plan made while tables were empty can go wrong while they grow. What is
not plainly new (a number known or delivered before, an unknown commune, another CRS) is staged; `promotion` judges
it when the whole file is there.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from landdb.codelists import land_use_reading
from landdb.store import binary_copy, staging
from landdb.store.first_load import set_aside_for
from landdb.store.locks import lock_communes
from landdb.store.statements import load

_TABLES: Final = ("parcel", "land_object")
_KEY: Final = ("commune_code", "sheet_no", "srid")
_PLACE: Final = ("commune_id", "sheet_id")
_BETWEEN: Final = "\x1f"
_SERVER_TYPES: Final = staging.SERVER_TYPES | {"land_use_codes": "text[]", "fault_point_4326": "geometry"}
#: Columns of the tables that go in as the delivery names them.
_OF_ALL: Final = ("computed_area_m2", "delivered_hash")
_OF_PARCELS: Final = (
    "parcel_no", "parcel_code", "old_sheet_no", "old_parcel_no", "address", "land_use_codes", "land_use_fault",
    "registered_area_m2", "legal_area_m2", "geom_fault", "geom_delivered", "raw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows of one noun, and the same as COPY wants them but for their place.

    `keys` spells each row's place; `columns` names the place's columns and those of the encoded `fields`.
    """

    rows: pa.RecordBatch
    keys: pa.DictionaryArray
    columns: Sequence[str]
    fields: pa.Array


@dataclass(frozen=True, slots=True)
class Prepared:
    """One batch, ready to be stored: parcels with what their labels say, land objects, and all other features.

    `sheets` lists the sheets that the parcels lie on, each with its commune, CRS and scale.
    """

    parcels: Ready
    objects: Ready
    others: pa.RecordBatch
    sheets: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the rows of one key go; the ids are empty for an unknown commune or another CRS."""

    ids: tuple[int, ...] = ()
    is_blank: bool = False  # it held nothing of this noun when the delivery came to it


@contextmanager
def taking_in(
    conn: psycopg.Connection, batch_id: int, valid_from: date, expected: Mapping[str, int]
) -> Iterator["Intake"]:
    """Give what takes in the batches of this delivery; `expected` tells how many features of each noun, if known."""
    # The child found these polygons valid with a newer GEOS than the server's; the check need not do it again.
    conn.execute("SELECT set_config('landdb.geometry_checked_by', 'importer', true)")
    intake = Intake(conn, batch_id, valid_from, expected)
    yield intake
    intake.put_back()
    conn.execute("SELECT set_config('landdb.geometry_checked_by', '', true)")


class Intake:
    """What takes in one delivery, and what that has shown so far: which places are known, under which number."""

    def __init__(self, conn: psycopg.Connection, batch_id: int, valid_from: date, expected: Mapping[str, int]) -> None:
        self._conn = conn
        self._left = Counter(expected)
        self._aside = {noun: set_aside_for(conn, expected.get(noun, 0), "cadastre", noun) for noun in _TABLES}
        self._batch_id = batch_id
        self._valid_from = valid_from
        self._communes: dict[str | None, int | None] = {}
        self._sheets: dict[str, _Place] = {}
        self._objects_of: dict[str, _Place] = {}

    def prepare(self, rows: pa.RecordBatch) -> Prepared:
        """Give a batch of `wire.FEATURE` rows ready for `take`; asks the database nothing, so any thread may do it."""
        is_parcel = pc.equal(rows["noun"], "parcel")
        is_object = pc.and_(pc.equal(rows["noun"], "land_object"), pc.is_valid(rows["geom"]))
        parcels = _with_uses(staging.rows_where(rows, is_parcel))
        objects = staging.rows_where(rows, is_object)
        keys = {name: parcels[name] for name in (*_KEY, "scale_denominator")}
        return Prepared(
            parcels=self._ready(parcels, _KEY, _PLACE, _parcel_columns(parcels)),
            objects=self._ready(objects, _KEY[:1], _PLACE[:1], _object_columns(objects)),
            others=staging.rows_where(rows, pc.invert(pc.or_(is_parcel, is_object))),
            sheets=pa.table(keys).group_by([*_KEY]).aggregate([("scale_denominator", "max")]).to_pylist(),
        )

    def take(self, prepared: Prepared) -> int:
        """Put what is plainly new of the batch into its tables, stage all else; gives how many rows went in."""
        staging.copy_features(self._conn, self._batch_id, prepared.others)
        taken = self._take_objects(prepared.objects) + self._take_parcels(prepared)
        for noun, ready in (("parcel", prepared.parcels), ("land_object", prepared.objects)):
            self._left[noun] -= ready.rows.num_rows
            if ready.rows.num_rows and self._left[noun] <= 0:
                self._aside[noun].put_back()  # the server does so while the child reads on
        return taken

    def put_back(self) -> None:
        """Make the tables whole again."""
        for aside in self._aside.values():
            aside.put_back()

    def _ready(
        self, rows: pa.RecordBatch, key: Sequence[str], place: Sequence[str], own: Mapping[str, binary_copy.Column]
    ) -> Ready:
        columns = {
            **own,
            **{name: rows[name] for name in _OF_ALL},
            **staging.geometries(rows),
            "source_row": rows["row_no"],
            "batch_id": pa.scalar(self._batch_id, pa.int32()),
            "valid_from": pa.scalar(self._valid_from, pa.date32()),
        }
        # One text per row stands for its key; each distinct one is looked up once.
        texts = [pc.fill_null(pc.cast(rows[name], pa.utf8()), "") for name in key]
        keys = pc.binary_join_element_wise(*texts, _BETWEEN).dictionary_encode()
        return Ready(rows, keys, (*place, *columns), binary_copy.encoded(columns, _SERVER_TYPES))

    def _take_parcels(self, prepared: Prepared) -> int:
        parcels = prepared.parcels
        if not parcels.rows.num_rows:
            return 0
        self._enter_sheets([sheet for sheet in prepared.sheets if _spelled(sheet) not in self._sheets])
        places = [self._sheets[key] for key in parcels.keys.dictionary.to_pylist()]
        return self._copy("parcel", parcels, places) or self._sift(parcels, places)

    def _take_objects(self, objects: Ready) -> int:
        if not objects.rows.num_rows:
            return 0
        codes = objects.keys.dictionary.to_pylist()
        self._enter_objects([code for code in codes if code not in self._objects_of])
        taken = self._copy("land_object", objects, [self._objects_of[code] for code in codes])
        if not taken:
            staging.copy_features(self._conn, self._batch_id, objects.rows)
        return taken

    def _enter_communes(self, codes: Collection[str | None]) -> None:
        """Learn these communes and lock them: what is read of them from here on stays true."""
        if unknown := {code for code in codes if code not in self._communes}:
            found: dict[str | None, int] = dict(self._run("list_communes", codes=list(unknown)).fetchall())
            lock_communes(self._conn, found.values())
            self._communes |= {code: found.get(code) for code in unknown}

    def _enter_sheets(self, sheets: Sequence[dict[str, Any]]) -> None:
        """Learn the place of these sheets, entering those that nobody listed."""
        if not sheets:
            return
        columns = {name: [sheet[name] for sheet in sheets] for name in _KEY}
        self._enter_communes(columns["commune_code"])
        entered = self._run(
            "enter_sheets",
            codes=columns["commune_code"], sheet_nos=columns["sheet_no"], srids=columns["srid"],
            scales=[sheet["scale_denominator_max"] for sheet in sheets],
        )  # fmt: skip
        known = {_BETWEEN.join(map(str, key)): _Place((*ids,), is_blank) for *key, ids, is_blank in entered}
        self._sheets |= {_spelled(sheet): known.get(_spelled(sheet), _Place()) for sheet in sheets}

    def _enter_objects(self, codes: Sequence[str]) -> None:
        """Learn which of these communes have no land object yet."""
        if not codes:
            return
        self._enter_communes(codes)
        ids = {code: commune_id for code in codes if (commune_id := self._communes[code]) is not None}
        held = {commune_id for (commune_id,) in self._run("list_with_objects", commune_ids=[*ids.values()])}
        self._objects_of |= {code: _Place() for code in codes}
        self._objects_of |= {code: _Place((found,), found not in held) for code, found in ids.items()}

    def _copy(self, table: str, ready: Ready, places: Sequence[_Place]) -> int:
        """Copy the rows into their table; 0, and nothing copied, when one of them may have been there before."""
        if not all(place.is_blank for place in places):
            return 0
        heads = pa.array([binary_copy.head(len(ready.columns), *place.ids) for place in places], pa.binary())
        target = sql.Identifier("cadastre", table)
        try:
            with self._conn.transaction():
                rows = binary_copy.lines(heads.take(ready.keys.indices), ready.fields)
                binary_copy.copy_lines(self._conn, target, ready.columns, rows)
        except psycopg.errors.UniqueViolation:
            return 0
        return len(ready.fields)

    def _sift(self, parcels: Ready, places: Sequence[_Place]) -> int:
        """Let the server put what is plainly new into the parcel table and stage the rest."""
        self._run("create_arriving")
        placed = parcels.rows
        for position, name in enumerate(_PLACE):
            ids = pa.array([place.ids[position] if place.ids else None for place in places], pa.int32())
            placed = placed.append_column(name, ids.take(parcels.keys.indices))
        staging.copy_arriving(self._conn, self._batch_id, placed)
        taken = self._run("take_in", valid_from=self._valid_from).rowcount
        if taken < placed.num_rows:
            self._run("stage_the_rest")
        self._run("empty_arriving")
        return taken

    def _run(self, statement: str, **parameters: Any) -> psycopg.Cursor:
        parameters["batch_id"] = self._batch_id
        return self._conn.execute(load("intake")[statement], parameters, prepare=False)


def _spelled(sheet: dict[str, Any]) -> str:
    return _BETWEEN.join("" if sheet[name] is None else str(sheet[name]) for name in _KEY)


def _parcel_columns(parcels: pa.RecordBatch) -> dict[str, binary_copy.Column]:
    """Give the columns that parcels have beside those of all features, named as in the parcel table."""
    return {
        **{name: parcels[name] for name in _OF_PARCELS},
        "land_use_label": parcels["land_use"],
        "fault_point_4326": binary_copy.ewkb_points(parcels["fault_lon"], parcels["fault_lat"], 4326),
    }


def _object_columns(objects: pa.RecordBatch) -> dict[str, binary_copy.Column]:
    """Give the columns that land objects have beside those of all features."""
    return {"object_kind": pc.fill_null(objects["object_kind"], "other"), "object_name": objects["object_name"]}


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
