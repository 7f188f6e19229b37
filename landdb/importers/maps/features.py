"""Layers → staged features: which layers are read and how, then their batches one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import shapely

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, LayerDescription
from landdb.importers.maps import crs_detection, decoding, values
from landdb.importers.maps.layers import Layer, fields_of, nouns_of
from landdb.importers.maps.mapping import LayerMapping, column_key, map_layer, personal_keys
from landdb.importers.maps.profile import Profile
from landdb.importers.maps.rows import feature_batch

Plan = list[tuple[Layer, LayerMapping]]
_Laid = list[tuple[Layer, LayerMapping | None]]

#: field → the column somebody might name, and what they may say instead
_EXAMPLES: Final = {
    "commune_code": ("MA_XA", ", or give --commune 07954"),
    "sheet_no": ("SO_TO", ", or give --sheet 12"),
    "parcel_no": ("SO_THUA", ""),
}


def plan_layers(
    layers: Sequence[Layer], profiles: Sequence[Profile], every_profile: Sequence[Profile], job: ImportJob
) -> tuple[Plan, list[LayerDescription]]:
    """Give which layers are read under the profile that fits best, and a description of all."""
    _check_job(job, layers)
    personal = personal_keys(every_profile)
    spatial = [layer for layer in layers if layer.has_geometry]
    if not spatial:
        raise ImportRefused(
            "NO_GEOMETRY_LAYER", "The file holds no layer with geometry.",
            remedy="Deliver the map layer, or import the table as holdings.",
        )  # fmt: skip
    laid: _Laid = max(([*_lay(profile, spatial, job, personal)] for profile in profiles), key=_worth)
    plan = [(layer, mapping) for layer, mapping in laid if mapping is not None and not mapping.missing]
    half_known = [
        (layer, mapping) for layer, mapping in laid if mapping is not None and mapping.named and mapping.missing
    ]
    if half_known or not plan:
        raise _missing_columns(half_known or laid)
    chosen = {id(layer): mapping for layer, mapping in plan}
    return plan, [_described(layer, chosen.get(id(layer))) for layer in layers]


def _lay(profile: Profile, layers: Sequence[Layer], job: ImportJob, personal: set[str]) -> _Laid:
    return [(layer, map_layer(profile, layer.name, layer.columns, job, personal)) for layer in layers]


def _worth(laid: _Laid) -> tuple[int, int]:
    """Give how well a profile reads the file; where none reads it, how near it came, for the sake of the message."""
    mappings = [mapping for _, mapping in laid if mapping is not None]
    complete = sum(mapping.score for mapping in mappings if not mapping.missing)
    return complete, max((mapping.score for mapping in mappings), default=-100)


def _check_job(job: ImportJob, layers: Sequence[Layer]) -> None:
    if job.commune_code and values.commune_code(job.commune_code) is None:
        raise ImportRefused(
            "UNKNOWN_COMMUNE_CODE_FORM", "The commune code given is not a number of up to five digits.",
            remedy="Write the five-digit code, such as --commune 07954.",
        )  # fmt: skip
    known = {column_key(column) for layer in layers for column in layer.columns}
    for name, column in job.columns.items():
        if column_key(column) not in known:
            found = ", ".join(dict.fromkeys(c for layer in layers for c in layer.columns))
            raise ImportRefused(
                "UNKNOWN_COLUMN", f"There is no column {column} for {name}. Columns found: {found}.",
                remedy=f"Name one of them: --column {name}=…",
            )  # fmt: skip


def _missing_columns(laid: Sequence[tuple[Layer, LayerMapping | None]]) -> ImportRefused:
    """Give the refusal that names the field, the columns found and what to type."""
    usable = [(layer, mapping) for layer, mapping in laid if mapping is not None]
    if not usable:
        names = ", ".join(layer.name for layer, _ in laid)
        return ImportRefused(
            "NO_KNOWN_LAYER", f"No layer of the file is one this profile reads. Layers found: {names}.",
            remedy="Choose another profile (--profile generic), or name the columns with --column.",
        )  # fmt: skip
    layer, mapping = min(usable, key=lambda entry: len(entry[1].missing))
    field = mapping.missing[0]
    example, instead = _EXAMPLES[field]
    return ImportRefused(
        "MISSING_COLUMN",
        f"Layer {layer.name}: no column feeds {field}. Columns found: {', '.join(layer.columns) or 'none'}.",
        remedy=f"Name it: --column {field}={example}{instead}.",
    )


def _described(layer: Layer, mapping: LayerMapping | None) -> LayerDescription:
    if mapping is None:
        reason = "no geometry" if not layer.has_geometry else "the profile knows no such layer"
        return LayerDescription(layer.name, None, layer.columns, reason=reason, source_count=layer.source_count)
    return LayerDescription(
        name=layer.name,
        noun=mapping.noun,
        columns=layer.columns,
        mapping=mapping.described(),
        ignored=mapping.ignored,
        personal=mapping.personal,
        profile=mapping.profile,
        source_count=layer.source_count,
    )


def read_features(plan: Plan, job: ImportJob, note: Callable[[str], None]) -> Iterator[pa.RecordBatch]:
    """Give the rows of the planned layers, numbered through; notes tell what was found on the way."""
    row_no = 1
    for layer, mapping in plan:
        for batch in _read_layer(layer, mapping, job, row_no, note):
            row_no += batch.num_rows
            yield batch


def _read_layer(
    layer: Layer, mapping: LayerMapping, job: ImportJob, row_no: int, note: Callable[[str], None]
) -> Iterator[pa.RecordBatch]:
    source: crs_detection.ResolvedCrs | None = None
    encoding: str | None = None
    for attributes, wkb in layer.batches():
        fields = fields_of(mapping, attributes)
        if source is None:
            source = crs_detection.resolve(declared=layer.declared_srid, sample_xy=_sample(wkb), job=job)
            note(f"Layer {layer.name}: EPSG:{source.source_srid}, {source.how.lower()}, axes {source.axes}.")
            if source.note:
                note(source.note)
        found = _encoding(fields, encoding)
        if found != encoding and found in ("TCVN3", "VNI"):
            note(f"Layer {layer.name}: text is written in {found} and was decoded.")
        encoding = found
        yield feature_batch(
            layer=layer.name,
            noun=nouns_of(mapping, attributes, fields),
            attributes=fields,
            geometries=wkb,
            row_no=row_no,
            source=source,
            job=job,
            delivered={name: attributes.column(name) for name in attributes.schema.names},
            encoding=encoding,
        )
        row_no += attributes.num_rows


def _sample(wkb: pa.Array) -> np.ndarray:
    """Give the first coordinate pairs of the first batch, whatever its geometry is worth."""
    shapes = shapely.from_wkb(wkb.slice(0, 1000).to_numpy(zero_copy_only=False), on_invalid="ignore")
    return np.asarray(shapely.get_coordinates(shapes))


def _encoding(fields: dict[str, pa.Array], before: str | None) -> str | None:
    """Give how this batch's text is written; a few words without clear letters keep what came before."""
    texts = {name: array for name, array in fields.items() if pa.types.is_string(array.type)}
    found = decoding.detect(texts)
    if found is None:
        return before
    if found == "UNICODE" and before in ("TCVN3", "VNI") and not decoding.is_surely_unicode(texts):
        return before
    return found
