"""The search box: one typed text into parcels and communes, with the reading shown; ambiguity asks, never guesses."""

from collections.abc import Sequence
from typing import Any, Final

from landdb.domain.identifiers import normalise_commune_code
from landdb.domain.search import ParcelReading, Place, understand
from landdb.lookups.parcels import NOW, Connection
from landdb.lookups.searching.answer import Found, Hit, Question, Status, body, reading_option
from landdb.lookups.searching.asking import Search
from landdb.lookups.searching.communes import NamedCommune, find_communes
from landdb.lookups.searching.finding import find
from landdb.lookups.searching.suggesting import suggest
from landdb.lookups.viewpoint import Viewpoint
from landdb.store import lookups as store

__all__ = ["search", "suggest"]

#: Hits that a page lists; more are counted.
MOST_HITS: Final = 200


async def search(
    conn: Connection, text: str, *, commune_code: str | None = None, limit: int = 20, view: Viewpoint = NOW
) -> bytes:
    """Give what a typed text means and what it finds, as JSON.

    `commune_code` is the commune that the asker works in. Names and numbers of people are refused and never
    repeated. With several readings, communes or zones that fit, `questions` gives the texts to choose from.
    """
    meant = understand(text)
    if meant.refused is not None:
        return body("REFUSED", (), (), reason=meant.refused, questions=(), notes=meant.notes)
    where = Search(conn, await chosen(conn, commune_code), min(limit, MOST_HITS), view.audience == "staff")
    found = [Found(reading) for reading in meant.readings]
    for one in found:
        await find(where, one)
    status, reason, questions = _judge(found)
    rows = await _shown(conn, found, where.limit)
    return body(status, found, rows, reason=reason, questions=questions, notes=meant.notes)


async def chosen(conn: Connection, commune_code: str | None) -> NamedCommune | None:
    """Give the commune in force that the asker works in."""
    if commune_code is None:
        return None
    named = await find_communes(conn, Place(code=normalise_commune_code(commune_code)))
    return next((one for one in named if one.in_force), None)


def _judge(found: Sequence[Found]) -> tuple[Status, str | None, list[Question]]:
    """Give how certain the answer is, why, and what to ask back."""
    questions = [question for one in found for question in one.questions]
    leading = [one for one in found if one.hits or any(not named.is_similar for named in one.communes)]
    if len(leading) > 1 or (len(found) > 1 and not leading):
        questions.insert(0, _which_reading(leading or found))
        return "AMBIGUOUS" if leading else "NOT_FOUND", "SEVERAL_READINGS", questions
    if not leading:
        return ("AMBIGUOUS", found[0].reason, questions) if questions else ("NOT_FOUND", found[0].reason, [])
    (one,) = leading
    if not one.hits:
        return ("AMBIGUOUS", "SEVERAL_COMMUNES", questions) if questions else (_of_place(one), one.reason, [])
    best = [hit for hit in one.hits if hit.rank == one.best]
    expected = len(one.reading.parcel_nos) if isinstance(one.reading, ParcelReading) else 1
    if one.best in (0, 1, 2) and max(one.total, len(best)) <= max(expected, 1) and not questions:
        return "RESOLVED", None, []
    return "AMBIGUOUS", "SEVERAL_PARCELS" if len(one.hits) > 1 else "NOT_EXACT", questions


def _of_place(one: Found) -> Status:
    is_commune = type(one.reading).__name__ == "PlaceReading" and len(one.communes) == 1
    return "RESOLVED" if is_commune and not one.communes[0].is_similar else "NOT_FOUND"


def _which_reading(found: Sequence[Found]) -> Question:
    return Question(
        "WHICH_READING", "Ý bạn là gì?", "What do you mean?", tuple(reading_option(one) for one in found)
    )  # fmt: skip


async def _shown(conn: Connection, found: Sequence[Found], limit: int) -> list[tuple[Hit, int, dict[str, Any]]]:
    """Give the best hits of all readings with what a list shows of them."""
    ranked = sorted(
        ((hit, place) for place, one in enumerate(found) for hit in one.hits), key=lambda pair: (pair[0].rank, pair[1])
    )
    best: dict[int, tuple[Hit, int]] = {}
    for hit, place in ranked:
        best.setdefault(hit.parcel_id, (hit, place))
    kept = list(best.values())[:limit]
    rows = await store.ask_rows(conn, "hits", {"parcel_ids": [hit.parcel_id for hit, _ in kept]})
    return [(hit, place, row) for (hit, place), row in zip(kept, rows, strict=True)]
