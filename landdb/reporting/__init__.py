"""The door for files that people read: findings exported, reports written. Nothing personal passes through it."""

from landdb.reporting.exporting import FORMATS, Format, export_findings, format_of
from landdb.reporting.page import POLICY
from landdb.reporting.writing import OVERVIEW, commune_page, commune_report, report_setting, write_reports
from landdb.store.finding_list import Selection

__all__ = [
    "FORMATS",
    "OVERVIEW",
    "POLICY",
    "Format",
    "Selection",
    "commune_page",
    "commune_report",
    "export_findings",
    "format_of",
    "report_setting",
    "write_reports",
]
