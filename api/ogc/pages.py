"""The HTML forms of the documents."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from api import index_page
from api.ogc import html
from api.ogc.links import Place
from landdb.lookups.features import Collection

_GEOMETRY: Final = "Hình / geometry"


def landing(document: Mapping[str, Any], place: Place) -> Response:
    """Give the landing page with what is there to do."""
    ways = [
        (place.to("/app"), "Bản đồ / map"),
        (place.to("/collections?f=html"), "Dữ liệu / collections"),
        (place.to("/api?f=html"), "API"),
        (place.to("/conformance?f=html"), "Conformance"),
    ]
    nav = "<nav>" + "".join(html.anchor(*way) for way in ways) + "</nav>"
    return html.page("landdb", html.paragraph(document["title"]), html.paragraph(document["description"]), nav)


def conformance(document: Mapping[str, Any]) -> Response:
    """Give the conformance classes."""
    rows = [[html.cell(uri)] for uri in document["conformsTo"]]
    return html.page("Conformance", html.links(document["links"]), html.table(["Conformance class"], rows))


def collections(document: Mapping[str, Any], place: Place) -> Response:
    """Give the list of collections."""
    rows = [
        [
            html.linked(place.to(f"/collections/{told['id']}?f=html"), told["title"]),
            html.cell(told["description"]),
            html.cell(told["itemCount"]),
        ]
        for told in document["collections"]
    ]
    listed = html.table(["Lớp / collection", "Mô tả / description", "Số đối tượng / features"], rows)
    return html.page("Dữ liệu / collections", html.links(document["links"]), listed)


def collection(document: Mapping[str, Any], known: Collection) -> Response:
    """Give one collection with its properties."""
    return html.page(
        document["title"],
        html.paragraph(document["description"]),
        html.links(document["links"]),
        html.heading("Thuộc tính / properties"),
        _properties(known),
        html.heading("Hệ tọa độ / coordinate systems"),
        html.table(["CRS"], [[html.cell(uri)] for uri in document["crs"]]),
    )


def queryables(document: Mapping[str, Any], known: Collection) -> Response:
    """Give what filters may ask about."""
    return html.page(f"{document['title']}: queryables", _properties(known))


def functions(document: Mapping[str, Any]) -> Response:
    """Give the functions that filters may call."""
    rows = [
        [
            html.cell(told["name"]),
            html.cell(", ".join(argument["type"][0] for argument in told["arguments"])),
            html.cell(told["returns"]),
            html.cell(told["description"]),
        ]
        for told in document["functions"]
    ]
    return html.page("CQL2 functions", html.table(["Function", "Arguments", "Returns", "Meaning"], rows))


def features(document: Mapping[str, Any], known: Collection, place: Place) -> Response:
    """Give a page of features as a table."""
    rows = [
        [
            html.linked(place.to(f"/collections/{known.id}/items/{feature['id']}?f=html"), str(feature["id"])),
            *(html.cell(feature["properties"][told.name]) for told in known.returned),
        ]
        for feature in document["features"]
    ]
    listed = html.table(["id", *(told.name for told in known.returned)], rows)
    return html.page(f"{known.title['vi']} / {known.title['en']}", html.links(document["links"]), listed)


def feature(document: Mapping[str, Any], known: Collection) -> Response:
    """Give one feature with its values and the words for them."""
    geometry = document["geometry"]
    values = document["properties"]
    rows = [
        [html.cell(told.vi), html.cell(told.en), html.cell(values[told.name]), html.cell(told.unit)]
        for told in known.returned
    ]
    rows.append([html.cell("Hình"), html.cell("Geometry"), html.cell(geometry and geometry["type"]), html.cell(None)])
    title = f"{known.title['vi']} / {known.title['en']} {document['id']}"
    return html.page(title, html.links(document["links"]), html.table(["", "", "", ""], rows))


def operations(document: Mapping[str, Any]) -> Response:
    """Give the operations of the API."""
    headers = {"Content-Security-Policy": index_page.POLICY, "Vary": "Accept"}
    return Response(index_page.render(document), headers=headers, media_type="text/html")


def _properties(known: Collection) -> str:
    rows = [
        [html.cell(told.name), html.cell(told.type), html.cell(told.unit), html.cell(told.vi), html.cell(told.en)]
        for told in known.properties
    ]
    rows.append(
        [html.cell("geometry"), html.cell(known.geometry_type), *map(html.cell, (None, *_GEOMETRY.split(" / ")))]
    )
    return html.table(["", "", "", "", ""], rows)
