"""Which format an answer has: `f` decides, else the Accept header."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from landdb.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the name that `f` calls it by, its media type, other types that Accept may name it by.

    A format with an `extension` of its own is for bulk: it gives all that is meant when no limit is said.
    """

    name: str
    media_type: str
    title: str
    also: tuple[str, ...] = ()
    extension: str = ""

    @property
    def is_bulk(self) -> bool:
        """Tell whether answers are whole collections."""
        return bool(self.extension)

    @property
    def content_type(self) -> str:
        """Give the media type with its character set."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML: Final = Format("html", "text/html", "Trang web / web page", ("application/xhtml+xml",))
JSON: Final = Format("json", "application/json", "JSON")
GEOJSON: Final = Format("json", "application/geo+json", "GeoJSON", ("application/json", "application/vnd.geo+json"))
JSON_FG: Final = Format("jsonfg", "application/vnd.ogc.fg+json", "JSON-FG", ("application/fg+json",))
GEOJSON_SEQ: Final = Format(
    "geojsonseq", "application/geo+json-seq", "GeoJSON text sequence", ("application/x-ndjson",), "geojsons"
)
CSV: Final = Format("csv", "text/csv", "CSV", (), "csv")
FLATGEOBUF: Final = Format("fgb", "application/flatgeobuf", "FlatGeobuf", (), "fgb")
GEOPARQUET: Final = Format("parquet", "application/vnd.apache.parquet", "GeoParquet", (), "parquet")
GEOPACKAGE: Final = Format("gpkg", "application/geopackage+sqlite3", "GeoPackage", (), "gpkg")

#: The first is given to whoever takes anything.
METADATA: Final = (JSON, HTML)
ITEMS: Final = (GEOJSON, JSON_FG, HTML, GEOJSON_SEQ, CSV, FLATGEOBUF, GEOPARQUET, GEOPACKAGE)
ITEM: Final = (GEOJSON, JSON_FG, HTML)


def chosen(offered: tuple[Format, ...], asked: str | None, accept: str) -> Format:
    """Give the format; raises InvalidValue for an `f` that is not offered.

    An Accept header that fits nothing gets the first: a GIS client that asks for XML first is served all the same.
    """
    if asked is not None:
        found = next((form for form in offered if form.name == asked), None)
        if found is None:
            raise InvalidValue("f", "UNKNOWN_FORMAT", remedy=f"one of: {', '.join(form.name for form in offered)}")
        return found
    return _accepted(offered, accept)


@lru_cache(maxsize=256)
def _accepted(offered: tuple[Format, ...], accept: str) -> Format:
    for media_type in _by_preference(accept):
        for form in offered:
            if media_type in {form.media_type, *form.also} or media_type == "*/*":
                return form
            if media_type.endswith("/*") and form.media_type.startswith(media_type[:-1]):
                return form
    return offered[0]


def _by_preference(accept: str) -> Sequence[str]:
    """Give the media types of an Accept header, the most wanted first; those with q=0 are not wanted."""
    weighed = []
    for place, part in enumerate(accept.lower().split(",")[:40]):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((_weight(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
        if weight > 0:
            weighed.append((-weight, place, media_type))
    return [media_type for _, _, media_type in sorted(weighed)]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
