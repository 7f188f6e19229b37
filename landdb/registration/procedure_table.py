"""Which function carries out which procedure."""

from collections.abc import Callable
from typing import Any

from landdb.registration import ground, papers, restrictions, rights, units, uses
from landdb.registration.terms import (
    CertificateEnd,
    CertificateTerms,
    CorrectionTerms,
    ExtensionTerms,
    FirstTerms,
    LiftTerms,
    LineTerms,
    MortgageTerms,
    NoTerms,
    RestrictionTerms,
    SplitTerms,
    TransferTerms,
    UnitTerms,
    UseTerms,
)
from landdb.registration.work import Work


def _correct(work: Work, terms: CorrectionTerms) -> None:
    if terms.field == "shares":
        rights.replace_shares(work, terms.holders)
    else:
        papers.correct(work, terms)


#: Kind of change → the type of its terms, and what carries it out.
TABLE: dict[str, tuple[type[Any], Callable[[Work, Any], None]]] = {
    "first_registration": (FirstTerms, rights.register_first),
    "transfer": (TransferTerms, rights.transfer),
    "gift": (TransferTerms, rights.transfer),
    "inheritance": (TransferTerms, rights.transfer),
    "exchange": (TransferTerms, rights.transfer),
    "split": (SplitTerms, ground.split),
    "merge": (NoTerms, lambda work, _: ground.merge_parcels(work)),
    "boundary_adjustment": (LineTerms, ground.adjust_boundary),
    "change_of_use": (UseTerms, uses.change_uses),
    "extension": (ExtensionTerms, uses.extend_term),
    "mortgage": (MortgageTerms, restrictions.mortgage),
    "mortgage_release": (LiftTerms, lambda work, terms: restrictions.lift(work, terms, "MORTGAGE")),
    "block": (RestrictionTerms, lambda work, terms: restrictions.restrict(work, terms, "BLOCK")),
    "unblock": (LiftTerms, lambda work, terms: restrictions.lift(work, terms, "BLOCK")),
    "dispute": (RestrictionTerms, lambda work, terms: restrictions.restrict(work, terms, "DISPUTE")),
    "dispute_end": (LiftTerms, lambda work, terms: restrictions.lift(work, terms, "DISPUTE")),
    "certificate_reissue": (CertificateTerms, papers.reissue),
    "certificate_loss": (CertificateEnd, papers.end_certificate),
    "certificate_cancellation": (CertificateEnd, papers.end_certificate),
    "correction": (CorrectionTerms, _correct),
    "unit_change": (UnitTerms, units.change_unit),
    "recovery": (NoTerms, lambda work, _: rights.recover(work)),
}
