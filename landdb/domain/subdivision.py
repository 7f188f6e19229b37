"""Ground divided and joined so that the coverage stays exact: split, merge, and boundaries moved between neighbours.

All geometry is in the sheet's own system, metres. Vertices that exist are never moved, because a neighbour has them
too; new ones lie on the 1 mm grid that survey drawings use. Where a cut ends on a boundary, the new vertex belongs to
every unit along that boundary: `insert_vertices` gives it to them, or a hair-thin gap would open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from landdb.errors import InvalidValue

GRID_M: Final = 0.001
#: A cut that ends this near to an existing vertex ends in it: a shorter edge would itself be a finding (GEO004).
VERTEX_REACH_M: Final = 0.01
#: How far beyond its ends a drawn line is followed to the boundary: nobody hits it to the millimetre.
LINE_REACH_M: Final = 0.05
#: A vertex rounded to the grid lies this near to the edge that it was found on (half a cell's diagonal, rounded up).
EDGE_REACH_M: Final = 0.0015

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class EdgePoint:
    """A place on the outer ring: `distance_m` from the start of edge `edge`, counted from 0 in the order of storage."""

    edge: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class Cut:
    """What a division gave: parts from north to south, west to east, and the vertices it put on the old boundary."""

    parts: tuple[Polygon, ...]
    new_vertices: tuple[Point, ...]


def split_by_line(parcel: Polygon, line: Sequence[Point]) -> Cut:
    """Give the parts of the parcel on either side of a line that crosses it from boundary to boundary.

    Raises InvalidValue (field ``line``) when the line leaves the parcel in one piece or runs along its boundary.
    """
    drawn = _followed(line)
    nodes = _crossings(parcel, drawn)
    bounded = insert_vertices(parcel, nodes)
    cuts = _inner_cuts(bounded, drawn, nodes)
    if not cuts:
        raise InvalidValue("line", "DOES_NOT_CROSS", remedy="draw it from boundary to boundary through the parcel")
    parts = _faces(bounded, cuts)
    if len(parts) < 2 or abs(sum(part.area for part in parts) - bounded.area) > GRID_M**2:
        raise InvalidValue("line", "NOT_A_CLEAN_CUT", remedy="draw a line that neither crosses itself nor a boundary")
    old = _vertices(parcel)
    return Cut(tuple(sorted(parts, key=_reading_order)), tuple(node for node in nodes if node not in old))


def split_between(parcel: Polygon, start: EdgePoint, end: EdgePoint) -> Cut:
    """Give the two parts left and right of the straight line between two places on the outer ring."""
    return split_by_line(parcel, [_place(parcel, start), _place(parcel, end)])


def split_by_ratio(parcel: Polygon, edge: int, weights: Sequence[float]) -> Cut:
    """Give one part per weight, by lines parallel to an edge, the first part at that edge.

    Areas are in the weights' ratio but for what the 1 mm grid takes: at most half a millimetre times the cut's length.
    Raises InvalidValue (``ratio``, ``edge``) for weights that are not positive, or a shape that such lines cut askew.
    """
    if len(weights) < 2 or not all(np.isfinite(weight) and weight > 0 for weight in weights):
        raise InvalidValue("ratio", "NOT_POSITIVE_WEIGHTS", remedy="such as 1:1 or 2:1:1")
    start, along, inward = _direction(parcel, edge)
    shares = np.cumsum(weights)[:-1] / sum(weights)
    parts, nodes = [parcel], list[Point]()
    for share in shares.tolist():
        offset_m = _offset_for_area(parcel, start, along, inward, share * parcel.area)
        reach = parcel.length * along
        line = [tuple(start + offset_m * inward - reach), tuple(start + offset_m * inward + reach)]
        cut = split_by_line(parts[-1], line)
        if len(cut.parts) != 2:
            raise InvalidValue(
                "edge", "CUTS_INTO_PIECES", remedy="draw the line instead: the parcel is not convex here"
            )
        near, far = sorted(cut.parts, key=lambda part: float((np.array(part.centroid.coords[0]) - start) @ inward))
        parts[-1:] = [near, far]
        nodes += cut.new_vertices
    return Cut(tuple(insert_vertices(part, nodes) for part in parts), tuple(nodes))


def merge(parcels: Sequence[Polygon]) -> Polygon:
    """Give the one polygon of parcels that share edges; no vertex of the outer boundary is lost.

    Raises InvalidValue (``parcels``) when they only touch in points, lie apart, overlap, or leave a gap between them.
    """
    if len(parcels) < 2:
        raise InvalidValue("parcels", "ONLY_ONE", remedy="name at least two parcels")
    union = shapely.union_all(list(parcels))
    if union.geom_type != "Polygon":
        raise InvalidValue("parcels", "NOT_ADJACENT", remedy="merge parcels that share a boundary")
    if abs(union.area - sum(parcel.area for parcel in parcels)) > GRID_M:
        raise InvalidValue("parcels", "OVERLAP", remedy="settle the overlap between them first (landdb findings)")
    holes = [Polygon(ring) for ring in union.interiors]
    if any(not _was_hole(hole, parcels) and hole.length * GRID_M > hole.area for hole in holes):
        raise InvalidValue("parcels", "GAP", remedy="settle the gap between them first (landdb findings)")
    return Polygon(union)


def move_boundary(parcels: tuple[Polygon, Polygon], line: Sequence[Point]) -> Cut:
    """Give both neighbours with `line` as their common boundary, in the order given.

    The ground of both together stays the same. Raises InvalidValue when the line does not divide it in two.
    """
    cut = split_by_line(merge(parcels), line)
    if len(cut.parts) != 2:
        raise InvalidValue("line", "CUTS_INTO_PIECES", remedy="draw one boundary between the two")
    first, second = cut.parts
    kept = shapely.area(shapely.intersection(parcels[0], [first, second]))
    parts = (first, second) if kept[0] >= kept[1] else (second, first)
    return Cut(parts, cut.new_vertices)


def insert_vertices(polygon: Polygon, points: Iterable[Point], *, reach_m: float = EDGE_REACH_M) -> Polygon:
    """Give the polygon with every point that lies on one of its edges (within `reach_m`) as a vertex of it."""
    wanted = [point for point in points if point not in _vertices(polygon)]
    if not wanted:
        return polygon
    rings = [
        _insert(np.asarray(ring.coords)[:, :2], wanted, reach_m) for ring in (polygon.exterior, *polygon.interiors)
    ]
    return Polygon(rings[0], rings[1:])


def on_grid(point: Point) -> Point:
    """Give the nearest point of the 1 mm grid."""
    return round(point[0], 3), round(point[1], 3)


def _insert(ring: np.ndarray, points: Sequence[Point], reach_m: float) -> np.ndarray:
    """Give the closed ring with the points that lie on its edges between the ends of those."""
    starts, ends = ring[:-1], ring[1:]
    edges = shapely.linestrings(np.stack([starts, ends], axis=1))
    placed: dict[int, list[tuple[float, Point]]] = {}
    for point in points:
        distances = shapely.distance(edges, shapely.Point(point))
        edge = int(np.argmin(distances))
        if distances[edge] <= reach_m:
            placed.setdefault(edge, []).append((float(np.hypot(*(np.array(point) - starts[edge]))), point))
    rows = []
    for edge, start in enumerate(starts.tolist()):
        rows.append(start)
        rows += [list(point) for _, point in sorted(placed.get(edge, []))]
    return np.array([*rows, rows[0]])


def _followed(line: Sequence[Point]) -> LineString:
    """Give the line on the grid, each end followed a little further in its direction."""
    points = [on_grid(point) for point in line]
    points = [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]
    if len(points) < 2:
        raise InvalidValue("line", "TOO_SHORT", remedy="give at least two different points")
    ends = np.array([points[0], points[1], points[-2], points[-1]], dtype=np.float64)
    first = ends[0] + LINE_REACH_M * (ends[0] - ends[1]) / np.hypot(*(ends[0] - ends[1]))
    last = ends[3] + LINE_REACH_M * (ends[3] - ends[2]) / np.hypot(*(ends[3] - ends[2]))
    return LineString([first, *points[1:-1], last])


def _crossings(parcel: Polygon, line: LineString) -> list[Point]:
    """Give where the line meets the boundary: an existing vertex when one is near, else a point of the grid."""
    met = shapely.get_coordinates(shapely.intersection(line, parcel.boundary))
    vertices = shapely.get_coordinates(parcel)
    nodes: list[Point] = []
    for point in met:
        distances = np.hypot(*(vertices - point).T)
        nearest = int(np.argmin(distances))
        near = distances[nearest] <= VERTEX_REACH_M
        node: Point = tuple(vertices[nearest].tolist()) if near else on_grid((float(point[0]), float(point[1])))
        if node not in nodes:
            nodes.append(node)
    return nodes


def _inner_cuts(parcel: Polygon, line: LineString, nodes: Sequence[Point]) -> list[list[Point]]:
    """Give the pieces of the line inside the parcel, each from node to node."""
    inside = [part for part in shapely.get_parts(shapely.intersection(line, parcel)) if not part.is_empty]
    places = np.array(nodes, dtype=np.float64).reshape(-1, 2)
    cuts = []
    for piece in inside:
        points = [tuple(point) for point in shapely.get_coordinates(piece).tolist()]
        first, last = _nearest_node(points[0], places), _nearest_node(points[-1], places)
        if first is None or last is None or first == last:
            continue
        cut = [first, *(on_grid(point) for point in points[1:-1]), last]
        if not shapely.covers(parcel.boundary, LineString(cut)):
            cuts.append(cut)
    return cuts


def _nearest_node(point: Point, places: np.ndarray) -> Point | None:
    if not len(places):
        return None
    distances = np.hypot(*(places - point).T)
    nearest = int(np.argmin(distances))
    return tuple(places[nearest].tolist()) if distances[nearest] <= 2 * VERTEX_REACH_M else None


def _faces(parcel: Polygon, cuts: Sequence[Sequence[Point]]) -> list[Polygon]:
    """Give the faces inside the parcel that its rings and the cuts make; edges meet in exactly equal vertices."""
    lines = [np.asarray(ring.coords)[:, :2] for ring in (parcel.exterior, *parcel.interiors)]
    lines += [np.asarray(cut, dtype=np.float64) for cut in cuts]
    segments = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(segments)))
    shapely.prepare(parcel)
    inside = shapely.contains_properly(parcel, shapely.point_on_surface(faces))
    return [Polygon(face) for face in faces[inside]]


def _direction(parcel: Polygon, edge: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give an edge's start, its direction and the direction into the parcel, as unit vectors."""
    start, end = _edge(parcel, edge)
    along = (end - start) / np.hypot(*(end - start))
    left = np.array([-along[1], along[0]])
    return start, along, left if parcel.exterior.is_ccw else -left


