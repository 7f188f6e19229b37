"""What a delivered land use says: codes, old codes, official labels, compounds. Folk terms are not guessed."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from .tables import load

_SEPARATOR: Final = re.compile(r"\s*[+,;/&]\s*")
_CURRENT: Final = "TT08-2024"
_AGRICULTURAL: Final = "NNP"
_RICE: Final = "LUA"
_TOPMOST: Final = (_AGRICULTURAL, "PNN")
#: Worst first: the reading of a compound reports its worst part.
_GRAVITY: Final = ("NEEDS_REVIEW", "NOT_A_LEAF", "OLD_CODE")


class LandUseReading(NamedTuple):
    """The codes that a text names, in its order, and the fault that a clerk has to look at."""

    codes: tuple[str, ...]
    fault: str | None


def land_use_reading(text: str | None) -> LandUseReading:
    """Give the land-use codes of a text such as ``ONT``, ``ONT+CLN`` or an official label.

    Faults: ``NEEDS_REVIEW`` (some part is no known use; codes are then empty), ``NOT_A_LEAF`` (a statistical
    total), ``OLD_CODE`` (a code of the lists before August 2024, kept as delivered; its row names a successor
    where one is safe). A blank text gives no code and no fault.
    """
    spelled = " ".join(unicodedata.normalize("NFC", text or "").split())
    if not spelled:
        return LandUseReading((), None)
    rows = _rows_of(spelled)
    if rows is None:
        return LandUseReading((), "NEEDS_REVIEW")
    faults = {_fault(row) for row in rows}
    worst = next((fault for fault in _GRAVITY if fault in faults), None)
    return LandUseReading(tuple(dict.fromkeys(row["code"] for row in rows)), worst)


def _rows_of(spelled: str) -> list[dict[str, str]] | None:
    """Give the code-list rows that the text names, or nothing when a part of it is unknown."""
    whole = _find(spelled)
    if whole is not None:
        return [whole]
    parts = [_find(part) for part in _SEPARATOR.split(spelled)]
    known = [part for part in parts if part is not None]
    return known if len(known) == len(parts) else None


def _find(word: str) -> dict[str, str] | None:
    """Give the row with this code or this official label."""
    return _by_code().get(word.upper()) or _by_label().get(_plain(word))


def _fault(row: dict[str, str]) -> str | None:
    """Give what is wrong with storing this row's code on a parcel today."""
    if row["is_leaf"] != "true":
        return "NOT_A_LEAF"
    return None if row["scheme"] == _CURRENT else "OLD_CODE"


def is_agricultural(codes: Sequence[str]) -> bool:
    """Tell whether every one of the codes is of the agricultural group, forest and water for raising included."""
    return bool(codes) and all(_group_of(code) == _AGRICULTURAL for code in codes)


def _group_of(code: str) -> str:
    """Give the topmost code above a code."""
    row = _by_code().get(code)
    while row is not None and row["parent"]:
        code = row["parent"]
        row = _by_code().get(code)
    return code


@cache
def colour_groups() -> dict[str, str]:
    """Give every code with the total that a small map shows it under: LUC with rice, DGD with public services.

    That is the last total below agricultural and non-agricultural land (DGD → DSN), or the code itself where there is
    none; rice stays rice, apart from other annual crops.
    """
    return {code: _total_of(code) for code in _by_code()}


def label_of(code: str, language: str) -> str:
    """Give the official label of a code in Vietnamese (`vi`) or its English meaning; the code itself when unknown."""
    row = _by_code().get(code)
    return row[f"label_{language}"] if row else code


def _total_of(code: str) -> str:
    row = _by_code()[code]
    while row["code"] != _RICE and (parent := _by_code().get(row["parent"])) and parent["code"] not in _TOPMOST:
        row = parent
    return row["code"]


@cache
def _by_code() -> dict[str, dict[str, str]]:
    """Give the land uses by code; a code in force wins over an old one of the same letters."""
    return {row["code"]: row for row in sorted(load("land_use"), key=lambda row: row["scheme"] == _CURRENT)}


@cache
def _by_label() -> dict[str, dict[str, str]]:
    """Give the leaves in force by their label, with and without the word for land, spelled plainly."""
    leaves = [row for row in load("land_use") if row["scheme"] == _CURRENT and row["is_leaf"] == "true"]
    return {spelling: row for row in leaves for spelling in _spellings(row["label_vi"])}


def _spellings(label: str) -> tuple[str, ...]:
    """Give the ways in which clerks write an official label."""
    plain = _plain(label)
    return plain, plain.removeprefix("dat ")


def _plain(text: str) -> str:
    """Give lower-case letters without accents, so that tone placement and keyboards do not matter."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
