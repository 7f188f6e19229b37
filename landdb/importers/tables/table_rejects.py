"""Why a row of a table, or a polygon of a drawing, can be quarantined: the verdicts that only these formats need."""

from __future__ import annotations

from typing import Final

from landdb.importers.rejects import REJECTS, Reject


class RowRejected(Exception):
    """The row goes to quarantine for the reason it carries."""

    def __init__(self, reject: Reject) -> None:
        self.reject = reject
        super().__init__(reject.code)


MISSING_COMMUNE: Final = REJECTS["MISSING_COMMUNE"]
BAD_COMMUNE_CODE: Final = REJECTS["UNKNOWN_COMMUNE_CODE_FORM"]
MISSING_SHEET: Final = REJECTS["MISSING_SHEET_NO"]
KEY_TOO_LONG: Final = REJECTS["KEY_TOO_LONG"]

MISSING_PARCEL_KEY: Final = Reject(
    "MISSING_PARCEL_KEY", "parcel_no",
    "The row names no parcel: no sheet with parcel number, on the map or the certificate, and no parcel code.",
    "Fill sheet and parcel number; a sheet that the whole file shares can be given with --sheet.",
)  # fmt: skip
MISSING_HOLDER: Final = Reject(
    "MISSING_HOLDER", "name",
    "The row names neither a person nor an organisation.",
    "Fill in who holds the parcel.",
)  # fmt: skip
BAD_NUMBER: Final = Reject(
    "BAD_NUMBER", "parcel_area_m2",
    "The area of the parcel cannot be read as one number.",
    "Write digits with one decimal sign, such as 120,5; where 1.234 could mean two things write 1234.",
)  # fmt: skip
BAD_SHARE: Final = Reject(
    "BAD_SHARE", "share",
    "The share is not a part of one right, larger than 0 and not larger than 1.",
    "Write it as 1/2, 50% or 0,5, in a column formatted as text: spreadsheets turn 1/2 into a date.",
)  # fmt: skip
BAD_SCALE: Final = Reject(
    "BAD_SCALE", "scale_denominator", "The scale cannot be read as 1/denominator.", "Write it as 1/500."
)
UNCLOSED_QUOTE: Final = Reject(
    "UNCLOSED_QUOTE", None,
    "A quotation mark opens in this row and is not closed.",
    "Close or remove the quotation mark; the rows after it were read on their own.",
)  # fmt: skip
FIELD_TOO_LONG: Final = Reject(
    "FIELD_TOO_LONG", None,
    "A field of this row is longer than any cell of a spreadsheet can be.",
    "Look for a missing quotation mark or delimiter, and shorten the field.",
)  # fmt: skip

TOO_MANY_COLUMNS: Final = Reject(
    "TOO_MANY_COLUMNS", None,
    "The row has more columns than a spreadsheet can have.",
    "Look for a line break that was lost, and deliver the table again.",
)  # fmt: skip
BAD_HOLDER_GROUP: Final = Reject(
    "BAD_HOLDER_GROUP", "holder_group",
    "The kind of holder is none that landdb knows.",
    "Write individual, couple, household, organisation, community or co-users, in Vietnamese or English.",
)  # fmt: skip

NO_NUMBER_IN_POLYGON: Final = Reject(
    "NO_NUMBER_IN_POLYGON", "parcel_no",
    "No parcel number stands inside this boundary.",
    "Write the number inside the boundary, or move the boundary to its own layer if it is no parcel.",
)  # fmt: skip
SEVERAL_NUMBERS_IN_POLYGON: Final = Reject(
    "SEVERAL_NUMBERS_IN_POLYGON", "parcel_no",
    "Several parcel numbers stand inside this boundary.",
    "Draw the boundary between the parcels, or delete the number that is wrong.",
)  # fmt: skip
NO_POLYGON_AROUND_NUMBER: Final = Reject(
    "NO_POLYGON_AROUND_NUMBER", "geom",
    "The parcel number stands inside no closed boundary.",
    "Close the boundary around the number: its lines must meet exactly.",
)  # fmt: skip
