"""Formats made of text: told apart by structure, with the ones that point elsewhere refused by name."""

from __future__ import annotations

import json
import re
from typing import Final

from landdb.errors import ImportRefused

_GEOMETRY_TYPES: Final = "Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon|GeometryCollection"
_GEOJSON_TYPE: Final = re.compile(rf'"type"\s*:\s*"(?:FeatureCollection|Feature|{_GEOMETRY_TYPES})"')
_TEXT_SEQUENCE: Final = "\x1e"

#: XML roots that hold no data but say where to get it; compared without prefix, in lower case
_VIRTUAL_ROOTS: Final = {
    "ogrvrtdatasource", "ogrvrtlayer", "ogrwfsdatasource", "vrtdataset", "wfs_capabilities", "capabilities",
    "getcapabilities", "service", "featuretypelist", "ogcapi", "gdal_wms", "gdal_wmts", "wms_capabilities",
    "csw_capabilities", "carto", "kml",
}  # fmt: skip


def _virtual(what: str) -> ImportRefused:
    return ImportRefused(
        "VIRTUAL_FORMAT",
        f"This is {what}: it holds no parcels but says where to fetch or how to make them.",
        remedy="Export the data itself, for instance as GeoPackage.",
    )


def text_format(head: bytes) -> str | None:
    """Give the format of a text file from its first 64 KiB; None when it is none we know."""
    text = _decode(head)
    if text is None:
        return None
    start = text.lstrip("\ufeff \r\n\t")
    if start[:1] in ("{", "[", _TEXT_SEQUENCE):
        return _json_format(start)
    if start.startswith("<"):
        return _xml_format(start)
    if re.match(r"BOMT ?\d+ ?:.*\r?\nCSET", start):
        return "EDIGEO"
    if re.match(r"(?:999\r?\n[^\n]*\n\s*)*0\s*\r?\n\s*SECTION\b", start):
        return "DXF"
    return _table_format(start)


def _decode(head: bytes) -> str | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    if b"\x00" in head:
        return None
    return head.decode("utf-8", "replace")


def _json_format(start: str) -> str | None:
    if "gdal_streamed_alg" in start or '"command_line"' in start:
        raise _virtual("a GDAL pipeline")
    if re.search(r'"(?:conformsTo|collections|landingPage)"\s*:', start) and not _GEOJSON_TYPE.search(start):
        raise _virtual("the front page of a web service")
    if re.search(r'"type"\s*:\s*"(?:Topology|Catalog|Collection)"', start) or '"esriGeometry' in start:
        return None
    if not _GEOJSON_TYPE.search(start):
        return None
    return "GEOJSONSEQ" if _is_sequence(start) else "GEOJSON"


def _is_sequence(start: str) -> bool:
    """Tell whether each line is a whole feature of its own."""
    if start.startswith(_TEXT_SEQUENCE):
        return True
    first, _, rest = start.partition("\n")
    if not rest.lstrip().startswith("{"):
        return False
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and record.get("type") == "Feature"


def _xml_format(start: str) -> str | None:
    if re.search(r"<!DOCTYPE|<!ENTITY", start, re.IGNORECASE):
        raise ImportRefused(
            "XML_DOCTYPE", "The XML declares a document type; entities can point to other files.",
            remedy="Export it again as plain GML, or as GeoPackage.",
        )  # fmt: skip
    body = re.sub(r"\A(?:\s*<\?.*?\?>|\s*<!--.*?-->)*\s*", "", start, flags=re.DOTALL)
    root = re.match(r"<(?:([\w.-]+):)?([\w.-]+)([^>]*)", body)
    if root is None:
        return None
    name = root.group(2).lower()
    if name in _VIRTUAL_ROOTS:
        raise _virtual(f"an XML document <{root.group(2)}>")
    if name in ("featurecollection", "dataset") or "opengis.net/gml" in root.group(3):
        return "GML" if "opengis.net/gml" in start else None
    return None


def _table_format(start: str) -> str | None:
    lines = [line for line in start.splitlines() if line.strip()]
    if not lines or not any(separator in lines[0] for separator in ",;\t|"):
        return None
    strange = sum(1 for c in start if ord(c) < 32 and c not in "\r\n\t\x0c")
    return "CSV" if strange == 0 else None
