"""Questions as SQL text, rendered for now or for another date; answers as JSON bytes that PostgreSQL wrote.

Each question is written once. Its ``$names`` are replaced from closed tables in this module: relations by
the hot table (now) or by its ``*_as_of`` function, fragments by other statements of the same files. Nothing
that a caller says ever becomes text of a statement.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, LiteralString, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row, tuple_row

from landdb.store import statements
from landdb.store.answer_parts import Form, parcel_text
from landdb.store.statements import render as _render

#: Versioned relations that questions read, by the schema that each lives in.
_SCHEMAS: Final = {
    "parcel": "cadastre",
    "land_use": "cadastre",
    "baunit_parcel": "registry",
    "certificate": "registry",
    "rrr": "registry",
    "share": "registry",
    "party": "party",
}
#: What these relations show is less than they hold (migrations/sql/walls.sql).
_SHOWN: Final = {"certificate": "shown_certificate", "party": "masked_party"}
_NOW: Final = {name: f"{schema}.{_SHOWN.get(name, name)}" for name, schema in _SCHEMAS.items()} | {
    "barrier": "",
    "moment": "NULL, NULL",
}
_MOMENT: Final = "%(valid_at)s::date, coalesce(%(known_at)s::timestamptz, now())"
_AS_OF: Final = {name: f"{schema}.{_SHOWN.get(name, name)}_as_of({_MOMENT})" for name, schema in _SCHEMAS.items()} | {
    "barrier": "OFFSET 0",
    "moment": _MOMENT,
}
#: Whose parcels: by a public organisation number, or by the blind index of a citizen ID.
_HOLDERS: Final = {
    "by_organisation": "v.org_no = %(org_no)s",
    "by_citizen_id": "v.citizen_id_index = %(citizen_id_index)s",
}
#: A box of a yard and one of a province want different indexes: a kept plan took 0.5 s where a fresh one takes 4 ms.
_PLANNED_EACH_TIME: Final = frozenset({"in_box", "findings_by_id", "findings_worst_first", "finding_counts"})
#: Parts of questions about findings, each made of those before it.
_FINDING_PARTS: Final = (
    "state_now", "is_about_ground", "is_home", "is_visible", "sees_work", "pairs", "in_full", "chosen",
)  # fmt: skip
_QUESTIONS: Final = (
    "lookup_places", "lookup_old_numbers", "lookup_findings", "lookup_history", "lookup_quality", "lookup_proposals",
    "register_subjects", "search", "lookup_many",
    "lookup_holders",
)  # fmt: skip
_PLACES: Final = {
    "communes": "true",
    "communes_of_province": "c.province_code = %(province_code)s",
    "communes_by_name": (
        "c.name_folded = %(name_folded)s AND (%(province_code)s::text IS NULL OR c.province_code = %(province_code)s)"
    ),
}


class RawJson(Loader):
    """Leaves JSON as the bytes that the server sent."""

    def load(self, data: Buffer) -> bytes:
        """Give the bytes untouched."""
        return bytes(data)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found: how many rows about how many subjects, and the JSON array of them."""

    rows: int
    subjects: int
    last_id: int | None
    findings: int
    array: bytes


@lru_cache(maxsize=512)
def parcels_statement(
    question: str, *, as_of: bool, fields: frozenset[str] | None = None, form: Form = "answer"
) -> LiteralString:
    """Give the text that answers `question` with parcels: whole, or what `fields` name of them."""
    relations = _AS_OF if as_of else _NOW
    key = "by_holder" if question in _HOLDERS else question
    found = _render(statements.load("lookup_found")[key], {**relations, "holder": _HOLDERS.get(question, "")})
    return parcel_text({**relations, **finding_fragments(as_of=as_of)}, found=found, fields=fields, form=form)


@cache
def statement(question: str, *, as_of: bool = False) -> LiteralString:
    """Give the text of a question about places, findings or old numbers."""
    texts = {name: text for file in _QUESTIONS for name, text in statements.load(file).items()}
    names = {
        **(_AS_OF if as_of else _NOW),
        **finding_fragments(as_of=as_of),
        "place": _PLACES.get(question, ""),
        "proposal_pairs": texts["proposal_pairs"],
        "commune_found": texts["commune_found"],
    }
    return _render(texts["communes" if question in _PLACES else question], names)


