"""Polygons → a WKB column, a whole batch at once: written by numpy, octet for octet as GEOS writes them.

A batch is written twice with the same rings, in metres and in degrees; only the vertices differ. The heads
are therefore laid out once:

    polygon       01 | 3 u32 | rings u32    | for each ring: vertices u32, x f64, y f64, ...
    multipolygon  01 | 6 u32 | polygons u32 | polygons as above
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from shapely import GeometryType

from landdb.importers.maps.rings import Rings

_HEAD: Final = 9
_COUNT: Final = 4
_VERTEX: Final = 16
_LARGEST_COLUMN: Final = (1 << 31) - 1


class WkbLayout:
    """Where everything stands in the WKB of shapes that are some rows of a batch."""

    def __init__(self, rings: Rings, rows: np.ndarray, row_count: int) -> None:
        parts, shapes = len(rings.part_owner), len(rings.is_multi)
        octets = _COUNT + _VERTEX * rings.sizes.astype(np.int64)
        part_octets = _HEAD + np.bincount(rings.owner, octets, parts).astype(np.int64)
        shape_octets = _HEAD * rings.is_multi + np.bincount(rings.part_owner, part_octets, shapes).astype(np.int64)
        if shape_octets.sum() > _LARGEST_COLUMN:
            raise MemoryError
        self._rows, self._row_count = rows, row_count
        self._octets = shape_octets
        multi_heads = _HEAD * np.cumsum(rings.is_multi)[rings.part_owner]
        part_starts = np.cumsum(part_octets) - part_octets + multi_heads
        ring_starts = np.cumsum(octets) - octets + _HEAD * (rings.owner + 1) + multi_heads[rings.owner]
        self._heads = self._written_heads(rings, part_starts, ring_starts)
        first_vertices = rings.ends - rings.sizes
        self._vertices = np.repeat(ring_starts + _COUNT - _VERTEX * first_vertices, rings.sizes)
        self._vertices += _VERTEX * np.arange(len(rings.vertices))

    def _written_heads(self, rings: Rings, part_starts: np.ndarray, ring_starts: np.ndarray) -> np.ndarray:
        """Give all octets but those of the vertices."""
        heads = np.zeros(self._octets.sum(), np.uint8)
        numbers = _at_any_octet(heads, "<u4")
        multi_starts = (np.cumsum(self._octets) - self._octets)[rings.is_multi]
        polygons_of_multi = np.bincount(rings.part_owner, minlength=len(rings.is_multi))[rings.is_multi]
        rings_of_part = np.bincount(rings.owner, minlength=len(rings.part_owner))
        for starts, kind, counts in (
            (multi_starts, GeometryType.MULTIPOLYGON, polygons_of_multi),
            (part_starts, GeometryType.POLYGON, rings_of_part),
        ):
            heads[starts] = 1
            numbers[starts + 1] = kind
            numbers[starts + 5] = counts
        numbers[ring_starts] = rings.sizes
        return heads

    def column(self, vertices: np.ndarray) -> pa.Array:
        """Give the column of the shapes with these vertices (x, y); rows that have no shape are null."""
        content = self._heads.copy()
        pairs = np.ascontiguousarray(vertices, "<f8").view("<c16").ravel()
        _at_any_octet(content, "<c16")[self._vertices] = pairs
        lengths = np.zeros(self._row_count, np.int64)
        lengths[self._rows] = self._octets
        offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        filled = (
            None if len(self._rows) == self._row_count else pa.py_buffer(np.packbits(lengths > 0, bitorder="little"))
        )
        buffers = [filled, pa.py_buffer(offsets), pa.py_buffer(content)]
        return pa.Array.from_buffers(pa.binary(), self._row_count, buffers)


def _at_any_octet(content: np.ndarray, kind: str) -> np.ndarray:
    """Give a view in which a number can be written from any octet on: WKB aligns nothing."""
    count = max(0, len(content) - np.dtype(kind).itemsize + 1)
    return np.ndarray((count,), kind, content, strides=(1,))
