"""Drop a duplicate: of two parcels drawn on one ground, the one that nobody has a right to is closed."""

from collections.abc import Iterator

from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood, Unit


def propose_closing(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give the drafts that close one of two parcels on the same ground: never one that has a right.

    The second draft lets the parcel that stays take the closed one's outline, in case the neighbours fit that.
    When both have rights, nothing is proposed: somebody must find out whose ground it is.
    """
    pair = [unit for unit in near.named(finding.subject) if near.units[unit].is_parcel]
    if len(pair) != 2:
        return
    goes, stays = sorted(pair, key=lambda unit: _claim(near.units[unit]))
    going = near.units[goes]
    if going.has_right or going.has_certificate:
        return
    staying = near.units[stays]
    reason = "NOBODY_HAS_RIGHT" if staying.has_right or staying.has_certificate else "ENTERED_LATER"
    values = {"giver": going.label, "taker": staying.label}
    yield Draft("CLOSE_DUPLICATE", {}, reason, closed=(goes,), values=values)
    yield Draft("CLOSE_DUPLICATE", {stays: near.geom(goes)}, reason, closed=(goes,), values=values)


def _claim(unit: Unit) -> tuple[bool, bool, bool, int, int]:
    """Give how well a parcel is founded: rights, papers, then the earlier record."""
    since = 0 if unit.drawn_since is None else -unit.drawn_since.toordinal()
    return unit.has_certificate, unit.has_right, unit.legal_area_m2 is not None, since, -unit.unit_id
