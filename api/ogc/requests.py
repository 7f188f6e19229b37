"""What a request for features says, read from its query; what is unknown, repeated or malformed is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from api.access import Caller
from api.dependencies import viewpoint
from api.ogc.formats import ITEM, ITEMS, Format, chosen
from api.schemas import AsOf, KnownAt
from landdb.domain.cql2 import LANGUAGES, parse_filter
from landdb.errors import InvalidValue
from landdb.lookups import features
from landdb.lookups.feature_time import now, parse_datetime
from landdb.lookups.features import CRS84, Collection, Crs, Wanted

MOST_FEATURES: Final = 10_000
DEFAULT_LIMIT: Final = 10
ITEM_PARAMETERS: Final = ("f", "crs", "datetime", "known_at")
ITEMS_PARAMETERS: Final = (
    "f", "limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "known_at", "filter", "filter-lang", "filter-crs",
)  # fmt: skip
_KNOWN_AT: Final[TypeAdapter[Any]] = TypeAdapter(KnownAt)


@dataclass(frozen=True, slots=True)
class ItemsRequest:
    """A page of features, or with a bulk format and no limit all of them."""

    wanted: Wanted
    form: Format
    limit: int | None
    after: int

    @property
    def page_size(self) -> int:
        """Give how many features one page has."""
        return DEFAULT_LIMIT if self.limit is None else self.limit


@dataclass(frozen=True, slots=True)
class ItemRequest:
    """One feature."""

    wanted: Wanted
    form: Format


def only(request: Request, *names: str) -> Mapping[str, str]:
    """Give the query's parameters; raises RequestValidationError when one is unknown or said twice."""
    told = request.query_params
    pairs = told.multi_items()
    unknown = [{"loc": ("query", name), "type": "extra_forbidden"} for name, _ in pairs if name not in names]
    if unknown:
        raise RequestValidationError(unknown)
    if len(pairs) != len(told):
        raise RequestValidationError([{"loc": ("query",), "type": "repeated_parameter"}])
    return told


def queryables_of(collection: Collection) -> tuple[str, ...]:
    """Give the properties that can be asked for by a query parameter of their name."""
    return tuple(told.name for told in collection.properties)


def parse_items(request: Request, collection: Collection, asking: Caller) -> ItemsRequest:
    """Give what a request for features says."""
    queryables = queryables_of(collection)
    query = only(request, *ITEMS_PARAMETERS, *queryables)
    wanted = Wanted(
        **_seen(query, collection, asking),
        box=_box(query),
        filter_crs=_crs(query, "filter-crs"),
        tree=_filter(query),
        equal={name: query[name] for name in queryables if name in query},
    )
    form = chosen(ITEMS, query.get("f"), request.headers.get("accept", "*/*"))
    after = features.parse_cursor(collection, query["cursor"]) if "cursor" in query else 0
    return ItemsRequest(wanted, form, _limit(query), after)


def parse_item(request: Request, collection: Collection, asking: Caller) -> ItemRequest:
    """Give what a request for one feature says."""
    query = only(request, *ITEM_PARAMETERS)
    form = chosen(ITEM, query.get("f"), request.headers.get("accept", "*/*"))
    return ItemRequest(Wanted(**_seen(query, collection, asking)), form)


def _seen(query: Mapping[str, str], collection: Collection, asking: Caller) -> dict[str, Any]:
    """Give collection, viewpoint, day and system of coordinates."""
    time = parse_datetime(query["datetime"]) if "datetime" in query else now()
    view = viewpoint(AsOf(known_at=_known_at(query)), asking)
    return {"collection": collection, "view": view, "time": time, "system": _crs(query, "crs")}


def _known_at(query: Mapping[str, str]) -> Any:
    if "known_at" not in query:
        return None
    try:
        return _KNOWN_AT.validate_python(query["known_at"])
    except ValidationError as error:
        raise InvalidValue("known_at", "MALFORMED", remedy="a moment such as 2026-01-31T08:00:00Z") from error


def _crs(query: Mapping[str, str], name: str) -> Crs:
    return features.parse_crs(name, query[name]) if name in query else CRS84


def _filter(query: Mapping[str, str]) -> Any:
    language = query.get("filter-lang", LANGUAGES[0])
    named = next((known for known in LANGUAGES if known == language), None)
    if named is None:
        raise InvalidValue("filter-lang", "UNKNOWN", remedy=" or ".join(LANGUAGES))
    return parse_filter(query["filter"], named) if "filter" in query else None


def _box(query: Mapping[str, str]) -> bytes | None:
    system = _crs(query, "bbox-crs")
    if "bbox" not in query:
        return None
    try:
        numbers = [float(part) for part in query["bbox"].split(",", 7)]
    except ValueError as error:
        raise InvalidValue("bbox", "NOT_A_BOX", remedy="four numbers with commas between") from error
    return features.box_wkb("bbox", numbers, system)


def _limit(query: Mapping[str, str]) -> int | None:
    if "limit" not in query:
        return None
    text = query["limit"]
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) > 0):
        raise InvalidValue("limit", "OUT_OF_RANGE", remedy=f"1 to {MOST_FEATURES}")
    # The standard asks that a limit above the largest one is taken as that one.
    return min(int(text), MOST_FEATURES)
