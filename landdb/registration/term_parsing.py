"""The terms of each procedure, from JSON."""

from collections.abc import Callable
from typing import TypeVar

from landdb.domain.identifiers import CitizenId, normalise_commune_code, normalise_number
from landdb.domain.shares import parse_share
from landdb.domain.subdivision import EdgePoint
from landdb.errors import InvalidValue
from landdb.registration.fields import Fields
from landdb.registration.terms import (
    CertificateEnd,
    CertificateTerms,
    CorrectionTerms,
    ExtensionTerms,
    FirstTerms,
    Holder,
    LiftTerms,
    LineTerms,
    MortgageTerms,
    Move,
    NewGround,
    NoTerms,
    PartyRef,
    RestrictionTerms,
    SplitTerms,
    Terms,
    TransferTerms,
    UnitTerms,
    UseTerm,
    UseTerms,
)
from landdb.store.parties import PersonalDetails

T = TypeVar("T")

HOLDER_GROUPS = ("INDIVIDUAL", "COUPLE", "HOUSEHOLD", "CO_USERS", "ORGANISATION", "COMMUNITY")


def _split(fields: Fields) -> SplitTerms:
    if fields.has("line"):
        return _closed(fields, SplitTerms(line=fields.points("line")))
    if fields.has("between"):
        places = tuple(_edge_point(part) for part in fields.objects("between"))
        if len(places) != 2:
            raise InvalidValue("terms.between", "NOT_TWO_PLACES", remedy="two of {edge, distance_m}")
        return _closed(fields, SplitTerms(between=(places[0], places[1])))
    return _closed(fields, SplitTerms(edge=fields.whole("edge"), ratio=fields.numbers("ratio")))


def _edge_point(fields: Fields) -> EdgePoint:
    return _closed(fields, EdgePoint(fields.whole("edge"), fields.number("distance_m") or 0.0))


def _line(fields: Fields) -> LineTerms:
    return _closed(fields, LineTerms(fields.points("line")))


def _transfer(fields: Fields) -> TransferTerms:
    moves = tuple(_move(part) for part in fields.objects("moves"))
    if not moves:
        raise InvalidValue("terms.moves", "MISSING", remedy="at least one of {from, to, share}")
    return _closed(fields, TransferTerms(moves, _group(fields, optional=True) or None))


def _move(fields: Fields) -> Move:
    move = Move(
        taker=_party(fields.object("to")),
        giver=fields.whole("from") if fields.has("from") else None,
        share=parse_share(fields.text("share")) if fields.has("share") else None,
        subject=fields.whole("parcel") if fields.has("parcel") else 0,
        rrr_id=fields.whole("rrr_id") if fields.has("rrr_id") else None,
    )
    return _closed(fields, move)


def _first(fields: Fields) -> FirstTerms:
    certificate = _certificate(fields.object("certificate")) if fields.has("certificate") else None
    ground = _ground(fields.object("ground")) if fields.has("ground") else None
    terms = FirstTerms(
        holders=_holders(fields),
        holder_group=_group(fields),
        uses=tuple(_use(part) for part in fields.objects("uses", optional=True)),
        certificate=certificate,
        ground=ground,
    )
    return _closed(fields, terms)


def _ground(fields: Fields) -> NewGround:
    commune, sheet = normalise_commune_code(fields.text("commune")), fields.text("sheet")
    return _closed(fields, NewGround(commune, normalise_number(sheet) or sheet, fields.points("ring")))


def _holders(fields: Fields) -> tuple[Holder, ...]:
    return tuple(_holder(part) for part in fields.objects("holders"))


def _holder(fields: Fields) -> Holder:
    share = parse_share(fields.text("share")) if fields.has("share") else None
    return _closed(fields, Holder(_party(fields.object("party")), share))


def _party(fields: Fields) -> PartyRef:
    if fields.has("party_id"):
        return _closed(fields, fields.whole("party_id"))
    number = fields.text("citizen_id", optional=True)
    details = PersonalDetails(
        name=fields.text("name"),
        citizen_id=CitizenId.parse(number) if number else None,
        birth=fields.text("birth", optional=True) or None,
        sex=fields.text("sex", optional=True) or None,
        org_no=fields.text("org_no", optional=True) or None,
        residence=fields.text("residence", optional=True) or None,
    )
    return _closed(fields, details)


