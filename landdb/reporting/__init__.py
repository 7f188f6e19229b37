"""The door for files that people read: findings exported, reports written. Nothing personal passes through it."""

from landdb.reporting.exporting import FORMATS, Format, export_findings, format_of
from landdb.store.finding_list import Selection

__all__ = ["FORMATS", "Format", "Selection", "export_findings", "format_of"]
