"""The answer of a search: what was understood, what was found and why, and what must be asked back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from landdb.domain.search import Reading, message, told, write
from landdb.lookups.searching.communes import NamedCommune, point_json

Why = Literal[
    "LINK", "PARCEL_CODE", "CERTIFICATE", "REGISTRY_NO", "POINT", "EXACT_HERE", "EXACT", "SUCCESSOR", "OLD_NUMBER",
    "SHEET", "ELSEWHERE", "PREFIX", "ADDRESS",
]  # fmt: skip
Status = Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND", "REFUSED"]
LANGUAGES: Final = ("vi", "en")

#: The better a hit fits, the earlier: exact before old, old before beginnings, words of addresses last.
RANKS: Final[dict[Why, int]] = {
    "LINK": 0, "PARCEL_CODE": 0, "CERTIFICATE": 0, "REGISTRY_NO": 0, "POINT": 0, "EXACT_HERE": 0, "EXACT": 1,
    "SUCCESSOR": 2, "OLD_NUMBER": 2, "SHEET": 2, "ELSEWHERE": 3, "PREFIX": 4, "ADDRESS": 5,
}  # fmt: skip
_WHY: Final[dict[Why, dict[str, str]]] = {
    "LINK": {"vi": "thửa trong liên kết", "en": "the parcel of the link"},
    "PARCEL_CODE": {"vi": "đúng mã thửa đất", "en": "this parcel code"},
    "CERTIFICATE": {"vi": "thửa ghi trên giấy chứng nhận", "en": "a parcel of the certificate"},
    "REGISTRY_NO": {"vi": "đúng số vào sổ", "en": "this registry number"},
    "POINT": {"vi": "thửa tại vị trí này", "en": "the parcel at this place"},
    "EXACT_HERE": {"vi": "đúng số tờ, số thửa trong xã đang chọn", "en": "this number in the chosen commune"},
    "EXACT": {"vi": "đúng số tờ, số thửa", "en": "this number"},
    "SUCCESSOR": {"vi": "số hiện nay, trong xã mới của xã cũ này", "en": "today's number, where the old commune went"},
    "OLD_NUMBER": {"vi": "theo số tờ, số thửa cũ", "en": "by the old number"},
    "SHEET": {"vi": "thửa trên tờ này", "en": "a parcel of this sheet"},
    "ELSEWHERE": {"vi": "cùng số, ở xã khác", "en": "the same number in another commune"},
    "PREFIX": {"vi": "số thửa bắt đầu như đã gõ", "en": "its number begins as typed"},
    "ADDRESS": {"vi": "địa chỉ chứa nội dung đã gõ", "en": "its address holds what was typed"},
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A parcel that was found: why, for which reading, and in which commune."""

    parcel_id: int
    why: Why
    commune_id: int

    @property
    def rank(self) -> int:
        """Give how well it fits, 0 the best."""
        return RANKS[self.why]


@dataclass(frozen=True, slots=True)
class Question:
    """What must be asked back, and the answers to choose from: each a text to search for, with its commune."""

    code: str
    vi: str
    en: str
    choices: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the question for an answer."""
        return {"code": self.code, "text": {"vi": self.vi, "en": self.en}, "choices": list(self.choices)}


@dataclass(slots=True)
class Found:
    """What one reading led to; `total` counts the parcels that fit best, listed or not."""

    reading: Reading
    communes: list[NamedCommune] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    questions: list[Question] = field(default_factory=list)
    reason: str | None = None
    point: tuple[float, float] | None = None

    def add(self, rows: Sequence[dict[str, Any]], why: Why) -> None:
        """Add what a statement found, once each; the best fitting ones are counted."""
        known = {hit.parcel_id for hit in self.hits}
        new = [Hit(row["parcel_id"], why, row["commune_id"]) for row in rows if row["parcel_id"] not in known]
        if new and (not self.hits or RANKS[why] == self.best):
            self.total += rows[0]["total"]
        self.hits.extend(new)

    @property
    def best(self) -> int | None:
        """Give the rank of the best hit."""
        return min((hit.rank for hit in self.hits), default=None)

    def to_json(self) -> dict[str, Any]:
        """Give the reading for an answer: how it was understood, and a text that means it and nothing else."""
        labels = [{language: one.label(language) for language in LANGUAGES} for one in self.communes]
        place = labels[0] if len(labels) == 1 else {}
        return {
            "kind": type(self.reading).__name__.removesuffix("Reading").upper(),
            "text": {language: told(self.reading, language, place=place.get(language)) for language in LANGUAGES},
            "communes": [commune.to_json() for commune in self.communes],
            "total": self.total,
            "reason": self.reason,
            "point": self.point and point_json(*self.point),
        }


def body(
    status: Status,
    found: Sequence[Found],
    rows: Sequence[tuple[Hit, int, dict[str, Any]]],
    *,
    reason: str | None,
    questions: Sequence[Question],
    notes: Sequence[str],
) -> bytes:
    """Give the answer as JSON. `rows` are the hits with the place of their reading and what is shown of them."""
    answer = {
        "status": status,
        "reason": reason,
        "message": reason and message(reason),
        "place": _place(found) if not rows else None,
        "readings": [one.to_json() for one in found],
        "questions": [question.to_json() for question in questions],
        "total": sum(one.total for one in found),
        "hits": [_hit(hit, reading, row) for hit, reading, row in rows],
        "notes": [{"code": note, **message(note)} for note in notes],
    }
    return json.dumps(answer, ensure_ascii=False).encode()


def _hit(hit: Hit, reading: int, row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    return {
        **row,
        "point": None if lon is None else point_json(lon, lat),
        "why": {"code": hit.why, **_WHY[hit.why]},
        "reading": reading,
    }


def _place(found: Sequence[Found]) -> dict[str, Any] | None:
    """Give where a map goes when there is no parcel to show: the place that was typed, else the only commune."""
    for one in found:
        if one.point is not None:
            return point_json(*one.point)
        if len(one.communes) == 1:
            return one.communes[0].point
    return None


def reading_option(one: Found) -> dict[str, Any]:
    """Give a reading as something to choose."""
    return {"text": one.to_json()["text"], "q": write(one.reading), "commune": None, "hits": one.total}
