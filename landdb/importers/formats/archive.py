"""Archives unpacked member by member, counted while reading, under names that we give."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from landdb.errors import ImportRefused

MAX_MEMBERS: Final = 100
MAX_BYTES: Final = 2 << 30
MAX_RATIO: Final = 100
#: Blank DBF columns and short GeoJSON shrink beyond any ratio; a bomb is one only when it is also big.
RATIO_IS_JUDGED_ABOVE: Final = 64 << 20
_CHUNK: Final = 1 << 20

_DATASET: Final = {".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".gml", ".fgb", ".parquet", ".geoparquet",
                   ".dxf", ".dgn", ".thf", ".csv", ".tsv", ".xlsx", ".xls"}  # fmt: skip
_SIBLING: Final = {".shx", ".dbf", ".prj", ".cpg", ".vec", ".dic", ".gen", ".geo", ".qal", ".scd"}
_HARMLESS: Final = {".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".qml", ".sld", ".cst", ".xml", ".txt", ".md", ".gfs",
                    ".xsd", ".lyr", ".pdf", ".jpg", ".png", ".mxd", ".atx", ".avl"}  # fmt: skip
_NESTED: Final = {".zip", ".bz2", ".gz", ".tar", ".tgz", ".rar", ".7z", ".xz", ".zst", ".jar", ".kmz"}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One data set of an archive: where it lies now, and the harmless form of its delivered name."""

    path: Path
    label: str


#: All that a damaged archive, or one of an unknown or encrypted kind, makes the unpackers raise.
_DAMAGE: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, tarfile.TarError, zlib.error, lzma.LZMAError,
                  NotImplementedError, RuntimeError, EOFError, ValueError, OSError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    stream: IO[bytes]


def is_workbook(path: Path) -> bool:
    """Tell whether a zip file is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def check_workbook(path: Path) -> None:
    """Return when the workbook says that it unpacks to what an honest one would; else raise ImportRefused."""
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > _most_bytes(path.stat().st_size):
            raise _bomb()


def unpack_zip(path: Path, folder: Path) -> list[Unpacked]:
    """Give the data sets of a zip file, unpacked into the folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise _refuse("ARCHIVE_TOO_MANY_MEMBERS", f"The archive has more than {MAX_MEMBERS} members.")
            with closing(_zip_members(archive)) as members:
                return _unpack(members, folder, packed_bytes=path.stat().st_size)
    except _DAMAGE as error:
        raise _refuse("ARCHIVE_DAMAGED", "The zip file is damaged, encrypted or uses an unknown method.") from error


def unpack_tar_bz2(path: Path, folder: Path) -> list[Unpacked]:
    """Give the data sets of a bzip2-packed tar file, unpacked into the folder."""
    try:
        packed = path.stat().st_size
        with (
            _Counted(path, _most_bytes(packed)) as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
            closing(_tar_members(archive)) as members,
        ):
            return _unpack(members, folder, packed_bytes=packed)
    except _DAMAGE as error:
        raise _refuse("ARCHIVE_DAMAGED", "The tar.bz2 file is damaged.") from error


class _Counted(io.BufferedIOBase):
    """A bzip2 file that gives no more than so many bytes: what is skipped, and long names, are unpacked too."""

    def __init__(self, path: Path, left: int) -> None:
        self._stream = bz2.BZ2File(path)
        self._left = left

    def read(self, size: int | None = -1, /) -> bytes:
        """Give the next bytes, or refuse the archive."""
        chunk = self._stream.read(_CHUNK if size is None or size < 0 else size)
        self._left -= len(chunk)
        if self._left < 0:
            raise _bomb()
        return chunk

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()


def _most_bytes(packed_bytes: int) -> int:
    """Give how much an archive of this size may unpack to."""
    return min(MAX_BYTES, max(RATIO_IS_JUDGED_ABOVE, MAX_RATIO * packed_bytes))


