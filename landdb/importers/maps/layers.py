"""What every geometry reader offers for one delivered layer, and the columns → fields step they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landdb.importers.maps.columns import map_distinct, to_text
from landdb.importers.maps.mapping import LayerMapping, SourcePart, column_key


class Layer(Protocol):
    """One delivered layer: known by its name and columns, read in batches with flat memory."""

    name: str
    columns: tuple[str, ...]
    declared_srid: int | None
    has_geometry: bool
    source_count: int | None

    def batches(self) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
        """Give attribute batches, each with its geometry as WKB."""
        ...


def fields_of(mapping: LayerMapping, batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """Give field → values for the columns that the mapping feeds them from."""
    fields = {name: _composed(parts, batch) for name, parts in mapping.fields.items()}
    for name, value in mapping.constants.items():
        fields.setdefault(name, pa.repeat(pa.scalar(value), batch.num_rows))
    for name, table in mapping.codes.items():
        if name in fields:
            fields[name] = _recoded(to_text(fields[name]), table)
    return fields


def _recoded(text: pa.Array, table: Mapping[str, str]) -> pa.Array:
    """Give a supplier's codes as ours; a code the profile does not know stays."""
    known = {column_key(key): code for key, code in table.items()}
    return map_distinct(text, lambda value: known.get(column_key(value), value))


def nouns_of(mapping: LayerMapping, batch: pa.RecordBatch, fields: dict[str, pa.Array]) -> str | pa.Array:
    """Give the noun of each row; a parcel layer also holds roads and rivers, which bear no number."""
    rule = mapping.land_object
    if mapping.noun != "parcel" or not (mapping.flag_column or rule.uses_without_number):
        return mapping.noun
    is_object = np.zeros(batch.num_rows, dtype=bool)
    if mapping.flag_column:
        is_object |= _is_one_of(to_text(batch.column(mapping.flag_column)), rule.flag_values)
    if "land_use" in fields and "parcel_no" in fields:
        number = to_text(fields["parcel_no"])
        unnumbered = pc.or_(pc.is_null(number), pc.fill_null(pc.equal(number, "0"), fill_value=False))
        is_use = _is_one_of(to_text(fields["land_use"]), rule.uses_without_number)
        is_object |= np.asarray(unnumbered.to_numpy(zero_copy_only=False)) & is_use
    if not is_object.any():
        return mapping.noun
    if "object_kind" not in fields and "land_use" in fields:
        fields["object_kind"] = pc.if_else(pa.array(is_object), to_text(fields["land_use"]), pa.scalar(None, pa.utf8()))
    return pc.if_else(pa.array(is_object), pa.scalar("land_object"), pa.scalar("parcel"))


def _is_one_of(text: pa.Array, values: tuple[str, ...]) -> np.ndarray:
    found = pc.is_in(pc.utf8_upper(text), value_set=pa.array([value.upper() for value in values], pa.utf8()))
    return np.asarray(found.to_numpy(zero_copy_only=False))


def _composed(parts: tuple[SourcePart, ...], batch: pa.RecordBatch) -> pa.Array:
    """Give a field from its column, or from pieces put side by side; all pieces blank make a blank field."""
    if len(parts) == 1 and parts[0].start is None and not parts[0].strip_zeros:
        return batch.column(parts[0].column)
    pieces = [_piece(part, to_text(batch.column(part.column))) for part in parts]
    filled = [pc.fill_null(piece, "") for piece in pieces]
    return to_text(pc.binary_join_element_wise(*filled, ""))


def _piece(part: SourcePart, text: pa.Array) -> pa.Array:
    if part.start is not None:
        text = pc.utf8_slice_codeunits(text, part.start, part.end)
    return pc.utf8_ltrim(text, characters="0 ") if part.strip_zeros else text
