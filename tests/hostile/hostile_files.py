"""What a hostile file is to the tests: a name, a builder, and the one outcome that is allowed.

Builders get a `Place`: the folder to build in, and two canaries, a web address that nothing may call and
a file that nothing may read.
"""

import csv
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

COMMUNE = "99009"
#: A corner of the commune in zone 9208 (E, N).
EAST, NORTH = 558_400.0, 2_368_900.0
#: What no message and no clear column may show.
NAME = "Nguyễn Thị Bí Mật"
CITIZEN_ID = "099085000123"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hostile file is built, and what it tries to reach."""

    folder: Path
    url: str
    secret: Path

    def file(self, name: str, content: bytes | str) -> Path:
        """Write a file of the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@dataclass(frozen=True, slots=True)
class Outcome:
    """Refused under one of these codes; or so many rows stored, and so many quarantined by reason."""

    refused: tuple[str, ...] = ()
    stored: int = 0
    merged: int = 0
    rejected: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Hostile:
    """One hostile file."""

    name: str
    build: Callable[[Place], Path]
    outcome: Outcome
    job: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    slow: bool = False


def refused(*codes: str) -> Outcome:
    return Outcome(refused=codes)


def rows(stored: int = 0, *, merged: int = 0, **rejected: int) -> Outcome:
    return Outcome(stored=stored, merged=merged, rejected=rejected)


class Corpus(list[Hostile]):
    """Hostile files of one kind; `add` decorates their builders, and a builder's name is the file's."""

    def add(self, outcome: Outcome, *, slow: bool = False, **job: Any) -> Callable[[Callable[[Place], Path]], Any]:
        def keep(build: Callable[[Place], Path]) -> Callable[[Place], Path]:
            self.append(Hostile(build.__name__, build, outcome, job, slow))
            return build

        return keep

    def each(self, outcome: Outcome, build: Callable[..., Path], variants: Mapping[str, Any], **job: Any) -> None:
        """Add one file per variant; the builder gets the variant after the place."""
        for name, variant in variants.items():
            self.append(Hostile(name, lambda place, variant=variant: build(place, variant), outcome, job))


def square(column: int = 0, *, side: float = 10.0) -> list[list[float]]:
    west, south = EAST + column * side, NORTH
    return [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]


def properties(number: Any = 1, **changed: Any) -> dict[str, Any]:
    """Give a parcel's attributes as VBDLIS names them."""
    return {
        "MaXa": COMMUNE,
        "SoHieuToBanDo": "12",
        "SoThuTuThua": str(number),
        "DienTich": 100.0,
        "KyHieuMucDichSuDung": "ONT",
    } | changed


def feature(geometry: Any, number: Any = 1, **changed: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties(number, **changed), "geometry": geometry}


def polygon(ring: Sequence[Sequence[float]], *holes: Sequence[Sequence[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring, *holes]}


def geojson(*features: Any, crs: int = 9208) -> str:
    """Give a feature collection; a feature that is already text goes in as it is."""
    written = ",".join(one if isinstance(one, str) else json.dumps(one) for one in features)
    name = f'"crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{crs}"}}}}'
    return f'{{"type":"FeatureCollection",{name},"features":[{written}]}}'


def honest_geojson(count: int = 1) -> str:
    return geojson(*(feature(polygon(square(number)), number + 1) for number in range(count)))


def write_layer(
    path: Path, shapes: Sequence[Any], attributes: Mapping[str, Sequence[Any]] | None = None, **options: Any
) -> Path:
    """Write a layer through GDAL; shapes may be geometries or WKB."""
    columns = attributes or {name: [value] * len(shapes) for name, value in properties().items()} | {
        "SoThuTuThua": [str(number + 1) for number in range(len(shapes))]
    }
    wkb = np.array([s if isinstance(s, bytes) else shapely.to_wkb(s) for s in shapes], dtype=object)
    arrays = [np.array(v, dtype=object if isinstance(v[0], str) else None) for v in columns.values()]
    pyogrio.raw.write(path, wkb, arrays, list(columns), crs="EPSG:9208",
                      geometry_type=options.pop("geometry_type", "Polygon"), **options)  # fmt: skip
    return path


def honest_layer(path: Path, count: int = 1, **changed: Sequence[Any]) -> Path:
    """Write parcels side by side; a shapefile keeps ten letters of each name."""
    cut = 10 if path.suffix == ".shp" else None
    columns = {name[:cut]: [value] * count for name, value in properties().items()}
    columns["SoThuTuThua"[:cut]] = [str(number + 1) for number in range(count)]
    return write_layer(path, [shapely.Polygon(square(number)) for number in range(count)], columns | changed)


def zipped(path: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def zeros_deflated(mebibytes: int, piece: bytes = b"\0", head: bytes = b"") -> tuple[bytes, int, int]:
    """Give a raw deflate stream of a head and so many MiB of one piece, made without holding them, its CRC and size."""
    block = piece * ((1 << 20) // len(piece))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(head + block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    crc = zlib.crc32(head)
    for _ in range(mebibytes):
        crc = zlib.crc32(block, crc)
    packed = first + again * (mebibytes - 1) + packer.flush(zlib.Z_FINISH)
    return packed, crc, len(head) + mebibytes * len(block)


def raw_zip(path: Path, entries: Iterable[tuple[str, bytes, int, int]], *, shared: bool = False) -> Path:
    """Write a zip by hand from (name, deflated bytes, CRC, stated size); `shared` points all at the first's bytes."""
    body, directory = io.BytesIO(), io.BytesIO()
    offset, count = 0, 0
    for name, packed, crc, size in entries:
        encoded = name.encode()
        head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, len(encoded), 0)
        if not shared or count == 0:
            offset = body.tell()
            body.write(b"PK\x03\x04" + head + encoded + packed)
        directory.write(b"PK\x01\x02\x14\x00" + head + struct.pack("<HHHII", 0, 0, 0, 0, offset) + encoded)
        count += 1
    start, length = body.tell(), directory.tell()
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, length, start, 0)
    path.write_bytes(body.getvalue() + directory.getvalue() + end)
    return path


def table(*lines: Sequence[Any], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def random_text(length: int) -> str:
    """Give text that no compression makes short enough for a database index."""
    letters = np.random.default_rng(7302).integers(0, 26, length)
    return "".join(chr(97 + letter) for letter in letters)


HOLDING: Mapping[str, Any] = {
    "MaXa": COMMUNE,
    "Số tờ": "7",
    "Số thửa": "1",
    "Loại chủ": "Cá nhân",
    "Họ và tên": NAME,
    "Số CCCD": CITIZEN_ID,
    "Số phát hành GCN": "AB 12345678",
    "Mục đích sử dụng": "ONT",
    "Diện tích": "100",
}


def holdings(*changed: Mapping[str, Any]) -> list[list[Any]]:
    """Give a holders' table, header first, with one row per change of an honest row of parcel 1."""
    head = list(dict.fromkeys([*HOLDING, *(name for change in changed for name in change)]))
    return [head, *([(HOLDING | dict(change)).get(name, "") for name in head] for change in changed)]
