"""The faces that residual edges cut out of the ground, and how many units cover each.

Cover 0 is a gap, 1 is in order, 2 and more is an overlap. Only residual edges enter, so a sound commune
has one face, and a giant road polygon costs no more than its faulty edges.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.validators.edges import CELL_M, Segments, residual
from landdb.validators.fabric import CommuneFabric, Flags, Geometries, Integers

#: Points tried in a face before its cover is measured by area.
PROBES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The residual of a fabric as faces, each with its cover."""

    fabric: CommuneFabric
    units: Geometries
    segments: Segments
    lines: Geometries
    faces: Geometries
    cover: Integers

    def covered(self) -> BaseGeometry:
        """Give the ground that any unit covers, in one geometry of few vertices."""
        return _merge(self.faces[self.cover > 0])

    def gaps(self) -> Geometries:
        """Give the enclosed ground that no unit covers, one polygon per gap."""
        empty: Geometries = self.faces[self.cover == 0]
        if not len(empty):
            return empty
        parts: Geometries = shapely.get_parts(_merge(empty))
        return parts

    def overlaps(self) -> Geometries:
        """Give the faces that two or more units cover."""
        faces: Geometries = self.faces[self.cover > 1]
        return faces


def arrange(fabric: CommuneFabric) -> Arrangement:
    """Give the arrangement of a fabric's residual edges."""
    units = fabric.units
    segments = residual(units)
    lines = segments.lines()
    faces = _faces(lines)
    return Arrangement(fabric, units, segments, lines, faces, _cover(faces, units))


def _merge(faces: Geometries) -> BaseGeometry:
    """Give faces as one geometry. They are noded against each other, so equal edges simply drop out."""
    merged: BaseGeometry = shapely.coverage_union_all(faces)
    return merged


def _faces(lines: Geometries) -> Geometries:
    """Give the polygons that the lines enclose, noded on the grid. Merging first halves the work."""
    if not len(lines):
        return np.empty(0, dtype=object)
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    noded = shapely.union_all(merged, grid_size=CELL_M)
    faces: Geometries = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    real: Geometries = faces[shapely.area(faces) > CELL_M * CELL_M]
    return real


def _cover(faces: Geometries, units: Geometries) -> Integers:
    """Give the number of units over each face, from one point inside it."""
    if not len(faces):
        return np.empty(0, dtype=np.int64)
    count, on_edge = _count_at(shapely.point_on_surface(faces), units)
    tree = shapely.STRtree(units)
    for index in np.flatnonzero(on_edge):
        count[index] = _cover_of_one(faces[index], units, tree)
    return count


def _count_at(points: Geometries, units: Geometries) -> tuple[Integers, Flags]:
    """Give the number of units with each point inside, and whether the point lies on some unit's edge.

    The units are the query side: GEOS prepares that side, so a giant polygon is indexed once.
    """
    tree = shapely.STRtree(points)
    touched = np.bincount(tree.query(units, predicate="intersects")[1], minlength=len(points))
    inside = np.bincount(tree.query(units, predicate="contains")[1], minlength=len(points))
    return inside.astype(np.int64), touched != inside


def _cover_of_one(face: BaseGeometry, units: Geometries, tree: shapely.STRtree) -> int:
    """Give the cover of a face whose first point fell on a cancelled edge: other points, else areas."""
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(face))
    largest = triangles[np.argsort(-shapely.area(triangles), kind="stable")[:PROBES]]
    for point in shapely.centroid(largest):
        touched: Integers = tree.query(point, predicate="intersects")
        if shapely.contains(units[touched], point).all():
            return len(touched)
    near = units[tree.query(face, predicate="intersects")]
    covered = float(shapely.area(shapely.intersection(near, face)).sum())
    return round(covered / float(face.area))
