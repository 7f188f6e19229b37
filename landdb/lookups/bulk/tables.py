"""A clerk's table of sheet and parcel numbers, filled: each row gets what was found for it."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from landdb.domain.identifiers import normalise_commune_code
from landdb.domain.search import message
from landdb.exporters.filled_table import write_filled
from landdb.importers.asked_table import AskedRow, read_asked_table
from landdb.importers.tables.lookup_table import asks_about_people
from landdb.lookups.bulk.answering import Connections, answer_many
from landdb.lookups.bulk.keys import Fault, Key, read_key
from landdb.lookups.viewpoint import Viewpoint

#: More rows than this are a delivery, not a question.
MOST_ROWS: Final = 200_000
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
    most_rows: int = MOST_ROWS,
    refuses_people: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Counter[str]:
    """Write `source` with the answers beside its rows to `target`; gives how many rows got which status.

    `commune_code` counts for rows without one. The file is read in the sandbox of imports. No person is looked up;
    with `refuses_people` a column of citizens' numbers is not even taken. Raises ImportRefused for a file that is no
    table whose columns name parcels, and for one of more than `most_rows` questions.
    """
    commune = None if commune_code is None else normalise_commune_code(commune_code)
    table = await asyncio.to_thread(read_asked_table, source, most_rows=most_rows, commune_code=commune)
    if refuses_people and table.personal:
        raise asks_about_people()
    keys = {at: key for at, row in enumerate(table.rows) if (key := _key(row)) is not None}
    places, asked = list(keys), list(keys.values())
    found: dict[int, dict[str, Any]] = {}
    async for lines in answer_many(connections, asked, view=Viewpoint(wanted=FIELDS)):
        for line in lines.splitlines():
            answer = json.loads(line)
            found[places[answer["index"]]] = _shown(answer)
        progress(len(found), len(places))
    cells = [row.cells for row in table.rows]
    await asyncio.to_thread(write_filled, cells, found, target, heading_row=table.heading_row, name=table.worksheet)
    return Counter(answer["code"] for answer in found.values())


def _key(row: AskedRow) -> Key | Fault | None:
    if row.fault is not None:
        return Fault("row", row.fault)
    return None if row.key is None else read_key(row.key)


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
