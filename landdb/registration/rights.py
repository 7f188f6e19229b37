"""Procedures that change who holds what: first registration, transfers, recovery by the State."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from landdb.domain.shares import format_share, move_share, total_share
from landdb.errors import InvalidValue
from landdb.registration.guards import household_faults
from landdb.registration.new_ground import enter_ground
from landdb.registration.notices import Refused, notice
from landdb.registration.papers import issue
from landdb.registration.terms import FirstTerms, Holder, Move, TransferTerms, UseTerm
from landdb.registration.uses import put_uses
from landdb.registration.work import RightRow, Work
from landdb.store import register_rights
from landdb.store.register_subjects import Right, Subject

Holders = Mapping[int, Fraction | None]


def register_first(work: Work, terms: FirstTerms) -> None:
    """Open the first use right on a parcel, drawn now or known, with its uses and the certificate issued at once."""
    subject = work.subject if terms.ground is None else enter_ground(work, terms.ground)
    if subject.use_rights:
        raise Refused(notice("HAS_RIGHT", subject.number))
    work.notices.extend(household_faults(terms.holder_group, work.valid_from))
    holders = declared_holders(work, terms.holders, subject)
    check_whole(subject, {0: holders})
    serial = terms.certificate.serial if terms.certificate else None
    key = f"serial {serial}" if serial else f"parcel {subject.number}"
    baunit_id = subject.links[0].baunit_id if subject.links else _linked(work, subject, key)
    entry = work.entry(subject)
    rrr_id = register_rights.open_right(work.conn, baunit_id, terms.holder_group, entry)
    for party_id, share in holders.items():
        register_rights.add_holder(work.conn, rrr_id, party_id, share, entry)
    work.rights.append(RightRow("USE_RIGHT", "opened", rrr_id, (subject.number,)))
    if terms.certificate is not None:
        issue(work, subject, baunit_id, terms.certificate)
    if terms.uses:
        put_uses(work, subject, terms.uses)
    work.touched.add(subject.parcel_id)


def transfer(work: Work, terms: TransferTerms) -> None:
    """Let shares change hands on one parcel or, in an exchange, on several."""
    if terms.holder_group:
        work.notices.extend(household_faults(terms.holder_group, work.valid_from))
    for position, subject in enumerate(work.subjects):
        by_right: dict[int, list[Move]] = {}
        for move in terms.moves:
            if move.subject == position:
                by_right.setdefault(_right_meant(subject, move.rrr_id).rrr_id, []).append(move)
        if not by_right:
            raise InvalidValue("moves", "NO_MOVE_FOR_A_PARCEL", remedy="give at least one move for each parcel")
        _transfer_on(work, subject, by_right, terms.holder_group)


def replace_shares(work: Work, holders: Sequence[Holder]) -> None:
    """Let the only use right of the parcel be held by these with these shares: a correction, not a transfer."""
    subject = work.subject
    right = _right_meant(subject, None)
    after = declared_holders(work, holders, subject)
    if {held.party_id: held.share for held in right.holders} == after:
        raise Refused(notice("UNCHANGED"))
    check_whole(subject, {right.rrr_id: after})
    register_rights.replace_holders(work.conn, right, after, work.entry(subject), holder_group=right.holder_group)
    work.rights.append(RightRow("USE_RIGHT", "altered", right.rrr_id, (subject.number,)))
    work.touched.add(subject.parcel_id)


def recover(work: Work) -> None:
    """End every right and restriction on the parcels; the ground stays, as recovered and not yet allocated (CGT)."""
    for subject in work.subjects:
        register_rights.unlink(work.conn, [own.baunit_parcel_id for own in subject.links])
        ended, papers = register_rights.end_empty_baunits(work.conn, {own.baunit_id for own in subject.links})
        on = (subject.number,)
        work.rights.extend(
            RightRow(right.rrr_kind, "ended", right.rrr_id if right.rrr_id in ended else None, on)
            for right in subject.rights
        )
        work.rights.extend(RightRow("CERTIFICATE", "ended", certificate_id, on) for certificate_id in papers)
        work.rights.extend(
            RightRow(row.restriction_kind, "ended", row.origin_id, on) for row in subject.restrictions if row.origin_id
        )
        register_rights.delete_restrictions(work.conn, [subject.parcel_id])
        put_uses(work, subject, (UseTerm("CGT", subject.legal_area_m2 or subject.registered_area_m2),))
        work.touched.add(subject.parcel_id)


def declared_holders(work: Work, holders: Sequence[Holder], subject: Subject) -> dict[int, Fraction | None]:
    """Give the holders by party; refuses one party named twice."""
    if not holders:
        raise InvalidValue("holders", "MISSING", remedy="name at least one holder")
    after: dict[int, Fraction | None] = {}
    for holder in holders:
        party_id = work.party(holder.party, subject)
        if party_id in after:
            raise InvalidValue("holders", "NAMED_TWICE", remedy="name each holder once, with his whole share")
        after[party_id] = holder.share
    return after


def check_whole(subject: Subject, after: Mapping[int, Holders]) -> None:
    """Refuse when the shares of all use rights on the parcel, these replaced, do not make exactly 1."""
    shares = [share for holders in after.values() for share in holders.values()]
    shares += [held.share for right in subject.use_rights if right.rrr_id not in after for held in right.holders]
    total = total_share(shares)
    if total not in {None, 1}:
        raise Refused(notice("SHARES_NOT_ONE", subject.number, total=format_share(total or Fraction(0))))


def _transfer_on(work: Work, subject: Subject, by_right: Mapping[int, Sequence[Move]], group: str | None) -> None:
    rights = {right.rrr_id: right for right in subject.use_rights}
    after = {rrr_id: _moved(work, subject, rights[rrr_id], moves) for rrr_id, moves in by_right.items()}
    check_whole(subject, after)
    for rrr_id, holders in after.items():
        right = rights[rrr_id]
        holder_group = group or _group(right, holders)
        own = next(link for link in subject.links if link.baunit_id == right.baunit_id)
        if own.parcels_of_baunit > 1:
            _detach(work, subject, right, holders, holder_group)
        else:
            register_rights.replace_holders(work.conn, right, holders, work.entry(subject), holder_group=holder_group)
            work.rights.append(RightRow("USE_RIGHT", "altered", rrr_id, (subject.number,)))
    work.touched.add(subject.parcel_id)


def _moved(work: Work, subject: Subject, right: Right, moves: Sequence[Move]) -> Holders:
    """Give the right's holders after the moves, one after the other."""
    takers = [work.party(move.taker, subject) for move in moves]
    if all(move.giver is None for move in moves) and len(moves) > 1:
        holders = [Holder(taker, move.share) for taker, move in zip(takers, moves, strict=True)]
        return declared_holders(work, holders, subject)
    held: dict[int, Fraction | None] = {holder.party_id: holder.share for holder in right.holders}
    for taker, move in zip(takers, moves, strict=True):
        try:
            held = move_share(held, move.giver, taker, move.share)
        except InvalidValue as error:
            raise Refused(notice(error.reason, subject.number)) from error
    return held


