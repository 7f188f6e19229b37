"""Procedures that change ground: split, merge, and boundaries moved between neighbours."""

from collections.abc import Sequence
from typing import Any

from shapely.geometry import Polygon

from landdb.domain.apportionment import apportion
from landdb.domain.area_limits import area_limit_m2
from landdb.domain.subdivision import (
    Cut,
    merge,
    move_boundary,
    split_between,
    split_by_line,
    split_by_ratio,
)
from landdb.errors import InvalidValue
from landdb.registration.carrying import carry_rights, shared_rights
from landdb.registration.notices import Refused, notice
from landdb.registration.numbering import next_codes, next_numbers
from landdb.registration.shared_vertices import check_ring, share_vertices
from landdb.registration.terms import LineTerms, SplitTerms
from landdb.registration.work import AreaRow, NumberRow, Work, drawn, numbers_of, polygon_of
from landdb.store import register_ground
from landdb.store.register_ground import NewParcel
from landdb.store.register_subjects import Subject, Use


def split(work: Work, terms: SplitTerms) -> None:
    """Replace a parcel by its parts; rights, uses and restrictions go with every part."""
    parent = work.subject
    cut = _cut(polygon_of(parent), terms)
    share_vertices(work, cut.new_vertices, parent.srid, but=[parent.parcel_id])
    weights = [part.area for part in cut.parts]
    legal = _apportioned(parent.legal_area_m2, weights)
    # The split rests on a new survey, so the parts' measured areas are what was drawn, to the register's decimal.
    registered = [round(area, 1) for area in weights]
    uses = [_apportioned(use.area_m2, weights) for use in parent.uses]
    children = _enter(work, (parent,), cut.parts, registered=registered, legal=legal)
    for index, child in enumerate(children):
        own = [_use_columns(use, areas[index]) for use, areas in zip(parent.uses, uses, strict=True)]
        register_ground.add_uses(work.conn, child, own, batch_id=parent.batch_id, valid_from=work.valid_from)
    carry_rights(work, (parent,), children, weights)
    _retire(work, (parent,))


def merge_parcels(work: Work) -> None:
    """Replace parcels that touch, lie on one sheet and belong to the same holders by one."""
    parents = work.subjects
    _same_sheet(parents)
    shared_rights(parents)
    whole = merge([polygon_of(parent) for parent in parents])
    legal = _total([parent.legal_area_m2 for parent in parents])
    registered = _total([parent.registered_area_m2 for parent in parents])
    (child,) = _enter(work, parents, [whole], registered=[registered], legal=[legal])
    uses = _merged_uses([use for parent in parents for use in parent.uses])
    register_ground.add_uses(work.conn, child, uses, batch_id=parents[0].batch_id, valid_from=work.valid_from)
    carry_rights(work, parents, [child], [whole.area])
    _retire(work, parents)


def adjust_boundary(work: Work, terms: LineTerms) -> None:
    """Move the common boundary of two neighbours; both keep number, code and rights."""
    if len(work.subjects) != 2:
        raise Refused(notice("TWO_PARCELS"))
    _same_sheet(work.subjects)
    first, second = work.subjects
    old = (polygon_of(first), polygon_of(second))
    cut = move_boundary(old, terms.line)
    share_vertices(work, cut.new_vertices, first.srid, but=[first.parcel_id, second.parcel_id])
    for subject, before, after in zip(work.subjects, old, cut.parts, strict=True):
        gained = round(after.area - before.area, 1)
        legal = _moved(subject.legal_area_m2, gained)
        check_ring(after)
        ground = drawn(after, subject.srid)
        work.show(subject.number, ground)
        register_ground.redraw_parcel(
            work.conn,
            subject.parcel_id,
            ground,
            registered_area_m2=_moved(subject.registered_area_m2, gained),
            legal_area_m2=legal,
            valid_from=work.valid_from,
        )
        _scale_uses(work, subject, gained)
        work.areas.append(AreaRow(subject.number, before.area, after.area, subject.legal_area_m2, legal))
        work.touched.add(subject.parcel_id)


def _cut(parcel: Polygon, terms: SplitTerms) -> Cut:
    if terms.line is not None:
        return split_by_line(parcel, terms.line)
    if terms.between is not None:
        return split_between(parcel, *terms.between)
    if terms.edge is not None:
        return split_by_ratio(parcel, terms.edge, terms.ratio)
    raise InvalidValue("terms", "NO_CUT", remedy="give line, between, or edge and ratio")


