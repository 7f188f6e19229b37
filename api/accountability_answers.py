"""What is asked and answered about clear values, quotas and accesses."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from api.answers import Shape
from api.schemas import Strict, text

ClearField = Literal["name", "citizen_id", "birth", "residence", "tax_code"]


class RevealRequest(Strict):
    """Which clear values are wanted, for what and in which case."""

    fields: Annotated[list[ClearField], Field(min_length=1, max_length=10, examples=[["name", "citizen_id"]])]
    purpose: Annotated[
        str, Field(pattern="^[A-Z_]{3,30}$", description="a code of /purposes", examples=["REGISTRATION"])
    ]
    case_ref: Annotated[str, text(100), Field(examples=["HS-2026-0017"])]


class WithheldValue(Shape):
    """A field that was asked for and is not given."""

    field: ClearField
    reason: Literal["PURPOSE"]


class QuotaState(Shape):
    """How many people may be asked about, and how many it were."""

    scope: Literal["person", "organisation"]
    per_hour: int
    per_day: int
    used_hour: int
    used_day: int
    left: int
    frees_at: dt.datetime | None


class QuotaList(Shape):
    """The caller's quota and that of the caller's organisation."""

    quota: list[QuotaState]


class Revelation(Shape):
    """Clear values of a party; null where none is recorded."""

    party_id: int
    party_kind: str
    values: dict[ClearField, str | None]
    withheld: list[WithheldValue]
    access_id: Annotated[int, Field(description="the record of this access")]
    quota: list[QuotaState]


class Bilingual(Shape):
    """A text in both languages."""

    vi: str
    en: str


class Purpose(Shape):
    """A lawful purpose."""

    code: str
    label: Bilingual
    legal_basis: str
    fields: list[ClearField]


class PurposeList(Shape):
    """The purposes for which clear values may be asked."""

    purposes: list[Purpose]


class Coded(Bilingual):
    """A text in both languages, with its code."""

    code: str | None


class AccessTold(Shape):
    """One access as the citizen is told of it."""

    access_id: int
    at: dt.datetime
    office: Annotated[str | None, Field(description="null: the account names no office")]
    role: str
    action: Coded
    fields: list[str]
    purpose: Coded
    case_ref: str
    legal_basis: str | None


class AccessList(Shape):
    """Who looked at the citizen's data."""

    accesses: list[AccessTold]
    next: str | None
