"""GML that names other files and addresses, multiplies itself, bends or breaks off."""

import re
from pathlib import Path

from hostile_files import EAST, NORTH, Corpus, Place, properties, refused, rows, square

FILES = Corpus()
add = FILES.add


def gml(geometry: str, *, extra: str = "", head: str = "", number: str = "1") -> str:
    attributes = "".join(f"<a:{name}>{value}</a:{name}>" for name, value in properties(number).items())
    spaces = 'xmlns:gml="http://www.opengis.net/gml" xmlns:a="http://a" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<gml:FeatureCollection {spaces} {extra}>'
        f'<gml:featureMember><a:thua gml:id="t1">{attributes}<a:geom>{geometry}</a:geom></a:thua></gml:featureMember>'
        "</gml:FeatureCollection>"
    )


XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]>'
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
FILES.each(
    refused("XML_DOCTYPE"),
    lambda place, head: place.file(
        "a.gml", gml("", head=head.format(target=place.secret.as_uri(), url=place.url), number="&x;")
    ),
    {
        "gml_entity_of_a_file": XXE,
        "gml_entity_of_the_network": '<!DOCTYPE a [<!ENTITY x SYSTEM "{url}">]>',
        "gml_parameter_entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "{url}"> %x;]>',
        "gml_dtd_of_the_network": '<!DOCTYPE a SYSTEM "{url}a.dtd">',
        "gml_billion_laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY x "&l9;">]>',
    },
)
SQUARE = " ".join(f"{x} {y}" for x, y in square())
GML = (
    '<gml:Polygon srsName="EPSG:9208"><gml:exterior><gml:LinearRing>'
    f"<gml:posList>{SQUARE}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
)


@add(refused("UNKNOWN_FORMAT"))
def gml_entity_behind_a_long_comment(place: Place) -> Path:
    head = f"<!--{'x' * 70_000}-->{XXE.format(target=place.secret.as_uri())}"
    return place.file("a.gml", gml(GML, head=head, number="&x;"))


@add(refused("XML_DOCTYPE"))
def gml_entity_in_utf16(place: Place) -> Path:
    text = gml(GML, head=XXE.format(target=place.secret.as_uri()), number="&x;").replace("UTF-8", "UTF-16")
    return place.file("a.gml", text.encode("utf-16"))


@add(rows(1))
def gml_schema_of_the_network(place: Place) -> Path:
    location = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://a {place.url}a.xsd"'
    return place.file("a.gml", gml(GML, extra=location))


@add(rows(1))
def gml_schema_of_a_file(place: Place) -> Path:
    location = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://a {place.secret}"'
    return place.file("a.gml", gml(GML, extra=location))


@add(refused("NO_GEOMETRY_LAYER"))
def gml_geometry_of_the_network(place: Place) -> Path:
    return place.file("a.gml", gml(f'<gml:surfaceMember xlink:href="{place.url}a"/>'))


@add(refused("FILE_CUT", "UNREADABLE_FILE"))
def gml_cut(place: Place) -> Path:
    member = re.search("<gml:featureMember>.*</gml:featureMember>", gml(GML))
    assert member is not None
    text = gml(GML).replace(member[0], "".join(member[0].replace('"t1"', f'"t{n}"') for n in range(40)))
    return place.file("a.gml", text[: len(text) // 2])


CURVE = """<gml:Surface srsName="EPSG:9208"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>
<gml:curveMember><gml:Curve><gml:segments><gml:ArcString><gml:posList>{points}</gml:posList></gml:ArcString>
</gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>"""


@add(rows(1))
def curve_polygon(place: Place) -> Path:
    points = " ".join(f"{x} {y}" for x, y in [*square()[:4], square()[0]])
    return place.file("a.gml", gml(CURVE.format(points=points)))


@add(rows(1))
def arc_through_one_point(place: Place) -> Path:
    points = " ".join([f"{EAST} {NORTH}"] * 5)
    return place.file("a.gml", gml(CURVE.format(points=points)))
