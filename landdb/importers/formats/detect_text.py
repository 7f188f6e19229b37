"""Formats made of text: told apart by structure, with the ones that point elsewhere refused by name."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Final

from landdb.errors import ImportRefused
from landdb.importers.tables import table_encoding

_GEOMETRY_TYPES: Final = "Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon|GeometryCollection"
_GEOJSON_TYPE: Final = re.compile(rf'"type"\s*:\s*"(?:FeatureCollection|Feature|{_GEOMETRY_TYPES})"')
_TEXT_SEQUENCE: Final = "\x1e"
_SEPARATORS: Final = ",;\t|"
#: Above a table's header may stand its title and the unit's name: two lines of as many columns tell a table below them.
_TITLE_LINES: Final = 32

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
    codec = table_encoding.codec_of_head(head)
    if codec is None and table_encoding.is_mostly_nul(head):
        return None
    start = head.decode(codec or "utf-8", "replace").lstrip("\ufeff \r\n\t")
    if "\0" in start or codec in ("utf-16-le", "utf-16-be"):
        # Only the reader of tables bears these; in the others a reader could see what this one overlooks.
        return None if start.startswith(("{", "[", "<", _TEXT_SEQUENCE)) else _table_format(start.replace("\0", ""))
    if start[:1] in ("{", "[", _TEXT_SEQUENCE):
        return _json_format(start)
    if start.startswith("<"):
        return _xml_format(start)
    if re.match(r"BOMT ?\d+ ?:.*\r?\nCSET", start):
        return "EDIGEO"
    if re.match(r"(?:999\r?\n[^\n]*\n\s*)*0[ \t]*\r?\n\s*SECTION\b", start):
        return "DXF"
    return _table_format(start)


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
    if any(ord(c) < 32 and c not in "\r\n\t\x0c" for c in start):
        return None
    lines = [line for line in start.splitlines() if line.strip()][:_TITLE_LINES]
    if not lines:
        return None
    if any(separator in lines[0] for separator in _SEPARATORS):
        return "CSV"
    alike = (above.count(mark) == below.count(mark) > 0 for above, below in pairwise(lines) for mark in _SEPARATORS)
    return "CSV" if any(alike) else None
