"""Reports written: one file per commune and an overview, each complete in itself."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg

from landdb.domain.dates import today
from landdb.domain.identifiers import normalise_commune_code
from landdb.quality import Assessment, assess, load_formula, load_scheme
from landdb.quality.campaign import Scheme
from landdb.reporting.exporting import replaced
from landdb.reporting.gathering import gather_commune, gather_province
from landdb.reporting.page import render_commune, render_province
from landdb.reporting.page.wording import load_wording
from landdb.reporting.report_data import Setting
from landdb.store import admin_units
from landdb.store.admin_units import Commune
from landdb.validators.rule import Language

#: The overview's file name, which the pages of communes link to.
OVERVIEW = "index.html"
#: Told after every page: pages so far, pages in all.
Progress = Callable[[int, int | None], None]


def report_setting(
    language: Language = "vi", *, scheme: Scheme | None = None, made_on: dt.date | None = None, tenure: bool = True
) -> Setting:
    """Give what the pages of one report share; `tenure` lists findings about holders and rights too."""
    return Setting(load_wording(language), scheme or load_scheme(), load_formula(), made_on or today(), tenure)


def commune_report(
    conn: psycopg.Connection, commune: Commune, assessment: Assessment, setting: Setting, *, has_overview: bool = False
) -> str:
    """Give the page of one commune as text; reads only, in the caller's transaction."""
    return render_commune(gather_commune(conn, commune, assessment, setting, has_overview=has_overview))


def commune_page(conn: psycopg.Connection, commune_code: str, *, language: Language = "vi", tenure: bool = True) -> str:
    """Give the page of the commune in force under that code as things stand; reads only. Raises NotFound."""
    commune = admin_units.get_commune(conn, normalise_commune_code(commune_code))
    setting = report_setting(language, tenure=tenure)
    assessed = assess(conn, [commune.commune_id], scheme=setting.scheme)
    return commune_report(conn, commune, assessed[commune.commune_id], setting)


def write_reports(
    conn: psycopg.Connection,
    communes: Sequence[Commune],
    assessed: Mapping[int, Assessment],
    folder: Path,
    setting: Setting,
    *,
    progress: Progress | None = None,
) -> list[Path]:
    """Write a page per commune and, for several, the overview; gives the files. Each appears whole or not at all."""
    has_overview = len(communes) > 1
    names = {commune.commune_id: f"{commune.commune_code}.html" for commune in communes}
    written = []
    if has_overview:
        page = render_province(gather_province(conn, communes, assessed, setting), names)
        written.append(_write(folder / OVERVIEW, page))
    for done, commune in enumerate(communes, start=1):
        assessment = assessed[commune.commune_id]
        page = commune_report(conn, commune, assessment, setting, has_overview=has_overview)
        written.append(_write(folder / names[commune.commune_id], page))
        if progress is not None:
            progress(done, len(communes))
    return written


def _write(target: Path, page: str) -> Path:
    with replaced(target) as path:
        path.write_text(page, encoding="utf-8", newline="\n")
    return target
