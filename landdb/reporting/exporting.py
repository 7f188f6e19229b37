"""Findings to a file, in the form that its ending names; streamed, so that memory does not grow with the list."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal, TextIO, get_args

import psycopg

from landdb.domain.crs import WGS84
from landdb.errors import ConfigurationError
from landdb.exporters.geojson import write_geojson
from landdb.exporters.geopackage import write_geopackage
from landdb.exporters.records import COLUMNS, FindingRecord, SummaryRow
from landdb.exporters.sarif import write_sarif
from landdb.exporters.tables import write_rows_csv
from landdb.exporters.workbook import write_workbook
from landdb.reporting.telling import told_findings, told_parcels, told_rules
from landdb.store.finding_list import RuleCount, Selection, count_by_rule, iter_concerned_parcels, iter_findings
from landdb.validators.rule import Language

Format = Literal["gpkg", "xlsx", "csv", "geojson", "sarif"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
_ENDINGS: Final[dict[str, Format]] = {
    ".gpkg": "gpkg", ".xlsx": "xlsx", ".csv": "csv", ".geojson": "geojson", ".sarif": "sarif", ".sarif.json": "sarif",
}  # fmt: skip
#: Standard output, for the forms that are text.
STDOUT: Final = Path("-")


def format_of(target: Path) -> Format:
    """Give the form that a file's ending names; raises ConfigurationError for any other."""
    for ending, form in _ENDINGS.items():
        if target.name.lower().endswith(ending):
            return form
    raise ConfigurationError(
        f"{target.name} does not say which form is wanted",
        remedy=f"end the name with {', '.join(_ENDINGS)}, or name the form: --format {'|'.join(FORMATS)}",
    )


def export_findings(
    conn: psycopg.Connection,
    selection: Selection,
    target: Path | TextIO,
    *,
    form: Format,
    language: Language = "vi",
) -> int:
    """Write the chosen findings in the caller's transaction and give their number.

    A file appears whole or not at all. Raises ConfigurationError when it cannot be written.
    """

    def findings() -> Iterator[FindingRecord]:
        return told_findings(iter_findings(conn, selection), language)

    if form in {"gpkg", "xlsx"}:
        if not isinstance(target, Path):
            raise ConfigurationError(f"{form} is no text and needs a file", remedy="name it with --out")
        with replaced(target) as path:
            return _write_book(conn, selection, path, findings, form=form, language=language)
    if isinstance(target, Path):
        with replaced(target) as path, path.open("w", encoding="utf-8") as stream:
            # Spreadsheets garble Vietnamese in a CSV file without this mark.
            if form == "csv":
                stream.write("\ufeff")
            return _write_text(findings(), stream, form=form, language=language)
    return _write_text(findings(), target, form=form, language=language)


def _write_text(findings: Iterator[FindingRecord], stream: TextIO, *, form: Format, language: Language) -> int:
    if form == "csv":
        rows = (dict(zip(COLUMNS, finding.cells(), strict=True)) for finding in findings)
        return write_rows_csv(rows, stream, columns=tuple(COLUMNS))
    if form == "geojson":
        return write_geojson(findings, stream)
    return write_sarif(findings, told_rules(), stream, version=version("landdb"), language=language)


def _write_book(
    conn: psycopg.Connection,
    selection: Selection,
    path: Path,
    findings: Callable[[], Iterator[FindingRecord]],
    *,
    form: Format,
    language: Language,
) -> int:
    counts = count_by_rule(conn, selection)
    summary = [SummaryRow(c.commune_code, c.commune_name, c.rule_id, c.severity, c.findings) for c in counts]
    if form == "xlsx":
        return write_workbook(findings(), told_rules(), summary, path, language=language)
    parcels = told_parcels(iter_concerned_parcels(conn, selection))
    return write_geopackage(findings, parcels, told_rules(), summary, path, srid=_srid(counts), language=language)


def _srid(counts: list[RuleCount]) -> int:
    """Give the system that all findings lie in, WGS 84 when they lie in several: a layer has one."""
    srids = {srid for count in counts for srid in count.srids}
    return srids.pop() if len(srids) == 1 else WGS84


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Give a path to write to; what was written takes the target's place when the block ends well."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        part.unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{target} cannot be written: {error.strerror}", remedy="choose a folder you may write to"
    )
