"""What became of a change, or what would become of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from landdb.registration.notices import Notice
from landdb.registration.work import AreaRow, NumberRow, RightRow, ShapeRow

Result = Literal["PREVIEW", "REFUSED", "DRAFT", "SUBMITTED", "NEEDS_SUPPLEMENT", "APPROVED"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result with its notices, area table, new numbers, and rights affected.

    `transaction_id` is None for a preview and for a refusal, which leave nothing. `refusing`: the codes that stand
    against it. `tags` are the states of the parcels afterwards, for the next change.
    """

    kind: str
    result: Result
    transaction_id: int | None
    notices: tuple[Notice, ...] = ()
    refusing: tuple[str, ...] = ()
    areas: tuple[AreaRow, ...] = ()
    shapes: tuple[ShapeRow, ...] = ()
    numbers: tuple[NumberRow, ...] = ()
    rights: tuple[RightRow, ...] = ()
    tags: Mapping[int, str] = field(default_factory=dict)
    due_on: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the outcome as plain data; identities of parcels that a preview made are left out, they are gone.

        Only what was not made shows its shapes: those of a change that was made are on the map.
        """
        made = self.result == "APPROVED"
        seen = self.result in ("PREVIEW", "REFUSED")
        return {
            "kind": self.kind,
            "result": self.result,
            "transaction_id": self.transaction_id,
            "due_on": self.due_on,
            "refusing": list(self.refusing),
            "notices": [told.to_json() for told in self.notices],
            "areas": _rows(sorted(self.areas, key=lambda row: row.before_m2 is None)),
            "shapes": _rows(self.shapes) if seen else [],
            "numbers": [row | {"parcel_id": row["parcel_id"] if made else None} for row in _rows(self.numbers)],
            "rights": _rows(self.rights),
            "details": dict(self.details),
            "tags": {str(parcel_id): tag for parcel_id, tag in self.tags.items()} if made else {},
        }


def _rows(
    rows: Sequence[AreaRow] | Sequence[ShapeRow] | Sequence[NumberRow] | Sequence[RightRow],
) -> list[dict[str, Any]]:
    """Give the rows as JSON has them, so that a kept outcome equals a fresh one."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(row).items()}
        for row in rows
    ]
