"""The delivered file copied into a job folder under our own name, with the siblings it cannot do without."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landdb.errors import ImportRefused
from landdb.importers import MAX_BYTES_PER_FILE
from landdb.importers.formats.archive import safe_label

_SHAPEFILE_PARTS: Final = (".shx", ".dbf", ".prj", ".cpg")
_EDIGEO_PARTS: Final = (".vec", ".dic", ".gen", ".geo", ".qal", ".scd")
_MAX_PARTS: Final = 64
_EXCHANGE_FILE: Final = 1 << 20
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StagedFile:
    """What lies in the job folder."""

    path: Path
    label: str  # the delivered name, reduced to harmless characters
    size: int
    sha256: bytes  # of the delivered file as it was copied, without its siblings


def stage(delivered: Path, folder: Path) -> StagedFile:
    """Give the copy of a delivered file in the job folder.

    A copy cannot change between the checks and the reading, and its name is ours: no delivered text ever
    reaches a library that gives names a meaning.
    """
    _check_regular(delivered)
    _check_finished(delivered)
    with delivered.open("rb") as stream:
        head = stream.read(512)
    label = safe_label(delivered.stem)
    siblings = 0
    if head.startswith(b"\x00\x00\x27\x0a"):
        name = "in.shp"
        siblings = _copy_shapefile_parts(delivered, folder)
    elif head.startswith(b"BOMT") and (exchange := re.search(rb"LONSA\d\d:(\w{1,32})", _start_of(delivered))):
        name = "in.thf"
        siblings = _copy_edigeo_parts(delivered, folder, exchange[1].decode())
    else:
        name = "in.bin"
    size, sha256 = _copy_whole(delivered, folder / name)
    _hand_over(folder)
    return StagedFile(folder / name, label, size + siblings, sha256)


def _copy_whole(source: Path, target: Path) -> tuple[int, bytes]:
    """Copy the delivered file itself; gives its size and digest, which are those of what the child will read."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("xb") as write:
        while block := read.read(_BLOCK):
            digest.update(block)
            size += write.write(block)
    return size, digest.digest()


def _hand_over(folder: Path) -> None:
    """Give the copies to whoever owns the folder: the account that a child of root has become."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in folder.iterdir():
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _start_of(delivered: Path) -> bytes:
    """Give what an exchange file says; one that is larger than any is not read into memory."""
    with delivered.open("rb") as stream:
        return stream.read(_EXCHANGE_FILE)


def _check_regular(delivered: Path) -> None:
    try:
        found = delivered.stat()
    except OSError as error:
        raise ImportRefused("FILE_NOT_FOUND", "The file cannot be opened.", remedy="Check the path.") from error
    if not stat.S_ISREG(found.st_mode):
        raise ImportRefused("NOT_A_FILE", "This is a folder or a device.", remedy="Name one file; zip a folder first.")
    if found.st_size > MAX_BYTES_PER_FILE:
        raise ImportRefused("FILE_TOO_LARGE", "The file is larger than 4 GiB.", remedy="Split it by commune.")


def _check_finished(delivered: Path) -> None:
    """Refuse a database whose last changes still lie in a file beside it: the copy would lack them."""
    log = delivered.with_name(delivered.name + "-wal")
    if log.exists() and log.stat().st_size > 0:
        raise ImportRefused(
            "UNFINISHED_WRITE", "The GeoPackage is still open in another program.",
            remedy="Close the program (QGIS, for instance), then import again.",
        )  # fmt: skip


def _copy(source: Path, target: Path) -> int:
    shutil.copyfile(source, target)
    return target.stat().st_size


def _copy_shapefile_parts(delivered: Path, folder: Path) -> int:
    copied = 0
    for entry in os.scandir(delivered.parent):
        part = Path(entry.path)
        suffix = part.suffix.lower()
        if (
            suffix in _SHAPEFILE_PARTS
            and part.stem.casefold() == delivered.stem.casefold()
            and entry.is_file(follow_symlinks=False)
        ):
            copied += _copy(part, folder / f"in{suffix}")
    if not (folder / "in.dbf").exists():
        raise ImportRefused(
            "SHAPEFILE_INCOMPLETE", "The shapefile came without its .dbf: no numbers, only shapes.",
            remedy="Deliver .shp, .shx, .dbf and .prj together, best in one .zip.",
        )  # fmt: skip
    return copied


def _copy_edigeo_parts(delivered: Path, folder: Path, exchange: str) -> int:
    """Copy the parts of one exchange; they keep their names, which the exchange file spells out."""
    parts = [
        Path(entry.path)
        for entry in os.scandir(delivered.parent)
        if Path(entry.name).suffix.lower() in _EDIGEO_PARTS
        and re.fullmatch(rf"{re.escape(exchange)}\w{{1,8}}\.\w{{3}}", entry.name, re.ASCII | re.IGNORECASE)
        and entry.is_file(follow_symlinks=False)
    ]
    return sum(_copy(part, folder / part.name) for part in parts[:_MAX_PARTS])