def _offset_for_area(
    parcel: Polygon, start: np.ndarray, along: np.ndarray, inward: np.ndarray, area_m2: float
) -> float:
    """Give how far inward a line parallel to the edge has `area_m2` of the parcel behind it, by bisection."""
    depths = (shapely.get_coordinates(parcel) - start) @ inward
    low, high = float(depths.min()), float(depths.max())
    width = parcel.length * along
    behind = start + (low - 1.0) * inward
    while high - low > GRID_M / 10:
        middle = (low + high) / 2
        front = start + middle * inward
        band = Polygon([behind - width, behind + width, front + width, front - width])
        low, high = (middle, high) if parcel.intersection(band).area < area_m2 else (low, middle)
    return (low + high) / 2


def _place(parcel: Polygon, place: EdgePoint) -> Point:
    start, end = _edge(parcel, place.edge)
    length_m = float(np.hypot(*(end - start)))
    if not 0 <= place.distance_m <= length_m:
        raise InvalidValue("distance_m", "BEYOND_THE_EDGE", remedy=f"the edge is {length_m:.3f} m long")
    point = start + (end - start) * (place.distance_m / length_m)
    return float(point[0]), float(point[1])


def _edge(parcel: Polygon, edge: int) -> tuple[np.ndarray, np.ndarray]:
    ring = np.asarray(parcel.exterior.coords)[:, :2]
    if not 0 <= edge < len(ring) - 1:
        raise InvalidValue("edge", "NO_SUCH_EDGE", remedy=f"edges are numbered from 0 to {len(ring) - 2}")
    return ring[edge], ring[edge + 1]


def _vertices(polygon: Polygon) -> set[Point]:
    return {(float(x), float(y)) for x, y in shapely.get_coordinates(polygon)}


def _was_hole(hole: Polygon, parcels: Sequence[Polygon]) -> bool:
    return any(shapely.equals(hole, Polygon(ring)) for parcel in parcels for ring in parcel.interiors)


def _reading_order(part: Polygon) -> tuple[float, float]:
    """Sort as sheets are numbered: from north to south, then from west to east."""
    middle = part.representative_point()
    return -round(middle.y, 3), round(middle.x, 3)
