"""Inside the sandbox: what was delivered, which reader takes it, and its rows written as one Arrow stream.

In two steps: `look_at` needs the file only, `read_into` also the job. The file may be there before the job is known.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, LayerDescription, wire
from landdb.importers.formats import archive, design_file, edigeo, geopackage, markup
from landdb.importers.formats.archive import Unpacked
from landdb.importers.formats.detect import detect
from landdb.importers.maps.profile import Profile, packaged_profiles, parse_profile
from landdb.importers.walls import drivers

_TABLES = {"CSV", "XLSX", "XLS"}
_DRAWINGS = {"DXF", "DGN"}
_WKB_HEAD = 13
#: What GDAL would overlook: stored programs, entities, a file that breaks off.
_CHECKS = {"GPKG": geopackage.check, "GML": markup.check, "DGN": design_file.check, "EDIGEO": edigeo.check}
#: The key under which the stream's schema carries the description.
DESCRIPTION = b"landdb.description"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The file in the job folder, unpacked and found harmless as far as that shows from outside."""

    path: Path
    file_format: str
    parts: Sequence[Unpacked]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A delivery ready to be read."""

    kind: str
    layers: Sequence[LayerDescription]
    batches: Iterator[pa.RecordBatch]
    encoding: str | None = None


def look_at(shown: Mapping[str, Any]) -> Delivered:
    """Give what lies in the job folder; its format is known then, and GDAL loaded with the driver of that format."""
    path = Path(shown["file"])
    file_format, parts = _unpacked(path, shown["label"], shown.get("otherwise"))
    if file_format in drivers.DRIVER:
        drivers.register_only(file_format, also_skip=shown["also_skip"])
    for part in parts if file_format in _CHECKS else ():
        _CHECKS[file_format](part.path)
    return Delivered(path, file_format, parts)


def read_into(stream: int, delivered: Delivered, request: Mapping[str, Any], *, note: Callable[[str], None]) -> None:
    """Read the delivery as the request asks and write its rows to the file descriptor."""
    job = _job(request, delivered.path)
    with ExitStack() as stack:
        opened = _open(delivered, job, request, stack, note)
        budget = _Budget(job.max_vertices, job.max_rows)
        first = next(opened.batches, None)
        schema = wire.SCHEMAS[opened.kind].with_metadata(
            {DESCRIPTION: _description(delivered.file_format, opened, first)}
        )
        with os.fdopen(stream, "wb", buffering=1 << 20) as out, pa.ipc.new_stream(out, schema) as writer:
            for batch in chain([first] if first is not None else [], opened.batches):
                budget.spend(batch)
                writer.write_batch(batch.replace_schema_metadata(schema.metadata))
                out.flush()


def _job(request: Mapping[str, Any], path: Path) -> ImportJob:
    told = dict(request["job"])
    near = told.pop("near")
    return ImportJob(**told | {"path": path, "near": tuple(near) if near else None})


def _unpacked(path: Path, label: str, otherwise: str | None) -> tuple[str, list[Unpacked]]:
    """Give the format and the data sets to read; all data sets of an archive have one format."""
    found = detect(path, otherwise=otherwise)
    if found == "ZIP" and archive.is_workbook(path):
        archive.check_workbook(path)
        found = "XLSX"
    if found not in ("ZIP", "TAR_BZ2"):
        return found, [Unpacked(path, label)]
    folder = path.parent / "unpacked"
    folder.mkdir()
    parts = (archive.unpack_zip if found == "ZIP" else archive.unpack_tar_bz2)(path, folder)
    formats = {_inner_format(part.path) for part in parts}
    if len(formats) > 1:
        raise ImportRefused(
            "ARCHIVE_MIXED", f"The archive holds data of several formats: {', '.join(sorted(formats))}.",
            remedy="Send one archive for each.",
        )  # fmt: skip
    return formats.pop(), parts


def _inner_format(path: Path) -> str:
    found = detect(path)
    if found == "ZIP" and archive.is_workbook(path):
        archive.check_workbook(path)
        return "XLSX"
    if found in ("ZIP", "TAR_BZ2"):
        raise ImportRefused("ARCHIVE_NESTED", "The archive holds another archive.", remedy="Send the inner one.")
    return found


def _open(
    delivered: Delivered,
    job: ImportJob,
    request: Mapping[str, Any],
    stack: ExitStack,
    note: Callable[[str], None],
) -> _Opened:
    file_format, parts = delivered.file_format, delivered.parts
    if file_format in _TABLES:
        return _open_table(file_format, parts, job)
    if job.noun == "lookup":
        raise ImportRefused(
            "NOT_A_TABLE", f"The file is a map ({file_format}), not a table.", remedy="Send a table as .xlsx or .csv."
        )
    if job.noun in ("holdings", "crosswalk"):
        raise ImportRefused(
            "NOT_A_TABLE", f"The file is a map ({file_format}), not a table of {job.noun}.",
            remedy="Import it without naming a kind.",
        )  # fmt: skip
    if file_format in _DRAWINGS:
        return _open_drawing(file_format, parts, job, note)
    return _open_layers(file_format, parts, job, _profiles(request), stack, note)


def _open_table(file_format: str, parts: Sequence[Unpacked], job: ImportJob) -> _Opened:
    if job.noun == "lookup":
        return _open_lookup(file_format, parts, job)
    from landdb.importers.tables.tabular import open_table

    table = open_table(_only(parts), job, file_format, name=parts[0].label)
    layer = LayerDescription(table.worksheet, table.kind.lower(), table.columns, table.mapping, profile=table.profile)
    return _Opened(table.kind, [layer], table.batches, table.encoding)


def _open_lookup(file_format: str, parts: Sequence[Unpacked], job: ImportJob) -> _Opened:
    from landdb.importers.tables.lookup_table import read_lookup_table

    table = read_lookup_table(_only(parts), job, file_format, name=parts[0].label)
    layer = LayerDescription(table.worksheet, "lookup", personal=table.personal)
    return _Opened("LOOKUP", [layer], table.batches(job.batch_rows))


def _open_drawing(file_format: str, parts: Sequence[Unpacked], job: ImportJob, note: Callable[[str], None]) -> _Opened:
    from landdb.importers.drawings.draw import read_drawing

    batches = read_drawing(_only(parts), job, file_format, name=parts[0].label, note=note)
    return _Opened("FEATURE", [LayerDescription(parts[0].label, "parcel", profile="drawing")], batches)


def _only(parts: Sequence[Unpacked]) -> Path:
    if len(parts) > 1:
        raise ImportRefused(
            "ARCHIVE_SEVERAL", "The archive holds several files of this kind.", remedy="Send them one by one."
        )
    return parts[0].path


def _open_layers(
    file_format: str,
    parts: Sequence[Unpacked],
    job: ImportJob,
    profiles: Sequence[Profile],
    stack: ExitStack,
    note: Callable[[str], None],
) -> _Opened:
    from landdb.importers.maps.features import plan_layers, read_features

    layers: list[Any] = []
    for part in parts:
        if file_format == "PARQUET":
            from landdb.importers.maps.geoparquet import ParquetLayer

            layers.append(ParquetLayer(part.path, part.label, job.batch_rows))
            continue
        from landdb.importers.maps.vector import open_layers

        layers += open_layers(part, file_format, job, profiles, stack)
    plan, described = plan_layers(layers, profiles, [*packaged_profiles(), *profiles], job)
    return _Opened("FEATURE", described, read_features(plan, job, note))


def _profiles(request: Mapping[str, Any]) -> Sequence[Profile]:
    """Give the profiles to try: the one asked for, or all that come with the package."""
    if request["profile_text"]:
        return [parse_profile(request["profile_text"])]
    wanted = request["job"]["profile"]
    chosen = [profile for profile in packaged_profiles() if wanted in (None, profile.name)]
    if not chosen:
        names = ", ".join(profile.name for profile in packaged_profiles())
        raise ImportRefused("UNKNOWN_PROFILE", "There is no such profile.", remedy=f"Use one of: {names}.")
    return chosen


def _description(file_format: str, opened: _Opened, first: pa.RecordBatch | None) -> bytes:
    """Give what the parent is told before the first row."""
    layers = [dataclasses.asdict(layer) for layer in opened.layers]
    if opened.kind == "FEATURE" and first is not None and first.num_rows:
        for layer in layers:
            if layer["name"] == first.column("layer")[0].as_py() or len(layers) == 1:
                layer["srid"] = first.column("srid")[0].as_py()
    counts = [layer["source_count"] for layer in layers if layer["noun"]]
    described = {
        "file_format": file_format,
        "kind": opened.kind,
        "layers": layers,
        "encoding": opened.encoding,
        "source_count": sum(counts) if counts and None not in counts else None,
    }
    return json.dumps(described, ensure_ascii=False).encode()


class _Budget:
    """How many rows and vertices a file may still bring."""

    def __init__(self, vertices: int, rows: int) -> None:
        self._left = vertices
        self._rows = rows

    def spend(self, batch: pa.RecordBatch) -> None:
        """Count a batch's rows and vertices, or refuse the file: WKB is 16 bytes for each after a short head."""
        self._rows -= batch.num_rows
        if self._rows < 0:
            raise ImportRefused(
                "TOO_MANY_ROWS", "The file has more rows than one import may bring.",
                remedy="Import commune by commune.",
            )  # fmt: skip
        for name in ("geom", "geom_delivered"):
            if name in batch.schema.names:
                octets = pc.sum(pc.binary_length(batch.column(name)), min_count=0).as_py()
                self._left -= max(0, octets - _WKB_HEAD * batch.num_rows) // 16
        if self._left < 0:
            raise ImportRefused(
                "TOO_MANY_VERTICES", "The file has more vertices than one import may bring.",
                remedy="Import commune by commune.",
            )  # fmt: skip
