"""A DXF looked at as text before GDAL opens it: whole to its end, and blocks that do not multiply without end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from landdb.errors import ImportRefused

#: A map sheet has some ten thousand entities, a commune in one drawing some hundred thousand.
MAX_ENTITIES: Final = 1_000_000
_END: Final = 512

#: block → what it holds: the names of inserted blocks with how often, and its own entities under ""
_Blocks = Mapping[str, Counter[str]]


def check(path: Path) -> None:
    """Return when the drawing is whole and its blocks make no more entities than may be; else raise ImportRefused."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END))
        if not stream.read().rstrip(b" \r\n\t\x00\x1a").endswith(b"EOF"):
            raise ImportRefused(
                "FILE_CUT", "The drawing breaks off before its end.", remedy="Copy or export the file again."
            )
    blocks = _blocks(path)
    sizes: dict[str, int] = {}
    for name in blocks:
        if _size(name, blocks, sizes, 0) > MAX_ENTITIES:
            raise too_many()


def too_many() -> ImportRefused:
    """Give the refusal of a drawing with more entities than one import may bring."""
    return ImportRefused(
        "TOO_MANY_ENTITIES", f"The drawing, with its blocks inserted, has more than {MAX_ENTITIES:,} entities.",
        remedy="Deliver it sheet by sheet, with its blocks exploded.",
    )  # fmt: skip


def _blocks(path: Path) -> _Blocks:
    """Give what each block holds; the section of blocks stands before that of the entities."""
    blocks: dict[str, Counter[str]] = {}
    kind, inserted, current = "", "", Counter[str]()
    for code, value in _pairs(path):
        match code, kind:
            case "0", _:
                kind, times = value, 1
                current[""] += kind not in ("BLOCK", "INSERT")
            case "2", "BLOCK":
                current = blocks.setdefault(value, Counter())
            case "2", "INSERT":
                inserted = value
                current[inserted] += 1
            case "70" | "71", "INSERT" if value.isdecimal():  # columns and rows of copies
                more = times * max(0, int(value[:9]) - 1)
                current[inserted], times = current[inserted] + more, times + more
            case "2", "SECTION" if value == "ENTITIES":
                break
    return blocks


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Give the group codes of the file, each with its value."""
    with path.open(encoding="latin-1") as lines:
        for code in lines:
            yield code.strip(), next(lines, "").strip()


def _size(name: str, blocks: _Blocks, sizes: dict[str, int], depth: int) -> int:
    """Give how many entities a block makes, no larger than is of interest; a block inside itself makes none."""
    if name not in sizes:
        sizes[name] = 0
        held = blocks.get(name, Counter())
        made = (times * _size(inner, blocks, sizes, depth + 1) if inner else times for inner, times in held.items())
        sizes[name] = MAX_ENTITIES + 1 if depth > 100 else min(sum(made), MAX_ENTITIES + 1)
    return sizes[name]
