"""Tables of who holds what, in any order of columns: found by what their header names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landdb.importers.tables.grid import Line, Merges
from landdb.importers.tables.headings import Layout, find_header


def find_holdings(sample: Sequence[Line], merges: Merges, wanted: Mapping[str, str]) -> Layout | None:
    """Give the layout of a table that names holders and their parcels, or nothing when it is another table."""
    layout = find_header(sample, "holdings", merges, wanted)
    return layout if layout is not None and names_holders_and_parcels(layout) else None


def names_holders_and_parcels(layout: Layout) -> bool:
    """Tell whether the columns can say both who and which parcel."""
    who, which = {"name", "org_name"}, {"parcel_no", "cert_parcel_no", "parcel_code"}
    return bool(layout.columns.keys() & who) and bool(layout.columns.keys() & which)
