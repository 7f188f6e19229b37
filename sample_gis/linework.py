"""Lines before parcels: the commune's outline, curved roads, a river, lanes and cuts through blocks."""

import math
from dataclasses import dataclass
from random import Random

import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from sample_gis.recipes import CLASSES, LandClass, Recipe

STEP_M = 14.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Ground that no parcel may take: a road, a lane or the river."""

    kind: str
    name: str
    area: BaseGeometry


@dataclass(frozen=True, slots=True)
class Block:
    """Ground between roads, with the letter of its sheet."""

    letter: str
    land: LandClass
    area: Polygon


@dataclass(frozen=True, slots=True)
class Sketch:
    """All there is to draw a commune from: outline, strips, blocks and the cuts through the blocks."""

    outline: Polygon
    strips: list[Strip]
    blocks: list[Block]
    cuts: list[LineString]


def _wave(rng: Random, length: float, height: float) -> tuple[float, ...]:
    return (rng.uniform(0.7, 1.4) * length, rng.uniform(0, math.tau), rng.uniform(0.5, 1.0) * height)


def _bend(waves: list[tuple[float, ...]], t: float) -> float:
    return sum(height * math.sin(t / length * math.tau + phase) for length, phase, height in waves)


def outline(recipe: Recipe, rng: Random) -> Polygon:
    """Draw the commune's border: a rounded rectangle with bays and noses."""
    half_w, half_h = recipe.size_m[0] / 2, recipe.size_m[1] / 2
    count = int((recipe.size_m[0] + recipe.size_m[1]) * 2 / STEP_M)
    phases = [(k, rng.uniform(0, math.tau), rng.uniform(0.008, 0.02)) for k in (3, 5, 8, 13)]
    points = []
    for i in range(count):
        angle = i / count * math.tau
        c, s = math.cos(angle), math.sin(angle)
        radius = (abs(c) ** 3.4 + abs(s) ** 3.4) ** (-1 / 3.4)
        radius *= 0.96 + sum(a * math.sin(k * angle + p) for k, p, a in phases)
        points.append((recipe.centre[0] + half_w * radius * c, recipe.centre[1] + half_h * radius * s))
    return Polygon(points)


def _curve(recipe: Recipe, rng: Random, share: float, *, eastward: bool, bend: float) -> LineString:
    """Draw one line right across the commune, at `share` of its height or width."""
    length, across = recipe.size_m if eastward else recipe.size_m[::-1]
    waves = [_wave(rng, length * 0.6, bend), _wave(rng, length * 0.23, bend * 0.35)]
    points = []
    for i in range(int(length * 1.1 / STEP_M) + 1):
        along = i * STEP_M - length * 0.55
        off = (share - 0.5) * across + _bend(waves, along)
        dx, dy = (along, off) if eastward else (off, along)
        points.append((recipe.centre[0] + dx, recipe.centre[1] + dy))
    return LineString(points)


