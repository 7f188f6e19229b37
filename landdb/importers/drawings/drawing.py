"""The entities of a DXF or DGN V7 file: layer, geometry, decoded text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from landdb.errors import ImportRefused
from landdb.importers.drawings import drawing_blocks
from landdb.importers.drawings.drawing_layers import LayerRole
from landdb.importers.drawings.labels import decode_texts, plain_text

#: Bytes come through unchanged, so that old fonts can be told apart; escapes are taken apart here, not by GDAL,
#: which joins the two halves of a stacked label (345 over 120.5) into one number.
_GDAL: Final = {"DXF_ENCODING": "ISO-8859-1", "DXF_TRANSLATE_ESCAPE_SEQUENCES": "NO"}
_COLUMNS: Final = {"DXF": ["Layer", "SubClasses", "Text", "PaperSpace"], "DGN": ["Level", "Text"]}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The entities of a drawing: layer, geometry and, on points, decoded text."""

    layers: np.ndarray
    geometries: np.ndarray
    texts: np.ndarray

    def of(self, roles: Mapping[str, LayerRole], wanted: frozenset[str]) -> np.ndarray:
        """Give the positions of the entities on layers of these roles."""
        return np.flatnonzero([roles[layer].role in wanted for layer in self.layers])


def read_entities(path: Path, fmt: str, *, max_vertices: int) -> Drawing:
    """Give the entities of the model space, their text decoded from whatever encoding or escapes it has."""
    if fmt == "DXF":
        drawing_blocks.check(path)
    before = {name: pyogrio.get_gdal_config_option(name) for name in _GDAL}
    pyogrio.set_gdal_config_options(_GDAL)
    try:
        _, table = pyogrio.read_arrow(path, columns=_COLUMNS[fmt], max_features=drawing_blocks.MAX_ENTITIES + 1)
    except (DataSourceError, DataLayerError, pa.ArrowInvalid) as error:
        raise ImportRefused(
            "UNREADABLE_DRAWING",
            f"The file cannot be read as {fmt}.",
            remedy="Open it in the program that made it and save it again, as DXF 2000 or DGN V7.",
        ) from error
    finally:
        pyogrio.set_gdal_config_options(before)
    if table.num_rows > drawing_blocks.MAX_ENTITIES:
        raise drawing_blocks.too_many()
    wkb = table.column(table.schema.names[-1]).combine_chunks().cast(pa.binary())
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are judged row by row
        geometries = shapely.force_2d(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False), on_invalid="ignore"))
    if shapely.get_num_coordinates(geometries).sum() > max_vertices:
        raise ImportRefused(
            "TOO_MANY_VERTICES",
            f"The drawing has more than {max_vertices:,} vertices.",
            remedy="Deliver it sheet by sheet.",
        )
    usable = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries)) & _in_model_space(table)
    return Drawing(_layers(table, fmt)[usable], geometries[usable], _texts(table, geometries, fmt)[usable])


def _in_model_space(table: pa.Table) -> np.ndarray:
    """Tell which entities are of the map itself, not of a sheet laid out for printing."""
    if "PaperSpace" not in table.schema.names:
        return np.ones(table.num_rows, dtype=bool)
    return np.array([not flag for flag in table.column("PaperSpace").to_pylist()], dtype=bool)


def _layers(table: pa.Table, fmt: str) -> np.ndarray:
    column = table.column("Level" if fmt == "DGN" else "Layer")
    if fmt == "DGN":
        return np.array([str(level) for level in column.to_pylist()], dtype=object)
    names, _ = decode_texts([_latin1(raw) for raw in _bytes(column)])
    return np.array([name or "0" for name in names], dtype=object)


def _texts(table: pa.Table, geometries: np.ndarray, fmt: str) -> np.ndarray:
    """Give the text of point entities; that of areas names a hatch pattern."""
    raw = _bytes(table.column("Text"))
    texts, _ = decode_texts([_latin1(text) for text in raw] if fmt == "DXF" else raw)
    on_point = shapely.get_type_id(geometries) == shapely.GeometryType.POINT
    if fmt == "DXF":
        kinds = table.column("SubClasses").to_pylist()
        texts = [
            plain_text(text, is_mtext="AcDbText" not in (kind or "")) if text else None
            for text, kind in zip(texts, kinds, strict=True)
        ]
    shown = [text.strip() if text and point else None for text, point in zip(texts, on_point, strict=True)]
    return np.array([text or None for text in shown], dtype=object)


def _bytes(column: pa.ChunkedArray[Any]) -> list[bytes | None]:
    # DGN text is not UTF-8 whatever the Arrow type says, and must not be decoded by pyarrow.
    values: list[bytes | None] = column.combine_chunks().cast(pa.binary()).to_pylist()
    return values


def _latin1(raw: bytes | None) -> bytes | None:
    """Give the bytes that stood in the file: GDAL was told they were ISO-8859-1 and wrote them as UTF-8."""
    return None if raw is None else raw.decode("utf-8", "replace").encode("latin-1", "replace")
