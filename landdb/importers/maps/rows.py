"""Features as delivered → rows as `wire.FEATURE` asks: the one place every geometry reader ends in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landdb.domain.text import parse_decimal
from landdb.errors import InvalidValue
from landdb.importers import wire
from landdb.importers.maps import decoding, geometry, values
from landdb.importers.maps.columns import Column, map_distinct, rows_as_dicts, to_arrow, to_float, to_text
from landdb.importers.maps.crs_detection import ResolvedCrs
from landdb.importers.rejects import LONGEST_KEY, REJECTS, Reject

if TYPE_CHECKING:
    from landdb.importers import ImportJob

__all__ = ["Column", "Reject", "feature_batch"]

_NUMBERS: Final = ("sheet_no", "parcel_no", "old_sheet_no", "old_parcel_no")
_AREAS: Final = ("registered_area_m2", "legal_area_m2")
_TEXTS: Final = ("commune_code", *_NUMBERS, "parcel_code", "address", "land_use", "object_kind", "object_name")
_SEPARATOR: Final = "\x1f"


@dataclass(slots=True)
class _Batch:
    """The batch while it is being made: finished columns, and why rows will be quarantined."""

    count: int
    columns: dict[str, pa.Array] = field(default_factory=dict)
    raw: dict[str, tuple[pa.Array, pa.Array]] = field(default_factory=dict)  # field → (text as delivered, which rows)
    codes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))

    def reject(self, rows: np.ndarray, code: str) -> None:
        """Mark the rows that no earlier, graver reason has marked."""
        self.codes[rows & (self.codes == None)] = code  # noqa: E711 - element by element

    def blank(self, name: str) -> np.ndarray:
        """Give which rows lack the field."""
        return np.asarray(pc.is_null(self.columns[name]).to_numpy(zero_copy_only=False))


def feature_batch(
    *,
    layer: str,
    noun: str | Column,  # 'parcel' | 'land_object' | 'sheet' | 'commune_boundary', for all rows or per row
    attributes: Mapping[str, Column],  # keys are field names of wire.FEATURE (sheet_no, land_use, ...), as delivered
    geometries: np.ndarray | pa.Array,  # shapely geometries or None; or WKB (binary): source CRS, axes as delivered
    row_no: np.ndarray | int,  # one per row, or the number of the first row
    source: ResolvedCrs,  # from crs_detection.resolve(...)
    job: ImportJob,
    delivered: Mapping[str, Column] | None = None,  # source columns for raw_row of rejects; default: attributes
    encoding: str | None = None,  # 'UNICODE' | 'NFD' | 'TCVN3' | 'VNI'; None: detected on this batch
    rejects: Mapping[int, Reject] | None = None,  # position in batch → the reader's own verdict; wins over ours
) -> pa.RecordBatch:
    """Give one batch of `wire.FEATURE` rows, one per delivered record, checked, decoded, normalised.

    Missing commune_code / sheet_no fall back to the job's. Bad rows come back with `reject_code` or `geom_fault`.
    """
    batch = _Batch(len(geometries))
    batch.codes = np.full(batch.count, None, dtype=object)
    for position, reject in (rejects or {}).items():
        batch.codes[position] = reject.code
    _write_place(batch, layer, noun, row_no, source)
    _write_texts(batch, attributes, encoding)
    _write_identifiers(batch, job)
    _write_numbers(batch, attributes)
    _reject_incomplete(batch)
    _write_geometry(batch, geometry.check(geometries, source))
    _write_hash(batch)
    batch.columns["raw"] = _raw_json(batch)
    _write_rejects(batch, delivered if delivered is not None else attributes, rejects or {})
    return pa.RecordBatch.from_arrays([batch.columns[name] for name in wire.FEATURE.names], schema=wire.FEATURE)


def _write_place(batch: _Batch, layer: str, noun: str | Column, row_no: np.ndarray | int, source: ResolvedCrs) -> None:
    numbers = np.arange(row_no, row_no + batch.count) if isinstance(row_no, int) else row_no
    nouns = pa.repeat(pa.scalar(noun), batch.count) if isinstance(noun, str) else to_arrow(noun).cast(pa.utf8())
    batch.columns["row_no"] = pa.array(numbers, pa.int64())
    batch.columns["layer"] = pa.repeat(pa.scalar(layer), batch.count)
    batch.columns["noun"] = nouns
    batch.columns["srid"] = pa.repeat(pa.scalar(source.sheet_srid, pa.int32()), batch.count)


def _write_texts(batch: _Batch, attributes: Mapping[str, Column], encoding: str | None) -> None:
    """Write text fields in composed Unicode; what an old font's bytes said before is remembered."""
    texts = {name: to_text(attributes[name]) for name in _TEXTS if name in attributes}
    decoded, changed = decoding.decode(texts, encoding or decoding.detect(texts))
    for name in _TEXTS:
        batch.columns[name] = decoded[name] if name in decoded else pa.nulls(batch.count, pa.utf8())
    for name, rows in changed.items():
        batch.raw[name] = (texts[name], rows)


