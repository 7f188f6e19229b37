"""What bulk lookups take and give, for the description of the API: lines of JSON and tables, which no model reads."""

from typing import Annotated, Any, Final

from pydantic import Field

from api.schemas import CommuneCode, Strict
from landdb.lookups.bulk import MOST_KEYS, MOST_PERSONS

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}
_PLACE: Final = {"type": "number"}
_KINDS: Final[dict[str, dict[str, Any]]] = {
    "number": {"commune": _TEXT, "sheet": _TEXT, "parcel": _TEXT},
    "old number": {"old_commune": _TEXT, "old_sheet": _TEXT},
    "code": {"code": _TEXT},
    "certificate": {"serial": _TEXT},
    "point": {"lon": _PLACE, "lat": _PLACE},
    "VN-2000": {"x": _PLACE, "y": _PLACE, "srid": {"type": "integer"}},
    "identity": {"parcel_id": {"type": "integer", "minimum": 1}},
    "person": {"citizen_id": _TEXT, "purpose": _TEXT, "case_ref": _TEXT},
}
_OPTIONAL: Final[dict[str, dict[str, Any]]] = {
    "old number": {"old_parcel": _TEXT, "scale": {"type": "integer", "minimum": 1}, "note": _TEXT},
    "VN-2000": {"axes": {"enum": ["EN", "NE"]}},
}
_KEY: Final = {
    "oneOf": [
        {
            "title": kind,
            "type": "object",
            "properties": {**members, **_OPTIONAL.get(kind, {})},
            "required": list(members),
            "additionalProperties": False,
        }
        for kind, members in _KINDS.items()
    ]
}
KEYS_BODY: Final[dict[str, Any]] = {
    "required": True,
    "description": f"1 to {MOST_KEYS} keys, of them at most {MOST_PERSONS} of people",
    "content": {
        "application/json": {
            "schema": {"type": "array", "items": _KEY, "minItems": 1, "maxItems": MOST_KEYS},
            "example": [{"commune": "99001", "sheet": "1", "parcel": "12"}, {"serial": "XA 010001"}],
        },
        "application/x-ndjson": {
            "schema": {"type": "string"},
            "example": '{"commune": "99001", "sheet": "1", "parcel": "12"}\n{"serial": "XA 010001"}\n',
        },
    },
}
LINES: Final[dict[str, Any]] = {
    "description": "One object for each key, in order: `index` counts from 0; `status` RESOLVED, AMBIGUOUS, NOT_FOUND"
    " or INVALID; `reason`; `parcels` as in other answers; `candidates` for an old number; `faults` when INVALID.",
    "content": {
        "application/x-ndjson": {
            "schema": {"type": "string"},
            "example": '{"index": 0, "status": "RESOLVED", "reason": null, "parcels": [{"parcel_id": 1885}]}\n'
            '{"index": 1, "status": "NOT_FOUND", "reason": "UNKNOWN_SERIAL", "parcels": []}\n',
        }
    },
}

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
#: Rows of one table that is sent; longer ones are filled by `landdb lookup bulk`, or by lines of JSON.
MOST_TABLE_ROWS: Final = 10_000


class TableQuery(Strict):
    """What the sender knows of a table."""

    commune: Annotated[CommuneCode | None, Field(description="of rows that name none")] = None


_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
TABLE_BODY: Final[dict[str, Any]] = {
    "required": True,
    "description": f"a table of at most {MOST_TABLE_ROWS} rows, at most 16 MiB",
    "content": {
        CSV: {"schema": {"type": "string"}, "example": "Mã xã,Số tờ,Số thửa\n99001,1,12\n"},
        XLSX: _BINARY,
    },
}
FILLED: Final[dict[str, Any]] = {"description": "The table, filled", "content": {XLSX: _BINARY}}