def _detach(work: Work, subject: Subject, right: Right, holders: Holders, holder_group: str) -> None:
    """Give the parcel a baunit of its own: the right on the certificate's other parcels stays as it is."""
    entry = work.entry(subject)
    key = f"transaction {work.transaction_id} parcel {subject.number}"
    baunit_id = _linked(work, subject, key)
    for other in subject.rights:
        if other.baunit_id != right.baunit_id:
            continue
        is_moved = other.rrr_id == right.rrr_id
        group = holder_group if is_moved else other.holder_group
        shares = holders if is_moved else {held.party_id: held.share for held in other.holders}
        rrr_id = register_rights.open_right(work.conn, baunit_id, group, entry, rrr_kind=other.rrr_kind)
        for party_id, share in shares.items():
            register_rights.add_holder(work.conn, rrr_id, party_id, share, entry)
        work.rights.append(RightRow(other.rrr_kind, "opened", rrr_id, (subject.number,)))
    gone = [own.baunit_parcel_id for own in subject.links if own.baunit_id == right.baunit_id]
    register_rights.unlink(work.conn, gone)
    # When the other parcels of the certificate leave it in the same change, nothing is left for it to hold on.
    ended, papers = register_rights.end_empty_baunits(work.conn, {right.baunit_id})
    work.rights.extend(RightRow("USE_RIGHT", "ended", rrr_id, (subject.number,)) for rrr_id in ended)
    work.rights.extend(RightRow("CERTIFICATE", "ended", certificate_id, (subject.number,)) for certificate_id in papers)


def _linked(work: Work, subject: Subject, key: str) -> int:
    baunit_id = register_rights.open_baunit(work.conn, subject.commune_id, key)
    register_rights.link(
        work.conn, baunit_id, subject.parcel_id, work.entry(subject), certificate_area_m2=subject.legal_area_m2
    )
    return baunit_id


def _right_meant(subject: Subject, rrr_id: int | None) -> Right:
    rights = [right for right in subject.use_rights if rrr_id in {None, right.rrr_id}]
    if not rights:
        raise Refused(notice("NO_RIGHT", subject.number))
    if len(rights) > 1:
        raise Refused(notice("SEVERAL_RIGHTS", subject.number))
    return rights[0]


def _group(right: Right, holders: Holders) -> str:
    """Give how the holders hold together when nobody said: alone, together in parts, or as before."""
    if len(holders) == 1:
        return right.holder_group if right.holder_group == "ORGANISATION" else "INDIVIDUAL"
    if all(share is None for share in holders.values()):
        return right.holder_group
    return "CO_USERS"
