"""What answers about extracts look like, as in `answers`."""

import datetime as dt
from typing import Literal

from api.answers import Shape


class ExtractChecked(Shape):
    """Whether an extract is genuine, and whether the register has changed since it was issued.

    GENUINE: issued here and unaltered. ALTERED: facts or paper differ from what was signed. FOREIGN: signed by
    another installation. UNKNOWN: signed here, but no record of it is left.
    """

    standing: Literal["GENUINE", "UNKNOWN", "ALTERED", "FOREIGN"]
    code: str | None
    issued_at: dt.datetime | None
    valid_at: dt.date | None
    parcel_id: int | None
    has_changed: bool | None


class ExtractKey(Shape):
    """The public key that extracts are signed with (Ed25519, a JSON Web Key of RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    kid: str
    x: str
