"""What the declare-once answer looks like: what one person holds, and nothing of others."""

from pydantic import Field

from api.answers import CertificateOfRight, Parcel, Shape, Times


class RightHeld(Shape):
    """One right of the person who was asked about; nothing of other holders."""

    rrr_kind: str
    holder_group: str
    share: str | None = Field(examples=["1/3"])
    role: str | None
    certificate: CertificateOfRight | None


class ParcelHeld(Parcel):
    """A parcel with the rights that the person holds in it."""

    rights_held: list[RightHeld] | None = None


class HolderAnswer(Shape):
    """Does the person hold rights here, and which? Unknown, elsewhere only and without rights look alike."""

    holds_rights: bool
    as_of: Times | None
    next: str | None
    parcels: list[ParcelHeld]