def _write_identifiers(batch: _Batch, job: ImportJob) -> None:
    """Write commune, sheet and parcel in the form they are compared in; the job fills what the rows leave out."""
    delivered = batch.columns["commune_code"]
    code = map_distinct(delivered, values.commune_code)
    unusable = pc.and_(pc.is_valid(delivered), pc.is_null(code)).to_numpy(zero_copy_only=False)
    batch.reject(np.asarray(unusable), "UNKNOWN_COMMUNE_CODE_FORM")
    batch.columns["commune_code"] = _filled(code, job.commune_code and values.commune_code(job.commune_code))
    for name in _NUMBERS:
        batch.columns[name] = map_distinct(batch.columns[name], values.number)
    batch.columns["sheet_no"] = _filled(batch.columns["sheet_no"], job.sheet_no and values.number(job.sheet_no))
    batch.columns["parcel_code"] = pc.utf8_lower(batch.columns["parcel_code"])
    for name in (*_NUMBERS, "parcel_code"):
        too_long = pc.greater(pc.utf8_length(batch.columns[name]), LONGEST_KEY)
        batch.reject(np.asarray(pc.fill_null(too_long, fill_value=False)), "KEY_TOO_LONG")
    kinds = map_distinct(batch.columns["object_kind"], values.object_kind)
    unknown = pc.and_(pc.is_valid(batch.columns["object_kind"]), pc.equal(kinds, "other"))
    batch.raw.setdefault("object_kind", (batch.columns["object_kind"], unknown))
    batch.columns["object_kind"] = kinds


def _filled(array: pa.Array, value: str | None) -> pa.Array:
    return array if not value else pc.fill_null(array, value)


def _write_numbers(batch: _Batch, attributes: Mapping[str, Column]) -> None:
    for name in _AREAS:
        if name not in attributes:
            batch.columns[name] = pa.nulls(batch.count, pa.float64())
            continue
        numbers, odd = to_float(attributes[name], _decimal)
        batch.columns[name] = numbers
        if pc.any(odd, min_count=0).as_py():
            batch.raw[name] = (to_text(attributes[name]), odd)
    scale = to_text(attributes["scale_denominator"]) if "scale_denominator" in attributes else None
    batch.columns["scale_denominator"] = (
        pa.nulls(batch.count, pa.int32()) if scale is None else map_distinct(scale, values.scale, pa.int32())
    )


def _decimal(text: str) -> float | None:
    try:
        return parse_decimal(text)
    except InvalidValue:
        return None


