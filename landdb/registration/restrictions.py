"""Procedures that lay or lift a mortgage, a block or a dispute."""

from landdb.registration.notices import Refused, notice
from landdb.registration.terms import LiftTerms, MortgageTerms, RestrictionTerms
from landdb.registration.work import RightRow, Work
from landdb.store import register_rights


def mortgage(work: Work, terms: MortgageTerms) -> None:
    """Mortgage the parcels to the lender, in the next rank of each."""
    for subject in work.subjects:
        if not subject.use_rights:
            raise Refused(notice("NO_RIGHT", subject.number))
        rank = register_rights.lay_restriction(
            work.conn,
            subject.parcel_id,
            "MORTGAGE",
            terms.reference,
            work.entry(subject),
            origin_id=work.transaction_id,
            party_id=work.party(terms.lender, subject),
        )
        work.rights.append(RightRow(f"MORTGAGE rank {rank}", "opened", work.transaction_id, (subject.number,)))
        work.touched.add(subject.parcel_id)


def restrict(work: Work, terms: RestrictionTerms, restriction_kind: str) -> None:
    """Lay a block or note a dispute on the parcels."""
    for subject in work.subjects:
        register_rights.lay_restriction(
            work.conn,
            subject.parcel_id,
            restriction_kind,
            terms.reference,
            work.entry(subject),
            origin_id=work.transaction_id,
        )
        work.rights.append(RightRow(restriction_kind, "opened", work.transaction_id, (subject.number,)))
        work.touched.add(subject.parcel_id)


def lift(work: Work, terms: LiftTerms, restriction_kind: str) -> None:
    """End what one transaction laid on the parcels; refuses a parcel that it does not restrict."""
    identities = [subject.parcel_id for subject in work.subjects]
    freed = register_rights.lift_restrictions(work.conn, identities, restriction_kind, origin_id=terms.origin_id)
    for subject in work.subjects:
        if subject.parcel_id not in freed:
            raise Refused(notice("NOT_IN_FORCE", subject.number))
        work.rights.append(RightRow(restriction_kind, "ended", terms.origin_id, (subject.number,)))
        work.touched.add(subject.parcel_id)
