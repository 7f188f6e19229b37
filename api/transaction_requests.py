"""What requests about legal changes may say."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from api.schemas import Strict, text
from landdb.registration.term_parsing import PARSERS

Text = Annotated[str, text(500)]


class DocumentPart(Strict):
    """The document that the change rests on."""

    kind: Annotated[str, Field(pattern="^(SURVEY|DEED|DECISION|HANDOVER)$", examples=["DECISION"])]
    reference: Annotated[Text, Field(examples=["QĐ 12/2026"])]
    issued_on: dt.date | None = None


class ParcelPart(Strict):
    """A parcel by its internal key, and the tag of the state that the clerk saw."""

    parcel_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    tag: Annotated[str | None, Field(pattern="^[0-9a-f]{16}$")] = None


class ChangeRequest(Strict):
    """One legal change. `terms` depend on the kind; docs/registration.md shows those of each."""

    kind: Annotated[str, Field(pattern=f"^({'|'.join(PARSERS)})$", examples=["split"])]
    parcels: list[ParcelPart] = Field(default_factory=list, max_length=200)
    valid_from: dt.date | None = None
    document: DocumentPart
    terms: dict[str, Any] = Field(default_factory=dict, examples=[{"edge": 0, "ratio": [1, 1]}])
    reason: Text | None = None
    acknowledge: list[str] = Field(default_factory=list, max_length=50)
    lender_consent: Text | None = None

    def told(self, if_match: str | None, key: str | None) -> dict[str, Any]:
        """Give the change in the form that the door reads."""
        told = self.model_dump(mode="json", exclude_none=True)
        if if_match is not None and len(told["parcels"]) == 1:
            told["parcels"][0].setdefault("tag", if_match.strip('"'))
        return told if key is None else told | {"idempotency_key": key}

    @staticmethod
    def is_tagged(told: Mapping[str, Any]) -> bool:
        """Tell whether every parcel comes with the state that was seen."""
        return all("tag" in part for part in told["parcels"])


class RegisterQuery(Strict):
    """How the change is wanted."""

    dry_run: bool = False
    draft: bool = False


class Decision(Strict):
    """Why a change is rejected or sent back."""

    note: Annotated[str, Field(min_length=10, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]


class HistoryQuery(Strict):
    """How far lineage is followed."""

    generations: Annotated[int, Field(ge=1, le=100)] = 100


class FeedQuery(Strict):
    """Where to go on reading."""

    after: Annotated[
        str | None,
        Field(pattern=r"^[0-9a-f-]{36}:[0-9]{1,19}\.[0-9]{1,19}$", description="`next` of an earlier answer"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