def _zip_members(archive: zipfile.ZipFile) -> Generator[_Member, None, None]:
    for info in archive.infolist():
        if info.is_dir():
            continue
        kind = (info.external_attr >> 16) & 0o170000
        if kind not in (0, 0o100000):
            raise _refuse("ARCHIVE_LINK", "The archive holds a link or a device.")
        with archive.open(info) as stream:
            yield _Member(info.filename, stream)


def _tar_members(archive: tarfile.TarFile) -> Generator[_Member, None, None]:
    for info in archive:
        if info.isdir():
            continue
        if not info.isfile() or info.issparse():
            raise _refuse("ARCHIVE_LINK", "The archive holds a link, a device or a sparse file.")
        stream = archive.extractfile(info)
        if stream is not None:
            yield _Member(info.name, stream)


def _unpack(members: Iterator[_Member], folder: Path, *, packed_bytes: int) -> list[Unpacked]:
    seen: set[str] = set()
    stems: dict[str, str] = {}
    found: list[Unpacked] = []
    left = _most_bytes(packed_bytes)
    for count, member in enumerate(members, start=1):
        if count > MAX_MEMBERS:
            raise _refuse("ARCHIVE_TOO_MANY_MEMBERS", f"The archive has more than {MAX_MEMBERS} members.")
        inner = _checked(member.name, seen)
        suffix = inner.suffix.lower()
        if suffix in _HARMLESS or "__MACOSX" in inner.parts or inner.name.startswith("."):
            continue
        target = folder / (_given_stem(inner, stems) + suffix)
        left -= _write(member.stream, target, left)
        if suffix in _DATASET:
            found.append(Unpacked(target, safe_label(inner.stem)))
    if not found:
        raise _refuse("ARCHIVE_WITHOUT_DATA", "The archive holds no data set that landdb reads.")
    return found


def _checked(name: str, seen: set[str]) -> PurePosixPath:
    """Give the member's name once nothing about it is a trick."""
    inner = PurePosixPath(name.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or "\x00" in name or re.match(r"[A-Za-z]:", name):
        raise _refuse("ARCHIVE_ESCAPE", "A member of the archive has a path that leaves the archive.")
    folded = str(inner).casefold()
    if folded in seen:
        raise _refuse("ARCHIVE_DUPLICATE", "Two members of the archive have the same name.")
    seen.add(folded)
    suffix = inner.suffix.lower()
    if suffix in _NESTED:
        raise _refuse("ARCHIVE_NESTED", "The archive holds another archive.")
    if suffix not in _DATASET | _SIBLING | _HARMLESS and not inner.name.startswith("."):
        raise _refuse("ARCHIVE_MEMBER", "The archive holds a file that is no part of a map delivery.")
    return inner


def _given_stem(inner: PurePosixPath, stems: dict[str, str]) -> str:
    """Give our own name for a member; an EDIGEO part keeps its own, because its sibling names it."""
    if inner.suffix.lower() in {".thf", ".vec", ".dic", ".gen", ".geo", ".qal", ".scd"}:
        if not re.fullmatch(r"\w{1,32}", inner.stem, re.ASCII):
            raise _refuse("ARCHIVE_MEMBER", "A part of the EDIGEO exchange has an impossible name.")
        return inner.stem
    return stems.setdefault(str(inner.with_suffix("")).casefold(), f"part{len(stems) + 1}")


def _write(stream: IO[bytes], target: Path, left: int) -> int:
    """Give the number of bytes written; stops the moment the archive has given more than it may."""
    written = 0
    with target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            written += len(chunk)
            if written > left:
                raise _bomb()
            out.write(chunk)
    return written


def safe_label(stem: str) -> str:
    """Give a delivered name reduced to what may stand in a table or a message."""
    return re.sub(r"[^\w .()-]", "_", stem)[:64].strip() or "layer"


def _bomb() -> ImportRefused:
    return _refuse("ARCHIVE_BOMB", "The archive unpacks to far more than an honest delivery would.")


def _refuse(code: str, reason: str) -> ImportRefused:
    return ImportRefused(code, reason, remedy="Send the data set alone in one .zip, without folders or other files.")