def _reject_incomplete(batch: _Batch) -> None:
    """Mark rows that nobody could find again: no commune, no sheet, no number, as their noun needs them."""
    noun = batch.columns["noun"]
    is_parcel = np.asarray(pc.equal(noun, "parcel").to_numpy(zero_copy_only=False))
    has_sheet = is_parcel | np.asarray(pc.equal(noun, "sheet").to_numpy(zero_copy_only=False))
    batch.reject(batch.blank("commune_code"), "MISSING_COMMUNE")
    batch.reject(has_sheet & batch.blank("sheet_no"), "MISSING_SHEET_NO")
    batch.reject(is_parcel & batch.blank("parcel_no"), "MISSING_PARCEL_NO")


def _write_geometry(batch: _Batch, checked: geometry.CheckedGeometry) -> None:
    batch.columns |= {"geom": checked.geom, "geom_4326": checked.geom_4326}
    batch.columns["geom_fault"] = pa.array(checked.fault, pa.utf8())
    batch.columns["geom_delivered"] = pa.array(checked.delivered, pa.binary())
    for name, numbers in (
        ("computed_area_m2", checked.area_m2),
        ("fault_lon", checked.fault_lon),
        ("fault_lat", checked.fault_lat),
    ):
        batch.columns[name] = pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))
    later = checked.reject_code != None  # noqa: E711 - element by element
    batch.codes = np.where((batch.codes == None) & later, checked.reject_code, batch.codes)  # noqa: E711


def _write_hash(batch: _Batch) -> None:
    """Write a digest of what the row says and draws: equal digests of two deliveries mean nothing changed."""
    parts = [batch.columns[name] for name in ("noun", *_TEXTS, *_AREAS, "scale_denominator", "srid")]
    texts = [part if pa.types.is_string(part.type) else part.cast(pa.utf8()) for part in parts]
    joined = pc.binary_join_element_wise(*texts, _SEPARATOR, null_handling="replace", null_replacement="\x00")
    shapes = pc.coalesce(batch.columns["geom"], batch.columns["geom_delivered"], pa.scalar(b"", pa.binary()))
    said = pc.binary_join_element_wise(joined.cast(pa.binary()), shapes, b"\x1e")
    digests = [hashlib.blake2b(row, digest_size=16).digest() for row in said.to_numpy(zero_copy_only=False)]
    batch.columns["delivered_hash"] = pa.array(digests, pa.binary())


def _raw_json(batch: _Batch) -> pa.Array:
    """Give, for rows where reading changed or lost a value, what stood there."""
    found: dict[int, dict[str, str]] = {}
    for name, (texts, changed) in batch.raw.items():
        rows = np.flatnonzero(pc.fill_null(changed, fill_value=False).to_numpy(zero_copy_only=False))
        for row, text in zip(rows.tolist(), texts.take(pa.array(rows)).to_pylist(), strict=True):
            found.setdefault(row, {})[name] = text
    if not found:
        return pa.nulls(batch.count, pa.utf8())
    written: list[str | None] = [None] * batch.count
    for row, entry in found.items():
        written[row] = json.dumps(entry, ensure_ascii=False)
    return pa.array(written, pa.utf8())


def _write_rejects(batch: _Batch, delivered: Mapping[str, Column], own: Mapping[int, Reject]) -> None:
    names = ("reject_code", "reject_field", "reject_reason", "reject_remedy", "raw_row")
    rows = np.flatnonzero(batch.codes != None).tolist()  # noqa: E711 - element by element
    if not rows:
        batch.columns |= {name: pa.nulls(batch.count, pa.utf8()) for name in names}
        return
    cells: dict[str, list[Any]] = {name: [None] * batch.count for name in names}
    for row, source in zip(rows, rows_as_dicts(delivered, rows), strict=True):
        reject = own.get(row) or REJECTS[batch.codes[row]]
        parts = (reject.code, reject.field, reject.reason, reject.remedy, json.dumps(source, ensure_ascii=False))
        for name, part in zip(names, parts, strict=True):
            cells[name][row] = part
    batch.columns |= {name: pa.array(column, pa.utf8()) for name, column in cells.items()}
