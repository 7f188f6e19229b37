"""Linework and closed lines of a drawing → polygons. Lines meet where their coordinates are equal, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import GeometryType

#: A boundary drawn around others keeps its own ground only if that much of it is left.
_LEAST_SHARE_LEFT: Final = 0.01
_ROUNDING: Final = 1e-6

Geometries = np.ndarray


@dataclass(frozen=True, slots=True)
class Outlines:
    """The closed and the open lines of some layers; `source` tells from which entity each closed one came."""

    closed: Geometries
    source: np.ndarray
    open: Geometries


def outlines(geometries: Geometries, entities: np.ndarray) -> Outlines:
    """Give closed lines and areas as polygons, each once however often it was drawn, and the open lines."""
    parts, index = shapely.get_parts(geometries, return_index=True)
    origin = entities[index]
    kinds = shapely.get_type_id(parts)
    points = shapely.get_num_points(parts)
    is_line = (kinds == GeometryType.LINESTRING) | (kinds == GeometryType.LINEARRING)
    is_ring = is_line & shapely.is_closed(parts) & (points >= 4)
    areas = np.concatenate([shapely.polygons(_as_rings(parts[is_ring])), parts[kinds == GeometryType.POLYGON]])
    source = np.concatenate([origin[is_ring], origin[kinds == GeometryType.POLYGON]])
    areas, source = _each_once(areas, source)
    return Outlines(areas, source, parts[is_line & ~is_ring & (points >= 2) & _is_finite(parts)])


def _is_finite(geometries: Geometries) -> np.ndarray:
    """Tell which geometries can be noded; closed lines with a broken coordinate are rejected later, by name."""
    coordinates, index = shapely.get_coordinates(geometries, return_index=True)
    finite = np.ones(len(geometries), dtype=bool)
    finite[index[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _as_rings(lines: Geometries) -> Geometries:
    coordinates, index = shapely.get_coordinates(lines, return_index=True)
    return np.asarray(shapely.linearrings(coordinates, indices=index))


def _each_once(areas: Geometries, source: np.ndarray) -> tuple[Geometries, np.ndarray]:
    _, first = np.unique(shapely.to_wkb(shapely.normalize(areas)), return_index=True)
    order = np.argsort(source[first], kind="stable")
    return areas[first][order], source[first][order]


def polygons(parcels: Outlines, other_boundaries: Geometries) -> tuple[Geometries, np.ndarray]:
    """Give the parcel polygons and the entity each was drawn by, -1 where several lines enclose it together.

    A closed line stays as it was drawn unless an open line runs through it; the rest of the linework is
    polygonised. Crossings are nodes; ends that fail to touch leave a face open, nothing is snapped.
    """
    lines = np.concatenate([parcels.open, other_boundaries])
    if len(parcels.open) == 0:
        return _with_islands_cut(parcels.closed), parcels.source
    crossed = _crossed(parcels.closed, lines)
    kept, kept_source = parcels.closed[~crossed], parcels.source[~crossed]
    faces = _faces(np.concatenate([lines, shapely.boundary(parcels.closed[_is_finite(parcels.closed)])]))
    faces = faces[~_inside(faces, kept)]
    every = np.concatenate([_with_islands_cut(kept), faces])
    return every, np.concatenate([kept_source, np.full(len(faces), -1)])


def _crossed(areas: Geometries, lines: Geometries) -> np.ndarray:
    """Tell which areas have a line through their inside."""
    crossed = np.zeros(len(areas), dtype=bool)
    if len(areas) and len(lines):
        tree = shapely.STRtree(areas)
        line, area = tree.query(lines, predicate="intersects")
        # Interior of the line against interior of the area: a line along the edge does not count.
        through = shapely.relate_pattern(lines[line], areas[area], "T********")
        crossed[area[through]] = True
    return crossed


def _faces(lines: Geometries) -> Geometries:
    noded = shapely.node(shapely.union_all(np.atleast_1d(lines)))
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def _inside(faces: Geometries, areas: Geometries) -> np.ndarray:
    inside = np.zeros(len(faces), dtype=bool)
    if len(faces) and len(areas):
        face, _ = shapely.STRtree(areas).query(shapely.point_on_surface(faces), predicate="within")
        inside[face] = True
    return inside


def _with_islands_cut(areas: Geometries) -> Geometries:
    """Give the areas without those drawn wholly inside them: a closed line of a drawing cannot have holes."""
    result = areas.copy()
    valid = np.flatnonzero(shapely.is_valid(areas))
    if len(valid) < 2:
        return result
    outer, inner = shapely.STRtree(areas[valid]).query(areas[valid], predicate="within")[::-1]
    outer, inner = valid[outer], valid[inner]
    nested = outer != inner
    for position in np.unique(outer[nested]):
        islands = areas[inner[nested & (outer == position)]]
        ground = shapely.difference(areas[position], shapely.union_all(islands))
        if shapely.area(ground) >= _LEAST_SHARE_LEFT * shapely.area(areas[position]):
            result[position] = ground
    return result


def is_part(face: shapely.Geometry, area: shapely.Geometry) -> bool:
    """Tell whether a face lies in an area, but for the rounding of its nodes."""
    return bool(shapely.is_valid(area)) and bool(
        shapely.area(shapely.difference(face, area)) <= _ROUNDING * shapely.area(face)
    )


def containing(areas: Geometries, points: Geometries) -> np.ndarray:
    """Give for each point the position of the smallest area it stands in, -1 where there is none."""
    found = np.full(len(points), -1)
    if len(areas) == 0 or len(points) == 0:
        return found
    point, area = shapely.STRtree(areas).query(points, predicate="within")
    # Written largest first, so that the smallest has the last word.
    order = np.argsort(-shapely.area(areas[area]), kind="stable")
    found[point[order]] = area[order]
    return found
