"""Features of a collection: pages, one by its key, rows for files, and what is told of the collection.

A page goes on after a key, which never changes and is never given again: a feature that is there all the time while
somebody reads page after page is read exactly once, whatever else changes.
"""

import base64
import binascii
import datetime as dt
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Final

import shapely

from landdb.errors import InvalidValue, NotFound
from landdb.lookups.feature_time import FeatureTime, now
from landdb.lookups.parcels import NOW, Connection
from landdb.lookups.viewpoint import Viewpoint
from landdb.store.features import asking
from landdb.store.features.asking import Facts, FeaturePage
from landdb.store.features.collection import Collection, Property, collections, get_collection
from landdb.store.features.filtering import condition
from landdb.store.features.forms import Form, axes_of
from landdb.store.features.functions import FUNCTIONS, Function
from landdb.store.features.places import CRS84, EPSG_4326, Crs, box_wkb, parse_crs, zone
from landdb.store.features.questions import Question
from landdb.store.features.terms import parsed_date, parsed_timestamp

__all__ = [
    "CRS84", "EPSG_4326", "FUNCTIONS", "Collection", "Crs", "Facts", "FeaturePage", "FeatureQuestion", "Form",
    "Function", "Property", "Wanted", "box_wkb", "collection_facts", "collections", "get_collection", "get_feature",
    "get_features", "list_rows", "parse_crs", "parse_cursor", "sheet_zones", "to_cursor", "zone",
]  # fmt: skip

#: A box of this many square degrees holds a few hundred parcels: about a kilometre by a kilometre.
_SMALL_BOX: Final = 1e-4
_LARGEST_KEY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features are meant, and in which system they are wanted.

    `box`: WKB in degrees. `tree`: a CQL2 tree, its coordinates in `filter_crs`. `equal`: properties that shall have a
    value, as text.
    """

    collection: Collection
    view: Viewpoint = NOW
    time: FeatureTime = field(default_factory=now)
    system: Crs = CRS84
    box: bytes | None = None
    tree: Any = None
    filter_crs: Crs = CRS84
    equal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FeatureQuestion:
    """What is asked, ready to be asked page by page."""

    question: Question
    parameters: dict[str, Any]

    @classmethod
    def of(cls, wanted: Wanted) -> "FeatureQuestion":
        """Give the question; raises InvalidValue for a filter or a value that cannot be meant."""
        view, time = wanted.view, wanted.time
        if time.time == "now" and view.known_at is not None:
            time = FeatureTime("as_of", view.valid_on, view.valid_on)
        parameters = {
            **replace(view, valid_at=time.until).parameters(),
            **time.parameters(),
            "srid": wanted.system.srid,
            "box": wanted.box,
        }
        trees = [*_equalities(wanted), *([] if wanted.tree is None else [wanted.tree])]
        conditions: tuple[str, ...] = ()
        if trees:
            made = condition({"op": "and", "args": trees}, wanted.collection, filter_crs=wanted.filter_crs)
            conditions, parameters = (made.sql,), {**parameters, **made.parameters}
        question = Question(
            wanted.collection, time.time, axes_of(wanted.system), conditions, _box_kind(wanted.collection, wanted.box)
        )
        return cls(question, parameters)


async def get_features(
    conn: Connection, asked: FeatureQuestion, *, form: Form, limit: int, after: int = 0, seen: tuple[str, ...] = ()
) -> FeaturePage:
    """Give at most `limit` features after a key as text; no text when the asker has `seen` this page's tag."""
    parameters = {**asked.parameters, "limit": limit, "after": after, "seen": list(seen)}
    return await asking.ask_page(conn, asked.question, form, parameters)


async def get_feature(
    conn: Connection, asked: FeatureQuestion, key: int, *, form: Form, seen: tuple[str, ...] = ()
) -> tuple[str, str | None]:
    """Give the tag and the text of one feature, no text when the asker has `seen` this tag. Raises NotFound."""
    found = None
    if 0 < key <= _LARGEST_KEY:
        found = await asking.ask_item(conn, asked.question, form, {**asked.parameters, "id": key, "seen": list(seen)})
    if found is None:
        raise NotFound("there is no such feature")
    return found


async def list_rows(conn: Connection, asked: FeatureQuestion, *, limit: int, after: int = 0) -> list[dict[str, Any]]:
    """Give at most `limit` features after a key as columns: `feature_id`, properties, `geometry` as WKB."""
    return await asking.ask_rows(conn, asked.question, {**asked.parameters, "limit": limit, "after": after})


async def collection_facts(conn: Connection, collection: Collection) -> Facts:
    """Give how many features everybody may see, where they lie and since when."""
    asked = FeatureQuestion.of(Wanted(collection))
    return await asking.ask_facts(conn, collection, asked.parameters)


async def sheet_zones(conn: Connection) -> list[int]:
    """Give the zones that map sheets are drawn in, the main one first."""
    return await asking.list_srids(conn)


def to_cursor(collection: Collection, after: int) -> str:
    """Give the cursor of the page after a key: opaque, and told apart from a made-up one."""
    packed = struct.pack(">q", after)
    return base64.urlsafe_b64encode(packed + _mark(collection, packed)).decode().rstrip("=")


def parse_cursor(collection: Collection, cursor: str) -> int:
    """Give the key that a page starts after; raises InvalidValue for what this collection never gave."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise _strange_cursor() from error
    packed, mark = raw[:8], raw[8:]
    if len(packed) != 8 or mark != _mark(collection, packed):
        raise _strange_cursor()
    after: int = struct.unpack(">q", packed)[0]
    return after


def _mark(collection: Collection, packed: bytes) -> bytes:
    return blake2b(packed, digest_size=4, person=collection.id[:16].encode()).digest()


def _strange_cursor() -> InvalidValue:
    return InvalidValue("cursor", "UNKNOWN", remedy="follow the link `next` of the page before as it is")


def _box_kind(collection: Collection, box: bytes | None) -> Any:
    if box is None:
        return "none"
    west, south, east, north = shapely.from_wkb(box).bounds
    return "small" if collection.indexed and (east - west) * (north - south) <= _SMALL_BOX else "large"


def _equalities(wanted: Wanted) -> list[Any]:
    """Give each property that shall have a value as a CQL2 comparison."""
    types = {told.name: told for told in wanted.collection.properties}
    return [_equality(types[name], text) for name, text in wanted.equal.items()]


def _equality(told: Property, text: str) -> Any:
    if told.type == "array":
        return {"op": "a_contains", "args": [{"property": told.name}, [text]]}
    try:
        value = _READERS[told.type](text)
    except (ValueError, KeyError, InvalidValue) as error:
        raise InvalidValue(told.name, "MALFORMED", remedy=f"a value of type {told.type}") from error
    return {"op": "=", "args": [{"property": told.name}, value]}


def _day(text: str) -> Any:
    return {"date": parsed_date(text).isoformat()}


def _moment(text: str) -> Any:
    told: dt.datetime = parsed_timestamp(text)
    return {"timestamp": told.isoformat()}


def _whole(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= 18):
        raise ValueError
    return int(text)


_READERS: Final[dict[str, Any]] = {
    "string": str,
    "integer": _whole,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": _day,
    "timestamp": _moment,
}
