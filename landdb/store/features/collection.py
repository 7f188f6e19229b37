"""What a collection of features is: a TOML file for each in `collections/`, every property with its words and SQL."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from landdb.errors import NotFound
from landdb.store.lookups import finding_fragments

PropertyType = Literal["string", "integer", "number", "boolean", "date", "timestamp", "array"]
GeometryType = Literal["polygon-or-multipolygon", "multipolygon", "any"]

#: In the order in which they are listed.
_FILES: Final = ("parcels", "sheets", "communes", "land_objects", "certificate_extents", "findings")
#: Is the asker of the staff of the commune that the feature lies in?
_IS_STAFF: Final = "(%(staff)s AND (%(communes)s::text[] IS NULL OR c.commune_code = ANY(%(communes)s::text[])))"
_ALIAS: Final = re.compile(r"\b([a-z])\.[a-z]")


@dataclass(frozen=True, slots=True)
class Property:
    """One property: what it is called, and the expression that gives it.

    `shown` is the expression in answers where it differs from the one that filters compare. A property that is not
    `returned` can be asked about only.
    """

    name: str
    type: PropertyType
    sql: str
    vi: str
    en: str
    unit: str | None = None
    shown: str | None = None
    returned: bool = True

    @property
    def told(self) -> str:
        """Give the expression that answers show."""
        return self.shown or self.sql


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """One collection, of which there is one object.

    In every expression `v` stands for its relation, other letters for the `joins`.

    `tag` changes when the feature does. `starts` and `ends` (the day from which it holds no more) say when a feature
    without versions holds; that counts for a question with a date only, unless the collection is `dated`. `decimals`
    of degrees. `rendered` names the table that holds features made ahead, under the same key and version.
    """

    id: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    key: str
    noun: str
    tag: str
    geom_4326: str
    geometry_type: GeometryType
    indexed: bool
    joins: Mapping[str, str]
    properties: tuple[Property, ...]
    native: str | None = None
    versioned: bool = False
    condition: str = "true"
    starts: str | None = None
    ends: str | None = None
    dated: bool = False
    rendered: str | None = None
    decimals: int = 8
    withheld: tuple[str, ...] = ()

    @property
    def is_same_for_all(self) -> bool:
        """Tell whether everybody gets the same features, whoever asks."""
        return not self.withheld and "staff" not in self.condition

    @property
    def returned(self) -> tuple[Property, ...]:
        """Give the properties that answers show."""
        return tuple(told for told in self.properties if told.returned)

    def joined(self, *expressions: str) -> str:
        """Give the joins that the expressions need."""
        wanted = set(_ALIAS.findall(" ".join(expressions)))
        return "\n".join(text for alias, text in self.joins.items() if alias in wanted)


@cache
def collections() -> Mapping[str, Collection]:
    """Give the collections by their id."""
    found = [_load(name) for name in _FILES]
    return {collection.id: collection for collection in found}


def get_collection(collection_id: str) -> Collection:
    """Give a collection; raises NotFound."""
    collection = collections().get(collection_id)
    if collection is None:
        raise NotFound("there is no such collection", remedy="GET /collections lists them")
    return collection


def _load(name: str) -> Collection:
    text = (files("landdb.store.features") / "collections" / f"{name}.toml").read_text("utf-8")
    for fragment, meaning in {**finding_fragments(), "is_staff": _IS_STAFF}.items():
        text = text.replace(f"${fragment}", _on_one_line(meaning))
    told: dict[str, Any] = tomllib.loads(text)
    properties = tuple(Property(**entry) for entry in told.pop("property"))
    return Collection(**{**told, "withheld": tuple(told.pop("withheld", ()))}, properties=properties)


def _on_one_line(sql: str) -> str:
    """Give the fragment without comments, as TOML text can hold it; findings are `n` there and `v` here."""
    lines = (line.split("--")[0].strip() for line in sql.splitlines())
    return re.sub(r"\bn\.", "v.", " ".join(line for line in lines if line)).replace('"', '\\"').replace("\\d", "\\\\d")
