"""Delivered file → staged rows, read in a sandboxed child process. Never sees the database.

This module stays light on purpose: the child imports it before its sandbox is closed, so nothing
here may start a thread or load a library that reads files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from landdb.importers.reader_process import ReaderProcess

MAX_BYTES_PER_FILE = 4 << 30
#: More than a whole province's file holds, which is streamed and needs no more memory than a commune's;
#: what a single feature may hold stays limited to 100,000 (`geometry.MAX_VERTICES`).
MAX_VERTICES_PER_FILE = 100_000_000
#: Equal rows pack to nothing: some kilobytes can hold more rows than the country has parcels.
MAX_ROWS_PER_FILE = 2_000_000


@dataclass(frozen=True, slots=True)
class ImportJob:
    """What the caller knows about a delivered file before it is opened."""

    path: Path
    noun: str = "auto"  # 'auto' | 'features' | 'holdings' | 'crosswalk' | 'lookup'
    profile: str | None = None  # name of a packaged profile, or the path of a TOML file
    commune_code: str | None = None
    sheet_no: str | None = None
    crs: int | None = None  # EPSG of the delivered coordinates
    sheet_crs: int | None = None  # projected EPSG to keep when the delivered one is geographic
    axes: str = "auto"  # 'auto' | 'EN' | 'NE'
    near: tuple[float, float, float] | None = None  # longitude, latitude, radius in km
    batch_rows: int = 5000
    columns: Mapping[str, str] = field(default_factory=dict)  # field → delivered column
    max_vertices: int = MAX_VERTICES_PER_FILE
    max_rows: int = MAX_ROWS_PER_FILE


@dataclass(frozen=True, slots=True)
class LayerDescription:
    """How one delivered layer was understood."""

    name: str
    noun: str | None  # None: not read
    columns: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)  # field → delivered column(s)
    ignored: tuple[str, ...] = ()  # delivered columns that feed no field
    personal: tuple[str, ...] = ()  # delivered columns that are never stored
    profile: str | None = None
    source_count: int | None = None
    srid: int | None = None
    reason: str | None = None  # why the layer is not read


@dataclass(frozen=True, slots=True)
class DeliveryDescription:
    """What was delivered and how it was understood: the part of a batch worth keeping for years."""

    file_format: str
    kind: str  # 'FEATURE' | 'HOLDING' | 'CROSSWALK' | 'LOOKUP'
    layers: tuple[LayerDescription, ...] = ()
    encoding: str | None = None  # of the text as delivered
    source_count: int | None = None
    notes: list[str] = field(default_factory=list)  # grows while the batches are read

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the delivered columns of the layers that are read, each once."""
        return tuple(dict.fromkeys(c for layer in self._read() for c in layer.columns))

    @property
    def mapping(self) -> dict[str, str]:
        """Give field → delivered column over the layers that are read; the first layer wins."""
        merged: dict[str, str] = {}
        for layer in self._read():
            for name, column in layer.mapping.items():
                merged.setdefault(name, column)
        return merged

    @property
    def profile(self) -> str | None:
        """Give the profile that understood the first layer read."""
        return next((layer.profile for layer in self._read() if layer.profile), None)

    @property
    def srid(self) -> int | None:
        """Give the CRS in which geometry is kept."""
        return next((layer.srid for layer in self._read() if layer.srid), None)

    @property
    def count_by_noun(self) -> dict[str, int]:
        """Give how many features of each noun the file says that it holds, as far as it says so."""
        counts: Counter[str] = Counter()
        for layer in self._read():
            counts[str(layer.noun)] += layer.source_count or 0
        return dict(counts)

    def _read(self) -> tuple[LayerDescription, ...]:
        return tuple(layer for layer in self.layers if layer.noun is not None)


class Delivery:
    """One opened delivery: what it is, the digest of its file, and its rows as Arrow batches (`wire.SCHEMAS[kind]`)."""

    def __init__(self, description: DeliveryDescription, batches: Iterator[pa.RecordBatch], sha256: bytes) -> None:
        self.description = description
        self.sha256 = sha256
        self._batches = batches

    @property
    def kind(self) -> str:
        """Give 'FEATURE', 'HOLDING', 'CROSSWALK' or 'LOOKUP'."""
        return self.description.kind

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give the rows; can be walked once. Raises ImportRefused when the reading child gives up."""
        return self._batches


@contextmanager
def open_delivery(job: ImportJob, waiting: ReaderProcess | None = None) -> Iterator[Delivery]:
    """Open a delivered file in a sandboxed child, or raise ImportRefused(code, reason, remedy).

    `waiting` is a child started earlier (`reader_process.waiting_reader`); it reads one delivery and no other.
    """
    from landdb.importers.delivery import read_by_child
    from landdb.importers.maps.profile import refuse_unknown

    refuse_unknown(job.profile)
    with read_by_child(job, waiting) as delivery:
        yield delivery
