"""Findings → an XLSX workbook: summary, findings, rules. Text is stored as text: no cell of ours is a formula."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from landdb.exporters.records import COLUMNS, FindingRecord, RuleRecord, SummaryRow

_SHEETS: Final = {"vi": ("Tổng hợp", "Danh sách lỗi", "Quy tắc"), "en": ("Summary", "Findings", "Rules")}
_SEVERITIES: Final = {
    "vi": {"error": "lỗi", "warning": "cảnh báo", "info": "thông tin"},
    "en": {"error": "error", "warning": "warning", "info": "info"},
}
_SUMMARY_HEADS: Final = {
    "vi": ("Mã xã", "Tên xã", "Quy tắc", "Loại lỗi", "Mức độ", "Số lượng"),
    "en": ("Commune", "Name", "Rule", "Kind", "Severity", "Findings"),
}
_RULE_HEADS: Final = {
    "vi": ("Quy tắc", "Mức độ", "Loại lỗi", "Vì sao", "Cách xử lý", "Căn cứ"),
    "en": ("Rule", "Severity", "Kind", "Why", "Remedy", "Legal basis"),
}
_TOTAL: Final = {"vi": "Tổng cộng", "en": "Total"}
_WIDTHS: Final = {"message": 60, "remedy": 50, "title": 28, "limits": 30, "fingerprint": 20, "first_seen": 22,
                  "last_seen": 22}  # fmt: skip
_COLOURS: Final = {"error": "#F8D7DA", "warning": "#FFF3CD", "info": "#E2E8F0"}
#: The most rows that a sheet holds, less its heading.
MOST_ROWS: Final = 1_048_575


def write_workbook(
    findings: Iterable[FindingRecord],
    rules: Sequence[RuleRecord],
    summary: Sequence[SummaryRow],
    target: Path,
    *,
    language: str,
) -> int:
    """Write the workbook and give the number of findings; a list longer than a sheet goes on in the next one."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        titles = {rule.rule: rule.title[language] for rule in rules}
        _write_summary(book.add_worksheet(_SHEETS[language][0]), bold, summary, titles, language)
        count = _write_findings(book, bold, findings, language)
        _write_rules(book.add_worksheet(_SHEETS[language][2]), bold, wrap, rules, language)
    return count


def _write_summary(
    sheet: Worksheet, bold: Format, summary: Sequence[SummaryRow], titles: dict[str, str], language: str
) -> None:
    sheet.set_column(1, 1, 24)
    sheet.set_column(3, 3, 40)
    sheet.freeze_panes(1, 0)
    _write_row(sheet, 0, _SUMMARY_HEADS[language], bold)
    for row, one in enumerate(summary, start=1):
        told = _SEVERITIES[language][one.severity]
        title = titles.get(one.rule, one.rule)
        _write_row(sheet, row, (one.commune, one.commune_name, one.rule, title, told, one.findings))
    total = sum(one.findings for one in summary)
    _write_row(sheet, len(summary) + 1, (_TOTAL[language], "", "", "", "", total), bold)
    sheet.autofilter(0, 0, len(summary), len(_SUMMARY_HEADS[language]) - 1)


def _write_findings(book: xlsxwriter.Workbook, bold: Format, findings: Iterable[FindingRecord], language: str) -> int:
    formats = {severity: book.add_format({"bg_color": colour}) for severity, colour in _COLOURS.items()}
    name = _SHEETS[language][1]
    sheet = _findings_sheet(book, name, bold, language)
    count = row = 0
    for count, finding in enumerate(findings, start=1):
        if row == MOST_ROWS:
            row = 0
            sheet = _findings_sheet(book, f"{name} {count // MOST_ROWS + 1}", bold, language)
        row += 1
        _write_finding(sheet, row, finding, formats[finding.severity], language)
    return count


def _findings_sheet(book: xlsxwriter.Workbook, name: str, bold: Format, language: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 3)
    for position, column in enumerate(COLUMNS):
        sheet.set_column(position, position, _WIDTHS.get(column, 12))
    _write_row(sheet, 0, [labels[0 if language == "vi" else 1] for labels in COLUMNS.values()], bold)
    sheet.autofilter(0, 0, MOST_ROWS, len(COLUMNS) - 1)
    return sheet


def _write_finding(sheet: Worksheet, row: int, finding: FindingRecord, severity: Format, language: str) -> None:
    for position, (column, value) in enumerate(zip(COLUMNS, finding.cells(), strict=True)):
        if column == "severity":
            sheet.write_string(row, position, _SEVERITIES[language][finding.severity], severity)
        else:
            _write_cell(sheet, row, position, value)


def _write_rules(sheet: Worksheet, bold: Format, wrap: Format, rules: Sequence[RuleRecord], language: str) -> None:
    for position, width in enumerate((10, 12, 32, 60, 60, 40)):
        sheet.set_column(position, position, width)
    sheet.freeze_panes(1, 1)
    _write_row(sheet, 0, _RULE_HEADS[language], bold)
    for row, values in enumerate(_rule_rows(rules, language), start=1):
        _write_row(sheet, row, values, wrap)


def _rule_rows(rules: Sequence[RuleRecord], language: str) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        severity = _SEVERITIES[language][rule.severity]
        yield (rule.rule, severity, rule.title[language], rule.why[language], rule.remedy[language], rule.legal_basis)


def _write_row(sheet: Worksheet, row: int, values: Sequence[Any], style: Format | None = None) -> None:
    for position, value in enumerate(values):
        _write_cell(sheet, row, position, value, style)


def _write_cell(sheet: Worksheet, row: int, position: int, value: Any, style: Format | None = None) -> None:
    """Write a number as a number and everything else as text, never as a formula or a link."""
    if value is None:
        return
    if isinstance(value, int | float):
        sheet.write_number(row, position, value, style)
    else:
        sheet.write_string(row, position, str(value), style)
