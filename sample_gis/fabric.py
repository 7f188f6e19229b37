"""Parcels, objects, sheets and border of one invented commune, as an exact coverage on a 1 mm grid.

How: node all lines on a 20 cm grid, polygonise, merge pieces too small to be a parcel, then move every
vertex by up to 3 cm and bend long edges at shared mid-points. Both neighbours of an edge get the same
millimetres because every displacement depends on the vertex or the edge alone.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import TypeAlias

import numpy as np
import shapely
from shapely import LinearRing, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from sample_gis.linework import Sketch, polygons_of, sketch
from sample_gis.recipes import LandClass, Recipe

NODING_GRID_M = 0.2
SHIFT_MM = 30
MAX_VERTICES = 30
Vertex = tuple[int, int]
Edge = tuple[Vertex, Vertex]
Ground: TypeAlias = Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class Parcel:
    """One numbered piece of ground."""

    sheet_no: int
    parcel_no: int
    land: str
    geom: Ground

    @property
    def key(self) -> str:
        """Give the working key within the commune, such as ``3/118``."""
        return f"{self.sheet_no}/{self.parcel_no}"


@dataclass(frozen=True, slots=True)
class LandObject:
    """Ground that has no parcel number: a road, a lane, the river."""

    kind: str
    name: str
    geom: Polygon


@dataclass(frozen=True, slots=True)
class Sheet:
    """One map sheet with its frame, drawn wide enough for the parcels on its edge."""

    sheet_no: int
    scale: int
    frame: Polygon


@dataclass(frozen=True, slots=True)
class Fabric:
    """One commune: what the surveyors drew, before any papers."""

    recipe: Recipe
    parcels: list[Parcel]
    objects: list[LandObject]
    sheets: list[Sheet]
    boundary: Ground


@dataclass(frozen=True, slots=True)
class _Piece:
    letter: str  # empty for the pieces of objects
    owner: int  # block number, or strip number
    land: LandClass | None
    geom: Ground


def _pieces(plan: Sketch) -> list[_Piece]:
    """Node every line, polygonise, and say of each face whose ground it is."""
    edges: list[BaseGeometry] = [plan.outline.boundary, *plan.cuts]
    edges += [strip.area.boundary for strip in plan.strips]
    noded = shapely.union_all(edges, grid_size=NODING_GRID_M)
    faces = polygons_of(shapely.polygonize([noded]))
    spots = shapely.point_on_surface(faces)
    strip_of = _owner([strip.area for strip in plan.strips], spots)
    block_of = _owner([block.area for block in plan.blocks], spots)
    result = []
    for face, strip_no, block_no in zip(faces, strip_of, block_of, strict=True):
        if strip_no >= 0:
            result.append(_Piece("", strip_no, None, face))
        elif block_no >= 0:
            block = plan.blocks[block_no]
            result.append(_Piece(block.letter, block_no, block.land, face))
    return result


def _owner(areas: list[BaseGeometry], spots: np.ndarray) -> np.ndarray:
    """Give for every spot the number of the area around it, -1 for none."""
    owner = np.full(len(spots), -1)
    spot_index, area_index = STRtree(areas).query(spots, predicate="intersects")
    owner[spot_index] = area_index
    return owner


def _too_small(piece: _Piece) -> bool:
    if piece.land is None:
        return False
    radius = shapely.maximum_inscribed_circle(piece.geom, tolerance=0.05).length
    return piece.geom.area < piece.land.target_m2 * 0.3 or radius < piece.land.min_radius_m or sharp(piece.geom, 9.0)


def sharp(geom: BaseGeometry, below_deg: float) -> bool:
    """Tell whether a corner is narrower than `below_deg`."""
    for ring in rings_of(geom):
        points = np.asarray(ring, dtype=float)
        before, after = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        cosine = (before * after).sum(axis=1) / np.hypot(*before.T) / np.hypot(*after.T)
        if cosine.max() > math.cos(math.radians(below_deg)):
            return True
    return False


def rings_of(geom: BaseGeometry) -> list[list[tuple[float, float]]]:
    """List the rings of a polygon or multipolygon, without the closing vertex."""
    polygons = polygons_of(geom)
    return [list(ring.coords)[:-1] for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]


def _merge_small(pieces: list[_Piece]) -> list[_Piece]:
    """Join pieces too small or too sharp for a parcel to the neighbour they share most edge with."""
    for _ in range(6):
        tree = STRtree([piece.geom for piece in pieces])
        gone: set[int] = set()
        for index, piece in enumerate(pieces):
            if index in gone or not _too_small(piece):
                continue
            target = _best_neighbour(pieces, tree, index, gone)
            gone.add(index)
            pieces[target] = replace(
                pieces[target], geom=shapely.coverage_union_all([pieces[target].geom, piece.geom]).normalize()
            )
        if not gone:
            break
        pieces = [piece for index, piece in enumerate(pieces) if index not in gone]
    return pieces


def _best_neighbour(pieces: list[_Piece], tree: STRtree, index: int, gone: set[int]) -> int:
    piece = pieces[index]
    best: tuple[bool, float, int] = (False, 0.0, -1)
    for other in sorted(tree.query(piece.geom).tolist()):
        if other != index and other not in gone:
            shared = shapely.intersection(piece.geom.boundary, pieces[other].geom.boundary).length
            best = max(best, (pieces[other].land is not None and shared > 0.5, shared, -other))
    return -best[2]


def _objects(plan: Sketch, pieces: Iterable[_Piece]) -> list[LandObject]:
    """Join the pieces of each strip; a strip cut in two gives two objects."""
    by_strip: dict[int, list[Ground]] = {}
    for piece in pieces:
        if piece.land is None:
            by_strip.setdefault(piece.owner, []).append(piece.geom)
    result = []
    for strip_no in sorted(by_strip):
        strip = plan.strips[strip_no]
        parts = polygons_of(shapely.coverage_union_all(by_strip[strip_no]).normalize())
        result += [LandObject(strip.kind, strip.name, part) for part in parts]
    return result


def to_mm(point: tuple[float, float]) -> Vertex:
    """Give whole millimetres."""
    return round(point[0] * 1000), round(point[1] * 1000)


def shifted(vertex: Vertex) -> Vertex:
    """Move a vertex by up to 3 cm each way; the same vertex always moves the same way."""
    rng = Random(f"{vertex[0]}:{vertex[1]}")
    return vertex[0] + rng.randint(-SHIFT_MM, SHIFT_MM), vertex[1] + rng.randint(-SHIFT_MM, SHIFT_MM)


def _bent(edge: Edge, *, forced: bool, bend: float) -> list[Vertex]:
    """Give the vertices between the ends of an edge (often none), seen from its smaller end."""
    (ax, ay), (bx, by) = edge
    rng = Random(f"{ax}:{ay}:{bx}:{by}")
    length = math.hypot(bx - ax, by - ay) / 1000
    wanted = 1 if forced or (length > 3.5 and rng.random() < 0.55) else 0
    count = wanted + (1 if wanted and length > 22 and rng.random() < 0.35 else 0)
    result = []
    for i in range(1, count + 1):
        t = (i + rng.uniform(-0.2, 0.2)) / (count + 1)
        off = rng.uniform(-1, 1) * bend
        result.append((round(ax + t * (bx - ax) - off * (by - ay)), round(ay + t * (by - ay) + off * (bx - ax))))
    return result


def _edges(ring: list[Vertex]) -> list[Edge]:
    return list(pairwise([*ring, ring[0]]))


def _between(grounds: list[Ground], parcel_count: int, bend: float) -> dict[Edge, list[Vertex]]:
    """Decide the shared mid-edge vertices of the whole fabric, keyed by edge with its smaller end first."""
    rings = [[[shifted(to_mm(p)) for p in ring] for ring in rings_of(geom)] for geom in grounds]
    full: set[Edge] = set()
    forced: set[Edge] = set()
    for parcel in rings[:parcel_count]:
        edges = [(min(e), max(e)) for ring in parcel for e in _edges(ring)]
        if len(edges) < 5:
            forced.update(sorted(edges, key=lambda e: math.dist(*e))[len(edges) - 5 :])
        if len(edges) > MAX_VERTICES // 2:
            full.update(edges)
    every = {(min(e), max(e)) for geom in rings for ring in geom for e in _edges(ring)}
    return {e: _bent(e, forced=e in forced, bend=bend) for e in every if e not in full or e in forced}


def _redrawn(geom: Ground, between: Mapping[Edge, list[Vertex]]) -> Ground:
    polygons = []
    for polygon in polygons_of(geom):
        rings = []
        for ring in rings_of(polygon):
            points: list[Vertex] = []
            for a, b in _edges([shifted(to_mm(p)) for p in ring]):
                middle = between.get((min(a, b), max(a, b)), [])
                points += [a, *(middle if a < b else reversed(middle))]
            rings.append([(x / 1000, y / 1000) for x, y in points])
        polygons.append(Polygon(rings[0], rings[1:]))
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def bend_edges(grounds: list[Ground], parcel_count: int) -> list[Ground]:
    """Move vertices and bend edges of the whole fabric; bend less when a sharp corner does not allow it."""
    for bend in (0.016, 0.008, 0.003, 0.0):
        between = _between(grounds, parcel_count, bend)
        drawn = [_redrawn(geom, between) for geom in grounds]
        if shapely.is_valid(drawn).all() and shapely.coverage_is_valid(np.array(drawn)):
            return drawn
    message = "the fabric is no coverage even with straight edges"
    raise ValueError(message)


def enclave(host: Polygon, rng: Random) -> tuple[Polygon, Polygon]:
    """Cut a six-cornered parcel out of the middle of another; give the host with its hole and the enclave."""
    circle = shapely.maximum_inscribed_circle(host, tolerance=0.05)
    (x, y), radius = circle.coords[0], circle.length
    points = []
    for i in range(6):
        angle, reach = (i + rng.uniform(-0.25, 0.25)) / 6 * math.tau, radius * rng.uniform(0.4, 0.55)
        points.append((round((x + reach * math.cos(angle)) * 5) / 5, round((y + reach * math.sin(angle)) * 5) / 5))
    ring = LinearRing(points)
    return Polygon(host.exterior, [*host.interiors, ring]), Polygon(ring)


def build(recipe: Recipe) -> Fabric:
    """Draw one commune; the same recipe gives the same millimetres every time."""
    from sample_gis.numbering import numbered  # it needs the types above

    plan = sketch(recipe)
    pieces = _merge_small(_pieces(plan))
    objects = _objects(plan, pieces)
    ground = [(piece.letter, piece.land.name, piece.geom) for piece in pieces if piece.land is not None]
    return numbered(recipe, ground, objects)
