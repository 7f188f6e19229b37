"""The pages of a report: one file each that asks nobody for anything, the same bytes for the same data."""

from landdb.reporting.page.commune_page import render_commune
from landdb.reporting.page.document import POLICY
from landdb.reporting.page.province_page import render_province

__all__ = ["POLICY", "render_commune", "render_province"]