@cache
def finding_fragments(*, as_of: bool = False) -> dict[str, LiteralString]:
    """Give the parts of questions about findings by name; `as_of`: as they stood at the moment asked about."""
    texts, parts = statements.load("lookup_findings"), dict[str, LiteralString]()
    relations = _AS_OF if as_of else _NOW
    for name in _FINDING_PARTS:
        text = texts["state_then" if as_of and name == "state_now" else name]
        parts[name] = _render(text, {**relations, **parts})
    return parts


async def ask_parcels(
    conn: psycopg.AsyncConnection[Any],
    question: str,
    parameters: Mapping[str, Any],
    *,
    as_of: bool,
    fields: frozenset[str] | None = None,
) -> Answer:
    """Give the parcels that `question` finds: whole, or what `fields` name of them."""
    row = await _one(conn, parcels_statement(question, as_of=as_of, fields=fields), parameters)
    if row is None:
        raise RuntimeError("an aggregate gave no row")
    return Answer(*row)


async def ask_each(
    conn: psycopg.AsyncConnection[Any],
    question: str,
    parameters: Mapping[str, Any],
    *,
    as_of: bool,
    fields: frozenset[str] | None = None,
) -> dict[int, Answer]:
    """Give the parcels that `question` finds one by one, by their identity; each with its own JSON object."""
    text = parcels_statement(question, as_of=as_of, fields=fields, form="each")
    async with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.adapters.register_loader("json", RawJson)
        await cursor.execute(text, parameters)
        rows = await cursor.fetchall()
    return {parcel_id: Answer(1, 1, parcel_id, findings, body) for parcel_id, findings, body in rows}


async def ask_page(
    conn: psycopg.AsyncConnection[Any], question: str, parameters: Mapping[str, Any], *, as_of: bool = False
) -> Answer:
    """Give one page of a list: communes, findings, or features in a box."""
    row = await _one(conn, statement(question, as_of=as_of), parameters, prepare=_kept(question))
    if row is None:
        raise RuntimeError("an aggregate gave no row")
    rows, last_id, array = row
    return Answer(rows, rows, last_id, 0, array)


async def ask_json(conn: psycopg.AsyncConnection[Any], question: str, parameters: Mapping[str, Any]) -> bytes | None:
    """Give the JSON object that `question` finds, None when there is none."""
    row = await _one(conn, statement(question), parameters)
    return None if row is None else cast("bytes", row[0])


async def ask_rows(
    conn: psycopg.AsyncConnection[Any], question: str, parameters: Mapping[str, Any], *, as_of: bool = False
) -> list[dict[str, Any]]:
    """Give the rows that `question` finds."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement(question, as_of=as_of), parameters, prepare=_kept(question))
        return await cursor.fetchall()


async def why_missing(
    conn: psycopg.AsyncConnection[Any], *, commune_code: str, sheet_no: str, valid_on: dt.date
) -> str:
    """Give the reason code for a number that leads nowhere: the commune, the sheet or the parcel is unknown."""
    parameters = {"commune_code": commune_code, "sheet_no": sheet_no, "valid_on": valid_on}
    (row,) = await ask_rows(conn, "missing", parameters)
    if not row["has_commune"]:
        return "UNKNOWN_COMMUNE"
    return "UNKNOWN_PARCEL" if row["has_sheet"] else "UNKNOWN_SHEET"


async def _one(
    conn: psycopg.AsyncConnection[Any],
    text: LiteralString,
    parameters: Mapping[str, Any],
    *,
    prepare: bool | None = None,
) -> tuple[Any, ...] | None:
    async with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.adapters.register_loader("json", RawJson)
        await cursor.execute(text, parameters, prepare=prepare)
        return await cursor.fetchone()


def _kept(question: str) -> bool | None:
    """Give None where psycopg may prepare what is asked often, False where PostgreSQL plans for the very values."""
    return False if question in _PLANNED_EACH_TIME else None
