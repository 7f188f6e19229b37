"""Where faults are planted: a copy of a survey, sites far enough apart, and the list of what must be found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random
from typing import TypeVar

import shapely
from shapely import Point, Polygon

from sample_gis.fabric import Ground, sharp
from sample_gis.papers import Certificate, ParcelRecord, Survey
from sample_gis.people import Registry
from sample_gis.recipes import RURAL, URBAN
from sample_gis.records import codes_of, resurveyed
from sample_gis.ring_edits import Edge, edges_of, length, owners_by_edge, undirected

APART_M = 60.0
OBJECT = "object "
OBJECT_KINDS = {"DGT": "road", "SON": "river"}
FILES = {
    (RURAL.code, "map"): "thua_dat.zip",
    (RURAL.code, "papers"): "PL3-01.xlsx",
    (URBAN.code, "map"): "ban_do.gpkg",
    (URBAN.code, "papers"): "nguoi_su_dung.csv",
}
HOLE_M = 6.0  # far wider than what counts as a narrow gap
T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """One finding that checking the broken copy must give; `other` is the second parcel of a pair."""

    commune_code: str
    rule_id: str
    subject: str
    other: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, order=True)
class ExpectedReject:
    """One delivered row that must end in quarantine; `row` tells a reader which one."""

    commune_code: str
    file: str
    row: str
    reason_code: str
    note: str = ""


@dataclass(slots=True)
class Desk:
    """A survey being spoilt, with everything that has been done to it so far."""

    survey: Survey
    owners: dict[Edge, list[str]]
    order: list[str]
    banned: Ground
    office: Registry
    sites: list[Point] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    rejects: list[ExpectedReject] = field(default_factory=list)

    @property
    def code(self) -> str:
        """Give the commune's code."""
        return self.survey.fabric.recipe.code

    def find(self, rule_id: str, subject: str, other: str = "", note: str = "") -> None:
        """Write down a finding that must appear."""
        self.expected.append(Expected(self.code, rule_id, subject, other, note))

    def reject(self, file: str, row: str, reason_code: str, note: str) -> None:
        """Write down a row that must end in quarantine; `file` is "map" or "papers"."""
        self.rejects.append(ExpectedReject(self.code, f"{self.code}_{FILES[self.code, file]}", row, reason_code, note))

    def pair(self, rule_id: str, first: str, second: str, note: str) -> None:
        """Write down a finding between two parcels, in the order in which findings name them."""
        one, two = sorted((first, second))
        self.find(rule_id, one, two, note)

    def gap(self, rule_id: str, ground: Polygon, own: set[str], note: str) -> None:
        """Write down a finding about ground that lost its parcels, named after the two units that border it longest."""
        longest = [key for key, _ in self.around(ground, own)[:2]]
        parcels = sorted(key for key in longest if key in self.survey.parcels)
        objects = sorted(self.object_name(key) for key in longest if key not in self.survey.parcels)
        first, other = [*parcels, *objects, ""][:2]
        self.find(rule_id, first, other, note)

    def object_name(self, key: str) -> str:
        """Give the name under which findings speak of a road or river."""
        thing = self.survey.fabric.objects[int(key.removeprefix(OBJECT))]
        return f"{OBJECT_KINDS[thing.kind]}:{thing.name}"

    def around(self, ground: Polygon, own: set[str]) -> list[tuple[str, float]]:
        """List who borders some ground in the faultless map and how far, longest first."""
        border: dict[str, float] = {}
        for edge in edges_of(ground):
            for owner in self.owners.get(undirected(edge), []):
                if owner not in own:
                    border[owner] = border.get(owner, 0.0) + length(edge)
        return sorted(border.items(), key=lambda item: (-round(item[1], 3), item[0]))

    def named_by_parcels(self, key: str) -> bool:
        """Tell whether two parcels clearly border this one longest, so that a gap in its place bears their numbers."""
        ranked = self.around(self.shape(key), {key})
        sizes = [size for _, size in ranked[:3]] + [0.0]
        return len(ranked) > 1 and all(k in self.survey.parcels for k, _ in ranked[:2]) and sizes[1] - sizes[2] > 0.5

    def removable(self, key: str) -> bool:
        """Tell whether a parcel leaves a plain wide hole between parcels when it goes."""
        shape = self.shape(key)
        compact = shape.area / shape.minimum_rotated_rectangle.area > 0.8 and not sharp(shape, 40.0)
        width_m = 2 * shapely.maximum_inscribed_circle(shape, tolerance=0.05).length
        return self.inland(key) and bool(width_m > HOLE_M) and compact and self.named_by_parcels(key)

    @property
    def has_long_edges(self) -> bool:
        """Tell whether the commune has large fields."""
        return self.survey.fabric.recipe.kind == "xã"

    def inland(self, key: str) -> bool:
        """Tell whether a parcel keeps away from the commune's border."""
        return bool(self.shape(key).distance(self.survey.fabric.boundary.boundary) > 1.0)

    def numbered_copy(self, key: str, geom: Polygon) -> str:
        """Give ground to a new number on the sheet of `key`, with a code, areas and a certificate."""
        host = self.survey.parcels[key]
        number = self.next_number(host.sheet_no)
        code = aside_code(geom, self.survey.fabric.recipe.srid)
        record = resurveyed(replace(host, parcel_no=number, code=code, uses=host.uses[:1]), geom)
        area = record.registered_m2
        self.add(replace(record, legal_m2=area, uses=(replace(host.uses[0], area_m2=area),)))
        self.survey.certificates.append(self.office.certificate((record.key,), farmed=False))
        return record.key

    def shape(self, key: str) -> Polygon:
        """Give the plain polygon of a parcel."""
        geom = self.survey.parcels[key].geom
        if not isinstance(geom, Polygon):
            message = f"{key} has several parts"
            raise TypeError(message)
        return geom

    def site(self, test: Callable[[str], T | None]) -> T:
        """Give what `test` says about the first parcel that is fit and far from every earlier site, and take it."""
        for key in self.order:
            record = self.survey.parcels.get(key)
            if record is None or not _plain(record.geom):
                continue
            spot = record.geom.representative_point()
            if any(spot.distance(site) < APART_M for site in self.sites) or self.banned.distance(spot) < APART_M:
                continue
            answer = test(key)
            if answer is not None:
                self.sites.append(spot)
                return answer
        message = "no parcel is fit for this fault"
        raise LookupError(message)

    def shared_edges(self, key: str, low_m: float, high_m: float = 1e9) -> Iterable[tuple[str, Edge]]:
        """List the edges of a length that a parcel shares with another plain parcel, longest first."""
        found = []
        for edge, who in self.edges(key):
            if len(who) == 2 and low_m <= length(edge) <= high_m:
                other = who[0] if who[1] == key else who[1]
                if other in self.survey.parcels and _plain(self.survey.parcels[other].geom):
                    found.append((other, edge))
        return sorted(found, key=lambda item: -length(item[1]))

    def edges(self, key: str) -> list[tuple[Edge, list[str]]]:
        """List a parcel's edges with their owners."""
        geom = self.shape(key)
        ring = [(x, y) for x, y in geom.exterior.coords]
        pairs = [(min(a, b), max(a, b)) for a, b in pairwise(ring)]
        return [(edge, self.owners[edge]) for edge in pairs if edge in self.owners]

    def redraw(self, key: str, geom: Ground) -> None:
        """Replace a parcel's geometry and the areas that were computed from it."""
        self.survey.parcels[key] = resurveyed(self.survey.parcels[key], geom)

    def change(self, key: str, **values: object) -> None:
        """Replace attributes of a parcel."""
        self.survey.parcels[key] = replace(self.survey.parcels[key], **values)  # type: ignore[arg-type]

    def first(self, keys: Iterable[str]) -> str:
        """Give the parcel that comes first on the map."""
        chosen = set(keys)
        return next(record.key for record in self.survey.map_rows() if record.key in chosen)

    def next_number(self, sheet_no: str) -> str:
        """Give the number after the last one of a sheet."""
        rows = [*self.survey.parcels.values(), *self.survey.extra]
        return str(max(int(r.parcel_no or 0) for r in rows if r.sheet_no == sheet_no) + 1)

    def add(self, record: ParcelRecord) -> None:
        """Add a parcel to map and papers."""
        self.survey.parcels[record.key] = record

    def rename(self, key: str, sheet_no: str, parcel_no: str) -> str:
        """Give a parcel another number on the map and on its papers."""
        record = replace(self.survey.parcels.pop(key), sheet_no=sheet_no, parcel_no=parcel_no)
        self.survey.parcels[record.key] = record
        for certificate in list(self.survey.certificates):
            if key in certificate.keys:
                keys = tuple(record.key if k == key else k for k in certificate.keys)
                self.exchange(certificate, replace(certificate, keys=keys))
        return record.key

    def certificate(self, key: str) -> Certificate:
        """Give the certificate of a parcel."""
        return next(c for c in self.survey.certificates if key in c.keys)

    def exchange(self, old: Certificate, new: Certificate) -> None:
        """Put another certificate in the place of one."""
        self.survey.certificates[self.survey.certificates.index(old)] = new

    def without_papers(self, key: str) -> None:
        """Take a parcel off its certificate, and the certificate away when nothing is left on it."""
        certificate = self.certificate(key)
        keys = tuple(k for k in certificate.keys if k != key)
        if keys:
            self.exchange(certificate, replace(certificate, keys=keys))
        else:
            self.survey.certificates.remove(certificate)

    def sole(self, key: str, group: str) -> Certificate | None:
        """Give the certificate if it is of that group, covers this parcel alone, and its holders hold nothing else."""
        certificate = self.certificate(key)
        if certificate.group != group or len(certificate.keys) != 1:
            return None
        again = [c for c in self.survey.certificates if c is not certificate and c.holders == certificate.holders]
        return None if again else certificate


