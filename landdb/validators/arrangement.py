"""The faces that residual edges cut out of the ground, and how many units cover each.

Cover 0 is a gap, 1 is in order, 2 and more is an overlap. Only residual edges enter, so a sound commune
has one face, and a giant road polygon costs no more than its faulty edges.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from landdb.validators import kernels
from landdb.validators.edges import CELL_M, Bounds, Segments
from landdb.validators.fabric import Units
from landdb.validators.rings import Flags, Geometries, Integers


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Faulty edges as faces inside a frame, each face with its cover by all units that are known."""

    units: Units
    segments: Segments
    frame: BaseGeometry
    faces: Geometries
    cover: Integers

    @cached_property
    def lines(self) -> Geometries:
        """Give one line per segment."""
        return self.segments.lines()

    @cached_property
    def rim_tree(self) -> shapely.STRtree:
        """Give the index over segments, built when the first gap asks whose rim it has."""
        return shapely.STRtree(self.lines)

    @cached_property
    def _empty(self) -> tuple[Geometries, Flags]:
        """Give the ground that no unit covers, in connected parts, and which of them reach the frame."""
        empty: Geometries = self.faces[self.cover <= 0]
        if not len(empty):
            return empty, np.empty(0, dtype=bool)
        parts = shapely.get_parts(_merge(empty))
        bounds, frame = shapely.bounds(parts), np.array(self.frame.bounds)
        reaches = (np.abs(bounds - frame) < 10 * CELL_M).any(axis=1)
        return parts, reaches

    def gaps(self) -> Geometries:
        """Give the enclosed ground that no unit covers, one polygon per gap."""
        parts, reaches = self._empty
        enclosed: Geometries = parts[~reaches]
        return enclosed

    def outside(self) -> Geometries:
        """Give the uncovered ground that goes on beyond the frame."""
        parts, reaches = self._empty
        beyond: Geometries = parts[reaches]
        return beyond

    def overlaps(self) -> Geometries:
        """Give the faces that two or more units cover."""
        faces: Geometries = self.faces[self.cover > 1]
        return faces


def arrange(
    units: Units, segments: Segments, zone: Bounds, *, among: Segments | None = None, at_corner: int = 0
) -> Arrangement:
    """Give the arrangement of `segments` in a zone wider than them; the cover counts `among`, all residual edges known.

    Edges that leave the zone are cut by its frame; `at_corner` units lie over its north-eastern corner.
    """
    among = segments if among is None else among
    frame = shapely.box(*zone)
    faces = _faces(segments, frame)
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    dy = np.abs(among.xy[among.start, 1] - among.xy[among.end, 1])
    height_m = max(0.5, 2 * float(dy.mean()))
    cover = kernels.winding(inside, among.xy, among.start, among.end, height_m, np.array(zone[2:]), at_corner)
    return Arrangement(units, segments, frame, faces, cover)


def _merge(faces: Geometries) -> BaseGeometry:
    """Give faces as one geometry. They are noded against each other, so equal edges simply drop out."""
    merged: BaseGeometry = shapely.coverage_union_all(faces)
    return merged


def _faces(segments: Segments, frame: BaseGeometry) -> Geometries:
    """Give the polygons that the segments and the frame enclose, noded on the grid. Merging first halves the work."""
    lines = np.append(segments.lines(), shapely.get_exterior_ring(frame))
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    noded = shapely.union_all(merged, grid_size=CELL_M)
    faces: Geometries = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    middle = shapely.point_on_surface(faces)
    real: Geometries = faces[(shapely.area(faces) > CELL_M * CELL_M) & shapely.intersects(frame, middle)]
    return real
