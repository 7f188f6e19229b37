"""Cut an overlap: the ground drawn twice goes to one side, first to the better survey, then to the other."""

from collections.abc import Iterator

import shapely
from shapely.geometry.base import BaseGeometry

from landdb.domain.area_limits import DEFAULT_SCALE
from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood, Unit
from landdb.validators.widths import polygon_parts

#: A splinter that a cut leaves and nobody would keep.
SPLINTER_M2 = 0.01


def propose_cut(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give the draft in which the weaker survey gives, then the one in which the other does."""
    pair = near.named(finding.subject)
    if len(pair) != 2:
        return
    one, other = pair
    keeper, reason = better_survey(near.units[one], near.units[other])
    giver, taker = (other, one) if keeper is near.units[one] else (one, other)
    yield _cut(near, finding, giver, taker, reason)
    yield _cut(near, finding, taker, giver, "OTHER_WAY")


def _cut(near: Neighbourhood, finding: Finding, giver: int, taker: int, reason: str) -> Draft:
    left = without_splinters(shapely.difference(near.geom(giver), near.geom(taker)))
    return Draft(
        "CUT_OVERLAP",
        {giver: left},
        reason,
        place=finding.geometry,
        values={
            "giver": near.units[giver].label,
            "taker": near.units[taker].label,
            "area_m2": f"{finding.area_m2 or 0:.2f}",
            "giver_scale": _scale(near.units[giver]),
            "taker_scale": _scale(near.units[taker]),
        },
    )


def _scale(unit: Unit) -> str:
    return f"1:{unit.scale_denominator}" if unit.scale_denominator else "–"


def better_survey(one: Unit, other: Unit) -> tuple[Unit, str]:
    """Give the unit whose drawing is to be kept and why: finer sheet, earlier in force, certificate, then right.

    Without any difference the first is kept, a parcel before an object.
    """
    if one.is_parcel != other.is_parcel:
        parcel, thing = (one, other) if one.is_parcel else (other, one)
        return (parcel, "HAS_CERTIFICATE") if parcel.has_certificate else (thing, "BORDERS_OBJECT")
    for reason, mine, theirs in (
        ("FINER_SCALE", one.scale_denominator or DEFAULT_SCALE, other.scale_denominator or DEFAULT_SCALE),
        ("EARLIER_SURVEY", _ordinal(one), _ordinal(other)),
        ("HAS_CERTIFICATE", not one.has_certificate, not other.has_certificate),
        ("HAS_RIGHT", not one.has_right, not other.has_right),
    ):
        if mine != theirs:
            return (one if mine < theirs else other), reason
    return one, "EQUAL_SURVEYS"


def survey_weakness(unit: Unit) -> tuple[int, int, bool, bool]:
    """Give a key by which the weaker of two surveys sorts first, as `better_survey` judges them."""
    return -(unit.scale_denominator or DEFAULT_SCALE), -_ordinal(unit), unit.has_certificate, unit.has_right


def _ordinal(unit: Unit) -> int:
    return 0 if unit.drawn_since is None else unit.drawn_since.toordinal()


def without_splinters(geom: BaseGeometry) -> BaseGeometry | None:
    """Give the polygons of a geometry without its splinters; None when nothing else is left."""
    parts = polygon_parts(geom)
    kept = [part for part in parts if part.area >= SPLINTER_M2]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)