def _group(fields: Fields, *, optional: bool = False) -> str:
    group = fields.text("holder_group", optional=optional)
    if group and group not in HOLDER_GROUPS:
        raise InvalidValue("terms.holder_group", "UNKNOWN_GROUP", remedy=f"one of {', '.join(HOLDER_GROUPS)}")
    return group


def _uses(fields: Fields) -> UseTerms:
    uses = tuple(_use(part) for part in fields.objects("uses"))
    if not uses:
        raise InvalidValue("terms.uses", "MISSING", remedy="at least one of {code, area_m2}")
    return _closed(fields, UseTerms(uses))


def _use(fields: Fields) -> UseTerm:
    use = UseTerm(
        code=fields.text("code").upper(),
        area_m2=_area(fields),
        origin=fields.text("origin", optional=True) or None,
        use_form=fields.text("use_form", optional=True) or None,
        term=fields.text("term", optional=True) or None,
        expires_on=fields.day("expires_on", optional=True),
    )
    return _closed(fields, use)


def _area(fields: Fields) -> float | None:
    area_m2 = fields.number("area_m2", optional=True)
    if area_m2 is not None and area_m2 <= 0:
        raise InvalidValue("terms.uses.area_m2", "NOT_POSITIVE", remedy="square metres, such as 123.4")
    return area_m2


def _extension(fields: Fields) -> ExtensionTerms:
    expires_on = fields.day("expires_on")
    assert expires_on is not None  # noqa: S101 - a missing one is refused
    ordinal = fields.whole("ordinal") if fields.has("ordinal") else 1
    terms = ExtensionTerms(expires_on, ordinal, fields.text("term", optional=True) or None)
    return _closed(fields, terms)


def _mortgage(fields: Fields) -> MortgageTerms:
    return _closed(fields, MortgageTerms(_party(fields.object("lender")), fields.text("reference")))


def _restriction(fields: Fields) -> RestrictionTerms:
    return _closed(fields, RestrictionTerms(fields.text("reference")))


def _lift(fields: Fields) -> LiftTerms:
    return _closed(fields, LiftTerms(fields.whole("transaction_id")))


def _certificate(fields: Fields) -> CertificateTerms:
    terms = CertificateTerms(
        serial=fields.text("serial"),
        registry_no=fields.text("registry_no", optional=True) or None,
        issued_on=fields.day("issued_on", optional=True),
        certificate_id=_certificate_id(fields),
    )
    return _closed(fields, terms)


def _certificate_end(fields: Fields) -> CertificateEnd:
    return _closed(fields, CertificateEnd(_certificate_id(fields)))


def _certificate_id(fields: Fields) -> int | None:
    return fields.whole("certificate_id") if fields.has("certificate_id") else None


def _correction(fields: Fields) -> CorrectionTerms:
    field = fields.text("field")
    if field == "shares":
        return _closed(fields, CorrectionTerms(field, holders=_holders(fields)))
    value = fields.text("value", optional=True) if field.endswith(("_no", "address")) else fields.number("value")
    return _closed(fields, CorrectionTerms(field, None if value == "" else value))


def _unit(fields: Fields) -> UnitTerms:
    return _closed(
        fields, UnitTerms(fields.text("from_commune"), fields.text("to_commune"), fields.object("sheets").strings())
    )


def _none(fields: Fields) -> NoTerms:
    return _closed(fields, NoTerms())


def _closed(fields: Fields, terms: T) -> T:
    """Give the terms; refuses fields that are none of theirs."""
    fields.refuse_others()
    return terms


#: Kind of change → what reads its terms.
PARSERS: dict[str, Callable[[Fields], Terms]] = {
    "first_registration": _first,
    "transfer": _transfer,
    "gift": _transfer,
    "inheritance": _transfer,
    "exchange": _transfer,
    "split": _split,
    "merge": _none,
    "boundary_adjustment": _line,
    "change_of_use": _uses,
    "extension": _extension,
    "mortgage": _mortgage,
    "mortgage_release": _lift,
    "block": _restriction,
    "unblock": _lift,
    "dispute": _restriction,
    "dispute_end": _lift,
    "certificate_reissue": _certificate,
    "certificate_loss": _certificate_end,
    "certificate_cancellation": _certificate_end,
    "correction": _correction,
    "unit_change": _unit,
    "recovery": _none,
}
