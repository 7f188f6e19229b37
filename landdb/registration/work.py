"""A change while it is being made: what it is about, and what it has done so far."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psycopg
import shapely
from shapely.geometry import Polygon

from landdb.domain.crs import to_wgs84
from landdb.registration.notices import Notice, Refused, notice
from landdb.registration.terms import Change, PartyRef
from landdb.store import parties
from landdb.store.parties import PartyOrigin
from landdb.store.register_ground import Drawn
from landdb.store.register_rights import Entry
from landdb.store.register_subjects import Subject
from landdb.store.vault import Vault


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One line of the area table: a parcel's areas before and after, None where it did not or does not exist."""

    number: str
    before_m2: float | None
    after_m2: float | None
    legal_before_m2: float | None
    legal_after_m2: float | None


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """Ground as the change draws it: GeoJSON in WGS 84, for the eye of whoever previews it."""

    number: str
    shape: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number and code that the change gives to a parcel."""

    parcel_id: int
    number: str
    parcel_code: str | None
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RightRow:
    """A right, certificate or restriction that the change touches: opened, altered, carried or ended."""

    what: str
    action: str
    identity: int | None
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The change, the parcels it is about, and lists that its procedure fills.

    `touched`: parcels in force afterwards whose ground or rights are others now; `bordering`: neighbours that took a
    vertex. Both, and the subjects, have the change in their history.
    """

    conn: psycopg.Connection
    vault: Vault
    change: Change
    transaction_id: int
    subjects: tuple[Subject, ...]
    commune_ids: tuple[int, ...]
    notices: list[Notice] = field(default_factory=list)
    areas: list[AreaRow] = field(default_factory=list)
    shapes: list[ShapeRow] = field(default_factory=list)
    numbers: list[NumberRow] = field(default_factory=list)
    rights: list[RightRow] = field(default_factory=list)
    lineage: list[tuple[int, int]] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    bordering: set[int] = field(default_factory=set)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def valid_from(self) -> dt.date:
        """Give the date in law."""
        return self.change.valid_from

    @property
    def subject(self) -> Subject:
        """Give the only parcel; refuses a change about several where its procedure takes one."""
        if len(self.subjects) != 1:
            raise Refused(notice("ONE_PARCEL"))
        return self.subjects[0]

    def entry(self, subject: Subject) -> Entry:
        """Give what new rows about that parcel are marked with."""
        return Entry(subject.batch_id, self.valid_from)

    def show(self, number: str, ground: Drawn) -> None:
        """Note new ground under its number, for previews."""
        self.shapes.append(ShapeRow(number, json.loads(shapely.to_geojson(shapely.from_wkb(ground.geom_4326)))))

    def party(self, wanted: PartyRef, subject: Subject) -> int:
        """Give the identity of a party on record or declared now."""
        if isinstance(wanted, int):
            parties.get_party(self.conn, wanted)
            return wanted
        scope = f"{self.change.document.kind} {self.change.document.reference}"
        origin = PartyOrigin(scope, subject.batch_id, self.valid_from)
        return parties.find_or_add(self.conn, self.vault, wanted, origin)


def polygon_of(subject: Subject) -> Polygon:
    """Give the parcel's polygon in its sheet's system; refuses one whose ring is at fault or in several parts."""
    geometry = None if subject.geom is None else shapely.from_wkb(subject.geom)
    if isinstance(geometry, shapely.MultiPolygon) and len(geometry.geoms) == 1:
        geometry = geometry.geoms[0]
    if not isinstance(geometry, Polygon):
        raise Refused(notice("NO_GEOMETRY", subject.number))
    return geometry


def drawn(polygon: Polygon, srid: int) -> Drawn:
    """Give the polygon as stored; WGS 84 by the pinned conversion, as imports have it."""
    convert = to_wgs84(srid)
    wgs84 = shapely.transform(polygon, lambda xy: np.stack(convert(xy[:, 0], xy[:, 1]), axis=1))
    return Drawn(shapely.to_wkb(polygon), shapely.to_wkb(wgs84), round(float(polygon.area), 6))


def numbers_of(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Give the parcels' numbers."""
    return tuple(subject.number for subject in subjects)
