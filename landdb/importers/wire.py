"""The staged rows as Arrow schemas: what the reading child streams and the pipeline stores.

One Arrow row stands for one source record, always, so that counting a delivery is counting rows.
A row whose `reject_code` is set is quarantined; `raw_row` then holds the source attributes (the
pipeline encrypts it). A parcel whose ring cannot be used is *not* rejected: it travels with
`geom_fault`, so that a clerk still finds it by its number.
"""

from typing import Final

import pyarrow as pa

_REJECT: Final[list[tuple[str, pa.DataType]]] = [
    ("reject_code", pa.utf8()),
    ("reject_field", pa.utf8()),
    ("reject_reason", pa.utf8()),
    ("reject_remedy", pa.utf8()),
    ("raw_row", pa.utf8()),
]

#: Geometry columns are 2-D WKB: `geom` in `srid` (metres), `geom_4326` in longitude, latitude.
FEATURE: Final[pa.Schema] = pa.schema(
    [
        ("row_no", pa.int64()),
        ("layer", pa.utf8()),
        ("noun", pa.utf8()),
        ("commune_code", pa.utf8()),
        ("sheet_no", pa.utf8()),
        ("scale_denominator", pa.int32()),
        ("parcel_no", pa.utf8()),
        ("parcel_code", pa.utf8()),
        ("old_sheet_no", pa.utf8()),
        ("old_parcel_no", pa.utf8()),
        ("registered_area_m2", pa.float64()),
        ("legal_area_m2", pa.float64()),
        ("address", pa.utf8()),
        ("land_use", pa.utf8()),
        ("object_kind", pa.utf8()),
        ("object_name", pa.utf8()),
        ("srid", pa.int32()),
        ("geom", pa.binary()),
        ("geom_4326", pa.binary()),
        ("computed_area_m2", pa.float64()),
        ("geom_fault", pa.utf8()),
        ("geom_delivered", pa.binary()),
        ("fault_lon", pa.float64()),
        ("fault_lat", pa.float64()),
        ("delivered_hash", pa.binary()),
        ("raw", pa.utf8()),
        *_REJECT,
    ]
)

#: One row per certificate × parcel × person (as in template PL3-01). `uses` is a JSON list
#: of {ordinal, code, raw, area_m2, origin, use_form, term}. `remark` is a JSON
#: object of what the register has no place for. Dates are days; `birth_precision` is DAY/MONTH/YEAR.
HOLDING: Final[pa.Schema] = pa.schema(
    [
        ("row_no", pa.int64()),
        ("layer", pa.utf8()),
        ("commune_code", pa.utf8()),
        ("sheet_no", pa.utf8()),
        ("parcel_no", pa.utf8()),
        ("cert_sheet_no", pa.utf8()),
        ("cert_parcel_no", pa.utf8()),
        ("parcel_code", pa.utf8()),
        ("parcel_area_m2", pa.float64()),
        ("address", pa.utf8()),
        ("serial", pa.utf8()),
        ("serial_raw", pa.utf8()),
        ("registry_no", pa.utf8()),
        ("issued_on", pa.date32()),
        ("issued_on_raw", pa.utf8()),
        ("holder_group", pa.utf8()),
        ("role", pa.utf8()),
        ("name", pa.utf8()),
        ("name_raw", pa.utf8()),
        ("birth_date", pa.date32()),
        ("birth_year", pa.int32()),
        ("birth_precision", pa.utf8()),
        ("sex", pa.utf8()),
        ("citizen_id", pa.utf8()),
        ("id_kind", pa.utf8()),
        ("id_fault", pa.utf8()),
        ("org_name", pa.utf8()),
        ("org_no", pa.utf8()),
        ("org_no_fault", pa.utf8()),
        ("tax_code", pa.utf8()),
        ("tax_code_fault", pa.utf8()),
        ("residence", pa.utf8()),
        ("share_num", pa.int64()),
        ("share_den", pa.int64()),
        ("rrr_kind", pa.utf8()),
        ("uses", pa.utf8()),
        ("scan_file", pa.utf8()),
        ("remark", pa.utf8()),
        ("delivered_hash", pa.binary()),
        *_REJECT,
    ]
)

#: Old sheet numbers → present ones; a null parcel number means the whole sheet.
CROSSWALK: Final[pa.Schema] = pa.schema(
    [
        ("row_no", pa.int64()),
        ("layer", pa.utf8()),
        ("old_commune_code", pa.utf8()),
        ("old_sheet_no", pa.utf8()),
        ("old_parcel_no", pa.utf8()),
        ("scale_denominator", pa.int32()),
        ("note", pa.utf8()),
        ("commune_code", pa.utf8()),
        ("sheet_no", pa.utf8()),
        ("parcel_no", pa.utf8()),
        ("delivered_hash", pa.binary()),
        *_REJECT,
    ]
)

#: A cell as it was delivered: one of these, or nothing.
_CELL: Final[pa.DataType] = pa.struct(
    [("text", pa.utf8()), ("number", pa.float64()), ("flag", pa.bool_()), ("moment", pa.timestamp("us"))]
)

#: What may name a parcel in a table that a clerk wants filled.
LOOKUP_KEYS: Final = ("commune", "sheet", "parcel", "old_commune", "old_sheet", "old_parcel", "serial", "code")

#: Every row of such a table, in order, with the key that it names. `part` is ABOVE, HEADING or QUESTION; `fault` says
#: why a row cannot be read.
LOOKUP: Final[pa.Schema] = pa.schema(
    [
        ("part", pa.utf8()),
        ("fault", pa.utf8()),
        *[(name, pa.utf8()) for name in LOOKUP_KEYS],
        ("cells", pa.list_(_CELL)),
    ]
)

SCHEMAS: Final[dict[str, pa.Schema]] = {
    "FEATURE": FEATURE,
    "HOLDING": HOLDING,
    "CROSSWALK": CROSSWALK,
    "LOOKUP": LOOKUP,
}
