"""Links between the resources: absolute, as the asker reached the service."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from starlette.requests import Request

from api.ogc.formats import Format

OPENAPI_30: Final = "application/vnd.oai.openapi+json;version=3.0"
_OPENAPI_31: Final = "application/vnd.oai.openapi+json;version=3.1"
_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the asker is: the address of the service, the path below it, and its query without `f` and `cursor`."""

    base: str
    path: str
    query: str
    cursor: str

    @classmethod
    def of(cls, request: Request) -> "Place":
        """Give the place of a request."""
        scope = request.scope
        host = request.headers.get("host") or "localhost"
        root = scope.get("root_path", "")
        pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in {"f", "cursor"}]
        cursor = request.query_params.get("cursor", "")
        path = quote(scope["path"].removeprefix(root))
        return cls(f"{scope['scheme']}://{host}{root}", path, urlencode(pairs), cursor)

    def here(self, form: Format, *, cursor: str = "") -> str:
        """Give this address in a format, at a cursor."""
        at = f"&cursor={cursor}" if cursor else ""
        told = f"{self.query}&" if self.query else ""
        return f"{self.base}{self.path}?{told}f={form.name}{at}"

    def to(self, path: str) -> str:
        """Give the address of another resource."""
        return f"{self.base}{path}"


def link(href: str, rel: str, media_type: str, title: str) -> dict[str, str]:
    """Give one link."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def own_links(place: Place, form: Format, offered: tuple[Format, ...]) -> list[dict[str, str]]:
    """Give the links to this resource as it is and in the other formats."""
    told = [link(place.here(form, cursor=place.cursor), "self", form.media_type, form.title)]
    return told + [
        link(place.here(other, cursor=place.cursor), "alternate", other.media_type, other.title)
        for other in offered
        if other != form
    ]


def landing_links(place: Place) -> list[dict[str, str]]:
    """Give the links of the landing page to what the service has."""
    return [
        link(place.to("/api"), "service-desc", OPENAPI_30, "OpenAPI 3.0"),
        link(place.to("/openapi.json"), "service-desc", _OPENAPI_31, "OpenAPI 3.1"),
        link(place.to("/api?f=html"), "service-doc", "text/html", "Operations of the API"),
        link(place.to("/conformance"), "conformance", "application/json", "Conformance classes"),
        link(place.to("/collections"), "data", "application/json", "Collections of features"),
        link(place.to("/functions"), f"{_REL}functions", "application/json", "Functions of filters"),
    ]


def collection_links(place: Place, collection_id: str, items: tuple[Format, ...]) -> list[dict[str, str]]:
    """Give the links of a collection to its features and to what can be asked about them."""
    at = f"/collections/{collection_id}"
    told = [link(place.to(f"{at}/items?f={form.name}"), "items", form.media_type, form.title) for form in items]
    return [
        *told,
        link(place.to(f"{at}/queryables"), f"{_REL}queryables", "application/schema+json", "Queryables"),
        link(place.to(f"{at}/schema"), f"{_REL}schema", "application/schema+json", "Schema of a feature"),
    ]
