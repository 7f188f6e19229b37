"""landdb export qgis: a project that is connected to a running landdb."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from landdb.cartography.qgis import write_qgis_project
from landdb.cartography.tilesets import VIETNAM
from landdb.cli.options import LanguageOption, Tongue
from landdb.cli.output import err, explained_errors, out
from landdb.cli.session import asked, session
from landdb.errors import InvalidValue
from landdb.store.tiles import get_extent


def qgis(
    file: Annotated[Path, typer.Argument(help="The project to write; its ending is .qgz or .qgs.")],
    url: Annotated[str, typer.Option("--url", help="Where the API answers.")] = "http://127.0.0.1:8000",
    lang: Annotated[Tongue, LanguageOption] = Tongue.vi,
) -> None:
    """Write a QGIS project: the map as vector tiles, the collections as layers with names that people read.

    It holds no data, only where the API answers: open it while `landdb serve` runs. Parcels are read as features from
    1 : 10,000 on, what the window shows. QGIS 3.22 or newer.

    Examples:

      landdb export qgis landdb.qgz

      landdb export qgis map.qgs --url https://land.example.vn --lang en
    """
    with explained_errors():
        if file.suffix.lower() not in (".qgz", ".qgs"):
            raise InvalidValue("file", "UNKNOWN_ENDING", remedy="name the project with .qgz or .qgs")
        if urlsplit(url).scheme not in ("http", "https") or "'" in url:
            raise InvalidValue("url", "NOT_AN_ADDRESS", remedy="such as http://127.0.0.1:8000")
        with session() as (_, conn):
            bounds = asked(conn, get_extent) or VIETNAM
        write_qgis_project(file, url.rstrip("/"), lang.value, bounds)
    err.print("Written; open it in QGIS while the API answers:", highlight=False)
    out.print(str(file), highlight=False)
