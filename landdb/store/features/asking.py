"""Features asked from PostGIS: pages, one feature, columns, and what is told of a whole collection."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import dict_row

from landdb.errors import InvalidValue
from landdb.store.features.collection import Collection
from landdb.store.features.forms import Form
from landdb.store.features.questions import Question, item_statement, page_statement, rows_statement
from landdb.store.statements import load

Connection = psycopg.AsyncConnection[Any]
#: What PostgreSQL cannot compute for the very values that a filter names: overflow, a pattern that ends in an escape,
#: a shape on which a spatial operation fails.
_NOT_COMPUTABLE: Final = (psycopg.DataError, psycopg.errors.InternalError_, psycopg.errors.StatementTooComplex)


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """One page: how many features, the key that the next page starts after, its tag, the text (None: was seen)."""

    features: int
    next_after: int | None
    tag: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a whole collection: how many features, their box in degrees, the first day that is known."""

    features: int
    box: tuple[float, float, float, float] | None
    since: dt.date | None


async def ask_page(conn: Connection, question: Question, form: Form, parameters: Mapping[str, Any]) -> FeaturePage:
    """Give one page of features as text; raises InvalidValue for a filter that cannot be computed."""
    row = await _one(conn, question, page_statement(question, form), parameters)
    if row is None:
        raise RuntimeError("an aggregate gave no row")
    return FeaturePage(*row)


async def ask_item(
    conn: Connection, question: Question, form: Form, parameters: Mapping[str, Any]
) -> tuple[str, str | None] | None:
    """Give tag and text of one feature (text None: the tag was seen), None when there is none."""
    row = await _one(conn, question, item_statement(question, form), parameters)
    return None if row is None else (str(row[0]), row[1])


async def ask_rows(conn: Connection, question: Question, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give one page of features as columns; `feature_id` is the key, `geometry` is WKB."""
    try:
        async with conn.cursor(row_factory=dict_row, binary=True) as cursor:
            await cursor.execute(rows_statement(question), parameters, prepare=_prepared(question))
            return await cursor.fetchall()
    except _NOT_COMPUTABLE as error:
        raise _uncomputable() from error


async def ask_facts(conn: Connection, collection: Collection, parameters: Mapping[str, Any]) -> Facts:
    """Give what is told of the collection; boxes come from the statistics of the spatial index."""
    question = Question(collection)
    named = {"relation": question.relation(), "joins": collection.joined(question.where()), "where": question.where()}
    counted: LiteralString = load("ogc_facts")["count"]
    for name, text in named.items():
        counted = counted.replace(f"$${name}", text)
    cursor = await conn.execute(counted, parameters)
    row = await cursor.fetchone()
    schema, table = collection.noun.split(".")
    asked = {"schema": schema, "table": table, "column": _placed_by(collection)}
    box = await (await conn.execute(load("ogc_facts")["box"], asked)).fetchone() if asked["column"] else None
    corners = None if box is None or box[0] is None else (box[0], box[1], box[2], box[3])
    return Facts(0 if row is None else row[0], corners, await _since(conn, collection))


async def list_srids(conn: Connection) -> list[int]:
    """Give the systems that map sheets are drawn in, that of most sheets first."""
    cursor = await conn.execute(load("ogc_facts")["srids"])
    return [srid for (srid,) in await cursor.fetchall()]


async def _one(
    conn: Connection, question: Question, text: Any, parameters: Mapping[str, Any]
) -> tuple[Any, ...] | None:
    try:
        cursor = await conn.execute(text, parameters, prepare=_prepared(question))
        return await cursor.fetchone()
    except _NOT_COMPUTABLE as error:
        raise _uncomputable() from error


async def _since(conn: Connection, collection: Collection) -> dt.date | None:
    if not collection.versioned:
        return None
    text = load("ogc_facts")["since"].replace("$$noun", collection.noun)
    row = await (await conn.execute(text)).fetchone()
    return None if row is None else row[0]


def _placed_by(collection: Collection) -> str | None:
    """Give the indexed column that tells where the collection lies."""
    if collection.indexed:
        return "geom_4326"
    return "point_4326" if collection.noun == "quality.finding" else None


def _prepared(question: Question) -> bool | None:
    return None if question.is_kept else False


def _uncomputable() -> InvalidValue:
    return InvalidValue("filter", "NOT_COMPUTABLE", remedy="the filter cannot be computed for every feature")