def _plain(geom: Ground) -> bool:
    return isinstance(geom, Polygon) and not geom.interiors


def aside_code(geom: Polygon, srid: int) -> str:
    """Give a code inside the ground that differs from the one issued for it first."""
    pole = shapely.maximum_inscribed_circle(geom, tolerance=0.001)
    x, y = pole.coords[0]
    return codes_of([Point(x + pole.length / 3, y).buffer(0.001)], srid)[0]


def opened(survey: Survey) -> Desk:
    """Give a desk with a copy of the survey on it."""
    copy = Survey(survey.fabric, dict(survey.parcels), list(survey.certificates))
    recipe = survey.fabric.recipe
    letters = list(recipe.scales)
    apart = str(letters.index(recipe.apart) + 1) if recipe.apart else ""
    banned = [record.geom for record in copy.parcels.values() if record.sheet_no == apart]
    grounds = {key: record.geom for key, record in copy.parcels.items()}
    grounds |= {f"{OBJECT}{i}": thing.geom for i, thing in enumerate(survey.fabric.objects)}
    order = [key for key, record in copy.parcels.items() if record.sheet_no != apart]
    Random(recipe.seed + "-faults").shuffle(order)
    office = Registry(recipe, Random(recipe.seed + "-late papers"), issued=8000, born=12000)
    return Desk(copy, owners_by_edge(grounds), order, shapely.union_all([*banned, Point(0, 0)]), office)
