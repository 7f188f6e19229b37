"""Where an old number may have gone, weighed without a database and without guessing.

Evidence, strongest first: the crosswalk names the parcel; it names the whole sheet, where parcel numbers
stay; parcels carry the old number themselves; the commune never changed, so neither did its numbers.
Weaker evidence is only asked when there is no stronger. What could still be elsewhere stays a candidate.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landdb.domain.text import fold
from landdb.lookups.resolution import Candidate

#: Numbers of sheets and parcels as maps write them, such as 12, 12a or 12-3.
_NUMBER: Final = re.compile(r"[0-9]{1,5}[A-Za-zĐđ]{0,2}(?:[-./][0-9]{1,5}[A-Za-zĐđ]{0,2}){0,2}")


@dataclass(frozen=True, slots=True)
class OldNumber:
    """The number as an old certificate gives it; without `parcel_no` the whole sheet is meant."""

    commune_code: str
    sheet_no: str
    parcel_no: str | None = None
    scale_denominator: int | None = None
    note: str | None = None

    def told(self) -> dict[str, Any]:
        """Give the question as it was understood, numbers alone: people are typed where numbers belong."""
        return {
            "commune_code": self.commune_code,
            "sheet_no": _number_or_none(self.sheet_no),
            "parcel_no": _number_or_none(self.parcel_no),
            "scale_denominator": self.scale_denominator,
        }


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """One row of the crosswalk for the old sheet; `old_parcel_no` None stands for all of its parcels."""

    commune_code: str
    sheet_no: str
    parcel_no: str | None
    old_parcel_no: str | None
    scale_denominator: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Successor:
    """A present commune that the old one, or a part of it, went to."""

    commune_id: int
    commune_code: str
    name: str
    kind: str
    is_divided: bool
    predecessors: int
    has_crosswalk: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """The candidates that the evidence leaves, and the reason code when they cannot make one answer."""

    candidates: tuple[Candidate, ...]
    doubt: str | None = None


def narrow(rows: Iterable[CrosswalkRow], asked: OldNumber) -> list[CrosswalkRow]:
    """Give the rows that can be meant: an unknown scale or note in a row excludes nothing.

    A row for the very parcel overrules the rows for its whole sheet of the same scale and note.
    """
    fitting = [row for row in rows if _fits(row, asked)]
    exact = {(row.scale_denominator, row.note) for row in fitting if row.old_parcel_no is not None}
    if asked.parcel_no is None:
        return fitting
    return [row for row in fitting if row.old_parcel_no is not None or (row.scale_denominator, row.note) not in exact]


def weigh(
    asked: OldNumber,
    rows: Sequence[CrosswalkRow],
    recorded: Sequence[Candidate],
    successors: Sequence[Successor],
) -> Weighed:
    """Give what the strongest evidence there is leaves."""
    named = _distinct(_from_crosswalk(row, asked) for row in narrow(rows, asked))
    if named:
        is_exact = all(candidate.evidence == "CROSSWALK_PARCEL" for candidate in named)
        elsewhere = () if is_exact else _uncharted(successors)
        return Weighed((*named, *elsewhere), "DIVIDED_COMMUNE" if elsewhere else "SEVERAL_SHEETS")
    if recorded:
        return _weigh_recorded(recorded, successors)
    if len(successors) == 1 and successors[0].predecessors == 1:
        return Weighed((_unchanged(successors[0], asked),))
    if uncharted := _uncharted(successors):
        return Weighed(uncharted, "DIVIDED_COMMUNE")
    return Weighed((), _why_nothing(rows, successors))


def _fits(row: CrosswalkRow, asked: OldNumber) -> bool:
    return (
        _agree(row.old_parcel_no, asked.parcel_no)
        and _agree(row.scale_denominator, asked.scale_denominator)
        and (row.note is None or asked.note is None or fold(asked.note) in fold(row.note))
    )


def _agree(recorded: object, asked: object) -> bool:
    """Tell whether the two do not contradict each other; what is not known contradicts nothing."""
    return recorded is None or asked is None or recorded == asked


def _from_crosswalk(row: CrosswalkRow, asked: OldNumber) -> Candidate:
    is_exact = row.old_parcel_no is not None and asked.parcel_no is not None
    return Candidate(
        commune_code=row.commune_code,
        evidence="CROSSWALK_PARCEL" if is_exact else "CROSSWALK_SHEET",
        sheet_no=row.sheet_no,
        parcel_no=None if asked.parcel_no is None else row.parcel_no or asked.parcel_no,
        scale_denominator=row.scale_denominator,
        note=row.note,
    )


def _weigh_recorded(recorded: Sequence[Candidate], successors: Sequence[Successor]) -> Weighed:
    """Give what recorded old numbers prove: parcels do not record their old commune, so a merged one is in doubt."""
    merged = {successor.commune_code for successor in successors if successor.predecessors > 1}
    is_uncertain = any(candidate.commune_code in merged for candidate in recorded) or len(successors) > 1
    return Weighed(_distinct(recorded), "OLD_COMMUNE_NOT_RECORDED" if is_uncertain else "SEVERAL_PARCELS")


def _uncharted(successors: Sequence[Successor]) -> tuple[Candidate, ...]:
    """Give the communes that a part of a divided commune went to and whose crosswalk was never delivered."""
    return tuple(
        Candidate(successor.commune_code, "SUCCESSOR", commune_name=successor.name, commune_kind=successor.kind)
        for successor in successors
        if successor.is_divided and not successor.has_crosswalk
    )


def _unchanged(successor: Successor, asked: OldNumber) -> Candidate:
    return Candidate(successor.commune_code, "UNCHANGED_COMMUNE", sheet_no=asked.sheet_no, parcel_no=asked.parcel_no)


def _distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Give one candidate per place, the first with the evidence for it."""
    by_place: dict[tuple[str, str | None, str | None], Candidate] = {}
    for candidate in candidates:
        by_place.setdefault(candidate.place, candidate)
    return tuple(by_place.values())


def _why_nothing(rows: Sequence[CrosswalkRow], successors: Sequence[Successor]) -> str:
    if rows:
        return "OTHER_SCALE_OR_NOTE"
    if not successors:
        return "UNKNOWN_COMMUNE"
    has_crosswalk = any(successor.has_crosswalk for successor in successors)
    return "UNKNOWN_OLD_SHEET" if has_crosswalk else "NO_CROSSWALK"


def _number_or_none(text: str | None) -> str | None:
    return text if text is not None and _NUMBER.fullmatch(text) else None
