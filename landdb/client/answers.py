"""What the service answers, as the client gives it: statuses typed, parcels as the JSON they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from landdb.errors import LanddbError

Json = dict[str, Any]
Status = Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND"]
LineStatus = Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND", "INVALID"]


class ApiProblem(LanddbError):
    """The service refused the request.

    `status` is HTTP's; `kind` a stable name such as ``invalid-request``; `faults` name fields and reasons.
    """

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.kind = str(told.get("type", "")).rpartition(":")[2] or "http"
        self.reason: str | None = told.get("reason")
        self.request_id: str | None = told.get("request_id")
        self.faults: list[dict[str, str]] = list(told.get("faults", ()))
        where = ", ".join(f"{fault['field']} {fault['reason']}" for fault in self.faults)
        parts = (f"{status} {told.get('title', 'refused')}", self.reason, where, self.request_id)
        super().__init__("; ".join(part for part in parts if part), remedy=told.get("remedy"))


@dataclass(frozen=True, slots=True)
class Answer:
    """Which parcels were meant, and how certain that is; `candidates` where an old number may be."""

    status: Status
    reason: str | None
    parcels: list[Json]
    candidates: list[Json]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Give the answer that the service wrote."""
        return cls(told["status"], told["reason"], told["parcels"], told.get("candidates", []))

    @property
    def parcel(self) -> Json | None:
        """Give the parcel of a certain answer."""
        return self.parcels[0] if self.status == "RESOLVED" and self.parcels else None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """The answer to one of many keys; `index` is the key's place."""

    index: int
    status: LineStatus
    reason: str | None
    parcels: list[Json]
    candidates: list[Json]
    faults: list[dict[str, str]]

    @classmethod
    def of(cls, told: Mapping[str, Any], *, first: int) -> Self:
        """Give the answer of a line; `first` is the place of the call's first key."""
        return cls(
            first + told["index"], told["status"], told["reason"], told["parcels"],
            told.get("candidates", []), told.get("faults", []),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HolderAnswer:
    """Does a person hold rights here, and which: `rights_held` in each parcel."""

    holds_rights: bool
    parcels: list[Json]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the change feed; go on later after its `cursor`."""

    cursor: str
    body: Json
