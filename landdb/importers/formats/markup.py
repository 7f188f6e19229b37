"""XML read through once before GDAL sees it: whole to its end, and without a document type anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from landdb.errors import ImportRefused


def check(path: Path) -> None:
    """Return when the document is well-formed and declares no entities; else raise ImportRefused.

    GDAL gives the features before a fault in the XML and keeps silent about the rest.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, ValueError) as error:
        raise ImportRefused(
            "FILE_CUT", "The XML breaks off or is damaged.", remedy="Copy or export the file again."
        ) from error


def _refuse_doctype(*_: object) -> NoReturn:
    raise ImportRefused(
        "XML_DOCTYPE", "The XML declares a document type; entities can point to other files.",
        remedy="Export it again as plain GML, or as GeoPackage.",
    )  # fmt: skip
