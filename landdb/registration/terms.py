"""What is asked of the door: one change, with the terms that its procedure needs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from landdb.domain.subdivision import EdgePoint, Point
from landdb.store.parties import PersonalDetails
from landdb.store.transactions import SourceDocument


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who asks for the change: a name from the token or the operating system; `communes` None: every commune."""

    actor: str
    communes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ParcelRef:
    """A parcel, and the state in which the clerk saw it; without a tag whatever state it is in."""

    parcel_id: int
    tag: str | None = None


#: A party that is on record already, by its id, or one that is declared now.
PartyRef = int | PersonalDetails


@dataclass(frozen=True, slots=True)
class Holder:
    """Who shall hold how much; a share of None is a joint holder's."""

    party: PartyRef
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class UseTerm:
    """One land use of a parcel: code in force, area, origin and term as the decision states them."""

    code: str
    area_m2: float | None = None
    origin: str | None = None
    use_form: str | None = None
    term: str | None = None
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """A certificate as issued; `certificate_id` names the one that it replaces when the parcel has several."""

    serial: str
    registry_no: str | None = None
    issued_on: dt.date | None = None
    certificate_id: int | None = None


@dataclass(frozen=True, slots=True)
class SplitTerms:
    """How a parcel is cut: by a line, between two places on edges, or in a ratio from an edge; one of the three.

    Coordinates in the sheet's own system, easting before northing.
    """

    line: tuple[Point, ...] | None = None
    between: tuple[EdgePoint, EdgePoint] | None = None
    edge: int | None = None
    ratio: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LineTerms:
    """A new common boundary, in the sheet's own system, easting before northing."""

    line: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A share that changes hands. Without `giver` all holders give all; without `share` the giver gives all he has.

    `subject` is the position of the parcel among the change's parcels; `rrr_id` names the right when there are several.
    """

    taker: PartyRef
    giver: int | None = None
    share: Fraction | None = None
    subject: int = 0
    rrr_id: int | None = None


@dataclass(frozen=True, slots=True)
class TransferTerms:
    """Who gives what to whom; `holder_group` says how those who hold afterwards hold together."""

    moves: tuple[Move, ...]
    holder_group: str | None = None


@dataclass(frozen=True, slots=True)
class NewGround:
    """Ground that no map shows yet, measured for its first registration: on which sheet, and its ring.

    Coordinates in the sheet's own system, easting before northing; closed or not.
    """

    commune_code: str
    sheet_no: str
    ring: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class FirstTerms:
    """The first right on a parcel, its uses and, when one is issued at once, its certificate.

    With `ground` the parcel is drawn first, as no map shows it yet; the change names no parcel then.
    """

    holders: tuple[Holder, ...]
    holder_group: str
    uses: tuple[UseTerm, ...] = ()
    certificate: CertificateTerms | None = None
    ground: NewGround | None = None


@dataclass(frozen=True, slots=True)
class UseTerms:
    """The uses of the parcel from now on, all of them."""

    uses: tuple[UseTerm, ...]


@dataclass(frozen=True, slots=True)
class ExtensionTerms:
    """The new end of one use's term."""

    expires_on: dt.date
    ordinal: int = 1
    term: str | None = None


@dataclass(frozen=True, slots=True)
class MortgageTerms:
    """The lender, and the number of the contract."""

    lender: PartyRef
    reference: str


@dataclass(frozen=True, slots=True)
class RestrictionTerms:
    """The number of the decision or case that a block or dispute rests on."""

    reference: str


@dataclass(frozen=True, slots=True)
class LiftTerms:
    """The transaction whose restriction ends."""

    origin_id: int


@dataclass(frozen=True, slots=True)
class CertificateEnd:
    """Which certificate is lost or cancelled; None when the parcel has only one."""

    certificate_id: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectionTerms:
    """The field in error and its right value; for `shares` all holders of the right with theirs."""

    field: str
    value: str | float | None = None
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitTerms:
    """Sheets that pass from one commune to another, each with its new number; parcels keep theirs."""

    old_commune_code: str
    new_commune_code: str
    sheets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NoTerms:
    """Nothing beyond the parcels: a merge, a recovery."""


Terms = (
    SplitTerms | LineTerms | TransferTerms | FirstTerms | UseTerms | ExtensionTerms | MortgageTerms | RestrictionTerms
    | LiftTerms | CertificateTerms | CertificateEnd | CorrectionTerms | UnitTerms | NoTerms
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One legal change as asked for; `valid_from` is the date in law.

    `acknowledged` holds the codes of warnings that the clerk has read and accepts. `lender_consent` is the number of
    the lender's written consent. `fingerprint` is the request as canonical text, for idempotent repetition.
    """

    kind: str
    parcels: tuple[ParcelRef, ...]
    valid_from: dt.date
    document: SourceDocument
    terms: Terms
    reason: str | None = None
    acknowledged: frozenset[str] = frozenset()
    lender_consent: str | None = None
    idempotency_key: str | None = None
    request: Mapping[str, object] = field(default_factory=dict)

    @property
    def new_ground(self) -> NewGround | None:
        """Give the ground that the change brings onto the map, if it does."""
        return self.terms.ground if isinstance(self.terms, FirstTerms) else None
