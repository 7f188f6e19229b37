"""A clerk's table of sheet and parcel numbers, filled: each row gets what was found for it."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from landdb.domain.identifiers import normalise_commune_code
from landdb.domain.search import message
from landdb.exporters.filled_table import write_filled
from landdb.importers.tables.lookup_table import read_lookup_table
from landdb.lookups.bulk.answering import Connections, answer_many
from landdb.lookups.bulk.keys import read_key
from landdb.lookups.viewpoint import Viewpoint

#: What a filled row shows of its parcel.
FIELDS: Final = frozenset({"areas", "land_uses"})
_STATUS: Final = {
    "RESOLVED": "Tìm thấy",
    "AMBIGUOUS": "Có nhiều khả năng",
    "NOT_FOUND": "Không tìm thấy",
    "INVALID": "Không đọc được",
}


async def fill_table(
    connections: Connections,
    source: Path,
    target: Path,
    *,
    commune_code: str | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Counter[str]:
    """Write `source` with the answers beside its rows to `target`; gives how many rows got which status.

    `commune_code` counts for rows without one. No person is read or written. Raises ImportRefused for a table
    whose columns name no parcels.
    """
    commune = None if commune_code is None else normalise_commune_code(commune_code)
    table = read_lookup_table(source)
    keys = {
        at: key
        for at, row in enumerate(table.rows[table.first_data_row :], table.first_data_row)
        if (key := table.key(row, commune)) is not None
    }
    places = list(keys)
    asked = [read_key(key) for key in keys.values()]
    found: dict[int, dict[str, Any]] = {}
    async for lines in answer_many(connections, asked, view=Viewpoint(wanted=FIELDS)):
        for line in lines.splitlines():
            answer = json.loads(line)
            found[places[answer["index"]]] = _shown(answer)
        progress(len(found), len(places))
    write_filled(table.rows, found, target, heading_row=table.layout.first_data_line - 1, name=table.sheet)
    return Counter(answer["code"] for answer in found.values())


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    """Give what a row shows: of several parcels only how many."""
    status, reason = answer["status"], answer["reason"]
    parcels = answer["parcels"]
    shown = {
        "code": status,
        "status": _STATUS[status],
        "reason": None if reason is None else _told(reason),
        "count": len(parcels) or len(answer.get("candidates") or ()) or None,
    }
    if len(parcels) != 1:
        return shown
    (parcel,) = parcels
    commune = parcel["commune"]
    uses = [use["land_use_code"] or use["land_use_raw"] for use in parcel["land_uses"]]
    return {
        **shown,
        "parcel_code": parcel["parcel_code"],
        "commune": f"{commune['kind']} {commune['name']}",
        "sheet_no": parcel["sheet"]["sheet_no"],
        "parcel_no": parcel["parcel_no"],
        "legal_area_m2": parcel["areas"]["legal_area_m2"],
        "computed_area_m2": parcel["areas"]["computed_area_m2"] and round(parcel["areas"]["computed_area_m2"], 1),
        "land_uses": " + ".join(uses) or (parcel["land_use_on_map"] or {}).get("label"),
        "parcel_id": parcel["parcel_id"],
    }


def _told(reason: str) -> str:
    try:
        return message(reason)["vi"]
    except KeyError:
        return reason