def _enter(
    work: Work,
    parents: Sequence[Subject],
    parts: Sequence[Polygon],
    *,
    registered: Sequence[float | None],
    legal: Sequence[float | None],
) -> list[int]:
    """Enter the children with numbers, codes and lineage; gives their identities."""
    first = parents[0]
    _check_balance(parents, parts)
    numbers = next_numbers(work.conn, first.sheet_id, len(parts))
    codes = next_codes(work.conn, parts, first.srid)
    old = {(parent.old_sheet_no, parent.old_parcel_no) for parent in parents}
    old_sheet_no, old_parcel_no = next(iter(old)) if len(old) == 1 else (None, None)
    children = []
    for part, number, code, registered_m2, legal_m2 in zip(parts, numbers, codes, registered, legal, strict=True):
        check_ring(part)
        ground = drawn(part, first.srid)
        new = NewParcel(first.parcel_id, number, code, ground, old_sheet_no, old_parcel_no, registered_m2, legal_m2)
        child = register_ground.insert_parcel(
            work.conn, new, transaction_id=work.transaction_id, valid_from=work.valid_from
        )
        name = f"{first.sheet_no}/{number}"
        work.show(name, ground)
        work.numbers.append(NumberRow(child, name, code, numbers_of(parents)))
        work.areas.append(AreaRow(name, None, part.area, None, legal_m2))
        work.lineage.extend((parent.parcel_id, child) for parent in parents)
        children.append(child)
    work.touched.update(children)
    return children


def _retire(work: Work, parents: Sequence[Subject]) -> None:
    identities = [parent.parcel_id for parent in parents]
    register_ground.retire_parcels(work.conn, identities, transaction_id=work.transaction_id)
    work.areas.extend(
        AreaRow(parent.number, polygon_of(parent).area, None, parent.legal_area_m2, None) for parent in parents
    )


def _check_balance(parents: Sequence[Subject], parts: Sequence[Polygon]) -> None:
    """Refuse parts that do not cover the parents within the area limit of the sheet's scale."""
    before = sum(polygon_of(parent).area for parent in parents)
    difference = abs(sum(part.area for part in parts) - before)
    limit = area_limit_m2(before, parents[0].scale_denominator or None)
    if difference > limit:
        raise Refused(notice("AREA_UNBALANCED", difference_m2=round(difference, 2), limit_m2=round(limit, 2)))


def _same_sheet(subjects: Sequence[Subject]) -> None:
    if len({subject.commune_id for subject in subjects}) > 1:
        raise Refused(notice("OTHER_COMMUNE"))
    if len({subject.sheet_id for subject in subjects}) > 1:
        raise Refused(notice("OTHER_SHEET"))


def _apportioned(total: float | None, weights: Sequence[float]) -> list[Any]:
    return [None] * len(weights) if total is None else apportion(total, weights)


def _total(areas: Sequence[float | None]) -> float | None:
    known = [area for area in areas if area is not None]
    return round(sum(known), 6) if len(known) == len(areas) else None


def _scale_uses(work: Work, subject: Subject, gained_m2: float) -> None:
    """Let what a parcel gained or lost fall on its uses in proportion; uses without an area stay as they are."""
    areas = [use.area_m2 for use in subject.uses if use.area_m2 is not None]
    if not areas or gained_m2 == 0 or sum(areas) + gained_m2 <= 0:
        return
    parts = iter(apportion(round(sum(areas) + gained_m2, 6), areas))
    scaled = [_use_columns(use, None if use.area_m2 is None else next(parts)) for use in subject.uses]
    register_ground.replace_uses(
        work.conn, subject.parcel_id, scaled, batch_id=subject.batch_id, valid_from=work.valid_from
    )


def _moved(area: float | None, gained: float) -> float | None:
    return None if area is None else round(area + gained, 6)


def _use_columns(use: Use, area_m2: float | None) -> dict[str, Any]:
    kept = use._asdict()
    for name in ("land_use_id", "parcel_id", "ordinal"):
        del kept[name]
    return kept | {"area_m2": area_m2}


def _merged_uses(uses: Sequence[Use]) -> list[dict[str, Any]]:
    """Give each use once: equal ones of several parents are one use with the sum of their areas."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for use in uses:
        columns = _use_columns(use, use.area_m2)
        key = tuple(value for name, value in sorted(columns.items()) if name != "area_m2")
        if key in merged:
            merged[key]["area_m2"] = _total([merged[key]["area_m2"], use.area_m2])
        else:
            merged[key] = columns
    return list(merged.values())
