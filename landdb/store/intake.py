"""Plainly new parcels go into the parcel table while the delivery is still being read.

Three hands work at once: the child reads a batch, `prepare` writes the one before as COPY wants it, and `take`
has the server store the one before that. Parcels of sheets that held none go straight into the parcel table.
Where a number may be known already, a batch passes through a small temporary table without any join, so that no
plan made while tables were empty can go wrong while they grow. What is not plainly new (a number known or
delivered before, an unknown commune, another CRS) is staged; `promotion` judges it when the whole file is there.
"""

from collections.abc import Iterator, Sequence
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

_KEY: Final = ("commune_code", "sheet_no", "srid")
_PLACE: Final = ("commune_id", "sheet_id")
_PARCEL: Final = sql.Identifier("cadastre", "parcel")
_SERVER_TYPES: Final = staging.SERVER_TYPES | {"land_use_codes": "text[]", "fault_point_4326": "geometry"}
#: Columns of the parcel table that go in as the delivery names them.
_AS_DELIVERED: Final = (
    "parcel_no", "parcel_code", "old_sheet_no", "old_parcel_no", "address", "land_use_codes", "land_use_fault",
    "registered_area_m2", "legal_area_m2", "computed_area_m2", "geom_fault", "geom_delivered", "raw", "delivered_hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """One batch, ready to be stored: the parcels with what their land-use labels say, and all other features.

    `fields` are the parcels as COPY wants them but for their place: `keys` spells each one's commune, sheet and
    CRS, of which `sheets` lists the distinct ones with their scale. `columns` names the fields.
    """

    parcels: pa.RecordBatch
    others: pa.RecordBatch
    keys: pa.DictionaryArray
    sheets: Sequence[dict[str, Any]]
    columns: Sequence[str]
    fields: pa.Array


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parcels of one delivered sheet go; the ids are None for an unknown commune or another CRS."""

    commune_id: int | None = None
    sheet_id: int | None = None
    is_blank: bool = False  # it held no parcel when the delivery came to it


@contextmanager
def taking_in(conn: psycopg.Connection, batch_id: int, valid_from: date, expected: int | None) -> Iterator["Intake"]:
    """Give what takes in the batches of this delivery; `expected` is how many features it holds, if known."""
    with set_aside_for(conn, expected or 0, "cadastre", "parcel"):
        # The child found these polygons valid with a newer GEOS than the server's; the check need not do it again.
        conn.execute("SELECT set_config('landdb.geometry_checked_by', 'importer', true)")
        yield Intake(conn, batch_id, valid_from)
        conn.execute("SELECT set_config('landdb.geometry_checked_by', '', true)")


class Intake:
    """What takes in one delivery, and what that has shown so far: which sheets are known, under which number."""

    def __init__(self, conn: psycopg.Connection, batch_id: int, valid_from: date) -> None:
        self._conn = conn
        self._batch_id = batch_id
        self._valid_from = valid_from
        self._places: dict[tuple[Any, ...], _Place] = {}

    def prepare(self, rows: pa.RecordBatch) -> Prepared:
        """Give a batch of `wire.FEATURE` rows ready for `take`; asks the database nothing, so any thread may do it."""
        is_parcel = pc.equal(rows["noun"], "parcel")
        parcels = _with_uses(rows.filter(is_parcel))
        texts = [pc.fill_null(pc.cast(parcels[name], pa.utf8()), "") for name in _KEY]
        keys = {name: parcels[name] for name in (*_KEY, "scale_denominator")}
        columns = self._columns(parcels)
        return Prepared(
            parcels=parcels,
            others=rows.filter(pc.invert(is_parcel)),
            # One text per row stands for its key; each distinct one is looked up once.
            keys=pc.binary_join_element_wise(*texts, "\x1f").dictionary_encode(),
            sheets=pa.table(keys).group_by([*_KEY]).aggregate([("scale_denominator", "max")]).to_pylist(),
            columns=(*_PLACE, *columns),
            fields=binary_copy.encoded(columns, _SERVER_TYPES),
        )

    def take(self, prepared: Prepared) -> int:
        """Put the plainly new parcels of the batch into the parcel table, stage all else; gives how many went in."""
        staging.copy_features(self._conn, self._batch_id, prepared.others)
        if prepared.parcels.num_rows == 0:
            return 0
        self._enter_sheets([sheet for sheet in prepared.sheets if _key(sheet) not in self._places])
        spelled = {"\x1f".join("" if part is None else str(part) for part in key): key for key in self._places}
        places = [self._places[spelled[text]] for text in prepared.keys.dictionary.to_pylist()]
        if all(place.is_blank for place in places) and self._copy(prepared, places):
            return len(prepared.fields)
        return self._sift(prepared, places)

    def _columns(self, parcels: pa.RecordBatch) -> dict[str, binary_copy.Column]:
        """Give the parcels' columns as the parcel table names them, without their place."""
        return {
            **{name: parcels[name] for name in _AS_DELIVERED},
            **staging.geometries(parcels),
            "land_use_label": parcels["land_use"],
            "fault_point_4326": binary_copy.ewkb_points(parcels["fault_lon"], parcels["fault_lat"], 4326),
            "source_row": parcels["row_no"],
            "batch_id": pa.scalar(self._batch_id, pa.int32()),
            "valid_from": pa.scalar(self._valid_from, pa.date32()),
        }

    def _enter_sheets(self, sheets: Sequence[dict[str, Any]]) -> None:
        """Learn the place of these sheets, entering those that nobody listed; takes the locks of their communes."""
        if not sheets:
            return
        columns = {name: [sheet[name] for sheet in sheets] for name in _KEY}
        scales = [sheet["scale_denominator_max"] for sheet in sheets]
        communes = self._run("list_communes", codes=columns["commune_code"]).fetchall()
        lock_communes(self._conn, [commune_id for (commune_id,) in communes])
        entered = self._run(
            "enter_sheets",
            codes=columns["commune_code"], sheet_nos=columns["sheet_no"], srids=columns["srid"], scales=scales,
        )  # fmt: skip
        known = {(code, sheet_no, srid): _Place(*place) for code, sheet_no, srid, *place in entered.fetchall()}
        self._places |= {_key(sheet): known.get(_key(sheet), _Place()) for sheet in sheets}

    def _copy(self, prepared: Prepared, places: Sequence[_Place]) -> bool:
        """Copy the batch into the parcel table; False, and nothing copied, when a number of it came before."""
        count = len(prepared.columns)
        heads = [binary_copy.head(count, place.commune_id or 0, place.sheet_id or 0) for place in places]
        rows = binary_copy.lines(pa.array(heads, pa.binary()).take(prepared.keys.indices), prepared.fields)
        try:
            with self._conn.transaction():
                binary_copy.copy_lines(self._conn, _PARCEL, prepared.columns, rows)
        except psycopg.errors.UniqueViolation:
            return False
        return True

    def _sift(self, prepared: Prepared, places: Sequence[_Place]) -> int:
        """Let the server put what is plainly new into the parcel table and stage the rest."""
        self._run("create_arriving")
        placed = prepared.parcels
        for name in _PLACE:
            ids = pa.array([getattr(place, name) for place in places], pa.int32())
            placed = placed.append_column(name, ids.take(prepared.keys.indices))
        staging.copy_arriving(self._conn, self._batch_id, placed)
        taken = self._run("take_in", valid_from=self._valid_from).rowcount
        if taken < placed.num_rows:
            self._run("stage_the_rest")
        self._run("empty_arriving")
        return taken

    def _run(self, statement: str, **parameters: Any) -> psycopg.Cursor:
        parameters["batch_id"] = self._batch_id
        return self._conn.execute(load("intake")[statement], parameters, prepare=False)


def _key(sheet: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sheet[name] for name in _KEY)


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
