"""Extracts of the cadastral map: a sketch, a signed paper, and the proof that a paper is genuine."""

from landdb.reporting.extract.issuing import (
    Checked,
    Extract,
    Wanted,
    check_code,
    check_file,
    draw_sketch,
    issue_extract,
    moment_of,
    read_code,
)
from landdb.reporting.extract.seal import Seal, seal_file

__all__ = [
    "Checked",
    "Extract",
    "Seal",
    "Wanted",
    "check_code",
    "check_file",
    "draw_sketch",
    "issue_extract",
    "moment_of",
    "read_code",
    "seal_file",
]
