"""What hung on parents hangs on their children: rights, certificates and restrictions, or it ends by name."""

from collections import Counter
from collections.abc import Sequence

from landdb.domain.apportionment import apportion
from landdb.registration.notices import Refused, notice
from landdb.registration.work import RightRow, Work, numbers_of
from landdb.store import register_rights
from landdb.store.register_subjects import Subject


def shared_rights(parents: Sequence[Subject]) -> None:
    """Refuse parents that are not all held by the same parties, in the same shares, by the same kinds of right."""
    if len({_signature(parent) for parent in parents}) > 1:
        raise Refused(notice("HOLDERS_DIFFER"))


def carry_rights(work: Work, parents: Sequence[Subject], children: Sequence[int], weights: Sequence[float]) -> None:
    """Let the first parent's baunits hold on every child; baunits of the others that lose their last parcel end.

    A right stays the very same row, with its holders and its certificate, because it hangs on the baunit: nothing of it
    can get lost on the way. `weights` are the children's areas, by which a certificate's area is divided.
    """
    first = parents[0]
    for own in first.links:
        area = own.certificate_area_m2 if len(parents) == 1 else None
        areas = [None] * len(children) if area is None else apportion(area, weights)
        for child, part in zip(children, areas, strict=True):
            register_rights.link(work.conn, own.baunit_id, child, work.entry(first), certificate_area_m2=part)
    on = tuple(row.number for row in work.numbers)
    work.rights.extend(RightRow(right.rrr_kind, "carried", right.rrr_id, on) for right in first.rights)
    work.rights.extend(RightRow("CERTIFICATE", "carried", paper.certificate_id, on) for paper in first.certificates)
    register_rights.unlink(work.conn, [own.baunit_parcel_id for parent in parents for own in parent.links])
    if len(parents) > 1:
        _end_rest(work, parents)
    identities = [parent.parcel_id for parent in parents]
    restricted = [restriction for parent in parents for restriction in parent.restrictions if restriction.origin_id]
    if restricted:
        register_rights.carry_restrictions(work.conn, identities, children, valid_from=work.valid_from)
    work.rights.extend(
        RightRow(kind, "carried", origin, on)
        for kind, origin in sorted({(row.restriction_kind, row.origin_id) for row in restricted}, key=str)
    )


def _end_rest(work: Work, parents: Sequence[Subject]) -> None:
    kept = {own.baunit_id for own in parents[0].links}
    others = {own.baunit_id for parent in parents[1:] for own in parent.links} - kept
    rights, papers = register_rights.end_empty_baunits(work.conn, others)
    on = numbers_of(parents[1:])
    work.rights.extend(RightRow("USE_RIGHT", "ended", rrr_id, on) for rrr_id in rights)
    work.rights.extend(RightRow("CERTIFICATE", "ended", certificate_id, on) for certificate_id in papers)


def _signature(parent: Subject) -> frozenset[tuple[object, int]]:
    """Give who holds what on a parcel, whatever the rows are called."""
    rights = Counter(
        (right.rrr_kind, right.holder_group, frozenset((held.party_id, held.share) for held in right.holders))
        for right in parent.rights
    )
    return frozenset(rights.items())