def strips(recipe: Recipe, rng: Random, area: Polygon) -> list[Strip]:
    """Draw roads and the river that share no ground: the main road bridges the river, the river cuts the rest."""
    rows, columns = len(recipe.layout), len(recipe.layout[0])
    cell_m = min(recipe.size_m[0] / columns, recipe.size_m[1] / rows)
    wanted: list[tuple[str, str, LineString, float]] = []
    for i in range(1, rows):
        line = _curve(recipe, rng, i / rows, eastward=True, bend=cell_m * 0.14)
        main = i == rows // 2
        wanted.append(("DGT", "Đường Mẫu chính" if main else f"Đường Mẫu ngang {i}", line, 9.5 if main else 5.6))
    for j in range(1, columns):
        line = _curve(recipe, rng, j / columns, eastward=False, bend=cell_m * 0.12)
        wanted.append(("DGT", f"Đường Mẫu dọc {j}", line, 5.2))
    flow = _curve(recipe, rng, (0.5 + rows // 2) / rows + 0.16, eastward=True, bend=cell_m * 0.3)
    river = ("SON", recipe.river_name, flow, recipe.river_width_m)
    wanted.sort(key=lambda road: -road[3])
    wanted.insert(1, river)
    taken: BaseGeometry = Polygon()
    result = []
    for kind, name, line, width in wanted:
        body = line.buffer(width / 2, quad_segs=2, cap_style="flat").intersection(area).difference(taken)
        taken = taken.union(body)
        result.append(Strip(kind, name, body))
    return result


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """List the polygons of any geometry."""
    return [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and part.area > 0]


def _letter(recipe: Recipe, spot: Point) -> str:
    rows, columns = len(recipe.layout), len(recipe.layout[0])
    column = (spot.x - recipe.centre[0]) / recipe.size_m[0] + 0.5
    row = 0.5 - (spot.y - recipe.centre[1]) / recipe.size_m[1]
    return recipe.layout[min(rows - 1, max(0, int(row * rows)))][min(columns - 1, max(0, int(column * columns)))]


def _cut_line(piece: Polygon, rng: Random) -> LineString:
    """Give a line across the long side of `piece`, a little off the middle and a little off square."""
    corners = shapely.get_coordinates(piece.minimum_rotated_rectangle)[:4]
    sides = [(corners[(i + 1) % 4] - corners[i]) for i in range(2)]
    long_side = max(sides, key=lambda s: float(s @ s))
    angle = math.atan2(long_side[1], long_side[0]) + math.pi / 2 + rng.gauss(0, 0.07)
    middle = corners.mean(axis=0) + long_side * rng.uniform(-0.12, 0.12)
    reach = math.hypot(*recipe_diagonal(piece))
    dx, dy = reach * math.cos(angle), reach * math.sin(angle)
    return LineString([(middle[0] - dx, middle[1] - dy), (middle[0] + dx, middle[1] + dy)])


def recipe_diagonal(piece: Polygon) -> tuple[float, float]:
    """Give width and height of the bounding box of `piece`."""
    west, south, east, north = piece.bounds
    return east - west, north - south


def carve(block: Block, rng: Random, lane_name: str) -> tuple[list[Strip], list[LineString]]:
    """Cut one block until its pieces are parcel-sized; give the lanes and the cuts."""
    lanes: list[Strip] = []
    cuts: list[LineString] = []
    pieces = [block.area]
    while pieces:
        piece = pieces.pop()
        if piece.area < block.land.target_m2 * rng.uniform(1.1, 1.9):
            continue
        line = _cut_line(piece, rng)
        if block.land.lane_above_m2 and piece.area > block.land.lane_above_m2:
            body = line.buffer(rng.uniform(1.3, 1.9), cap_style="flat").intersection(piece)
            lanes += [Strip("DGT", lane_name, part) for part in polygons_of(body)]
            pieces += polygons_of(piece.difference(body))
        else:
            cuts += [part for part in shapely.get_parts(line.intersection(piece)) if isinstance(part, LineString)]
            pieces += polygons_of(MultiPolygon([p for p in split(piece, line).geoms if isinstance(p, Polygon)]))
    return lanes, cuts


def sketch(recipe: Recipe) -> Sketch:
    """Draw a commune from its recipe; the same recipe always gives the same lines."""
    rng = Random(recipe.seed)
    area = outline(recipe, rng)
    roads = strips(recipe, rng, area)
    open_ground = area.difference(shapely.union_all([strip.area for strip in roads]))
    blocks = []
    for part in polygons_of(open_ground):
        letter = _letter(recipe, part.centroid)
        blocks.append(Block(letter, CLASSES[recipe.scales[letter]], part))
    cuts: list[LineString] = []
    for number, block in enumerate(blocks, start=1):
        lanes, lines = carve(block, rng, f"Ngõ Mẫu {number}")
        roads += lanes
        cuts += lines
    return Sketch(area, roads, blocks, cuts)
