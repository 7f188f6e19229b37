"""A parcel as the door sees it: what a clerk needs to write a change."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from landdb.domain.shares import format_share
from landdb.store.register_subjects import Held, Right, Subject


def describe_subject(subject: Subject) -> list[dict[str, Any]]:
    """Give facts and their values: tag, edges, rights with their holders' numbers, restrictions."""
    return [
        {"fact": "parcel_id", "value": str(subject.parcel_id)},
        {"fact": "tag", "value": subject.tag},
        {"fact": "in this state since", "value": subject.since.isoformat()},
        *_edges(subject),
        *_rights(subject),
        *(
            {"fact": f"certificate {paper.certificate_id}", "value": paper.serial or paper.registry_no or ""}
            for paper in subject.certificates
        ),
        *(
            {"fact": f"use {use.ordinal}", "value": f"{use.land_use_code or use.land_use_raw} {use.area_m2 or ''}"}
            for use in subject.uses
        ),
        *(
            {
                "fact": f"{row.restriction_kind} of transaction {row.origin_id}",
                "value": f"{row.reference}{f', rank {row.rank}' if row.rank else ''}",
            }
            for row in subject.restrictions
        ),
    ]


def _edges(subject: Subject) -> Iterator[dict[str, Any]]:
    geometry = None if subject.geom is None else shapely.from_wkb(subject.geom)
    if not isinstance(geometry, shapely.Polygon):
        return
    ring = np.asarray(geometry.exterior.coords)[:, :2]
    lengths = np.hypot(*np.diff(ring, axis=0).T)
    for edge, (start, end, length) in enumerate(zip(ring[:-1], ring[1:], lengths, strict=True)):
        points = f"{start[0]:.3f} {start[1]:.3f} → {end[0]:.3f} {end[1]:.3f}"
        yield {"fact": f"edge {edge}", "value": f"{length:.3f} m, {points}"}


def _rights(subject: Subject) -> Iterator[dict[str, Any]]:
    for right in subject.rights:
        held = ", ".join(f"party {holder.party_id}: {_share(right, holder)}" for holder in right.holders)
        yield {"fact": f"right {right.rrr_id} ({right.rrr_kind}, {right.holder_group})", "value": held}


def _share(right: Right, holder: Held) -> str:
    if holder.share is None:
        return "joint" if len(right.holders) > 1 else "the whole"
    return format_share(holder.share)
