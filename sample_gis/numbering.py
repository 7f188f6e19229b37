"""From pieces of ground to numbered parcels on map sheets."""

from collections import Counter
from random import Random

import shapely
from shapely import MultiPolygon, Polygon, box

from sample_gis.fabric import Fabric, Ground, LandObject, Parcel, Sheet, bend_edges, enclave
from sample_gis.recipes import Recipe

ROW_M = 45.0
FRAME_M = 10.0
Piece = tuple[str, str, Ground]  # sheet letter, land class, ground


def numbered(recipe: Recipe, pieces: list[Piece], objects: list[LandObject]) -> Fabric:
    """Add the odd shapes, bend the edges, and number parcels west to east, north to south, sheet by sheet."""
    pieces = _with_enclave(_with_two_parts(pieces), recipe)
    drawn = bend_edges([geom for _, _, geom in pieces] + [thing.geom for thing in objects], len(pieces))
    grounds, roads = drawn[: len(pieces)], drawn[len(pieces) :]
    parcels: list[Parcel] = []
    sheets: list[Sheet] = []
    for sheet_no, (letter, scale) in enumerate(recipe.scales.items(), start=1):
        members = [i for i, piece in enumerate(pieces) if piece[0] == letter]
        if not members:
            continue
        for parcel_no, index in enumerate(_zigzag(members, grounds), start=1):
            parcels.append(Parcel(sheet_no, parcel_no, pieces[index][1], grounds[index]))
        sheets.append(Sheet(sheet_no, scale, _frame([grounds[i] for i in members])))
    things = [LandObject(o.kind, o.name, geom) for o, geom in zip(objects, roads, strict=True)]
    return Fabric(recipe, parcels, things, sheets, shapely.coverage_union_all(drawn).normalize())


def _zigzag(members: list[int], grounds: list[Ground]) -> list[int]:
    """Order like a surveyor: rows from north to south, first row west to east, next row back."""
    spots = {i: (grounds[i].centroid.x, grounds[i].centroid.y) for i in members}
    north = max(y for _, y in spots.values())
    row = {i: int((north - spots[i][1]) / ROW_M) for i in members}
    return sorted(members, key=lambda i: (row[i], spots[i][0] if row[i] % 2 == 0 else -spots[i][0]))


def _frame(grounds: list[Ground]) -> Polygon:
    west, south, east, north = shapely.total_bounds(grounds)
    low_x, low_y = (west // FRAME_M) * FRAME_M, (south // FRAME_M) * FRAME_M
    return box(low_x, low_y, (east // FRAME_M + 1) * FRAME_M, (north // FRAME_M + 1) * FRAME_M)


def _with_enclave(pieces: list[Piece], recipe: Recipe) -> list[Piece]:
    """Put a parcel inside the widest field."""
    fields = [i for i, (name, _, geom) in enumerate(pieces) if name != recipe.apart and isinstance(geom, Polygon)]
    widest = max(fields, key=lambda i: shapely.maximum_inscribed_circle(pieces[i][2], tolerance=0.5).length)
    letter, land, geom = pieces[widest]
    if not isinstance(geom, Polygon):
        return pieces
    host, inner = enclave(geom, Random(recipe.seed + "-enclave"))
    return [*pieces[:widest], (letter, land, host), *pieces[widest + 1 :], (letter, land, inner)]


def _with_two_parts(pieces: list[Piece]) -> list[Piece]:
    """Give one number to two pieces that face each other over a lane."""
    letter = Counter(letter for letter, land, _ in pieces if land != "fields").most_common()[-1][0]
    members = [i for i, piece in enumerate(pieces) if piece[0] == letter]
    tree = shapely.STRtree([pieces[i][2] for i in members])
    near = tree.query([pieces[i][2] for i in members], predicate="dwithin", distance=4.2)
    facing = [
        (round(pieces[members[a]][2].distance(pieces[members[b]][2]), 2), members[a], members[b])
        for a, b in near.T.tolist()
        if a < b and not pieces[members[a]][2].intersects(pieces[members[b]][2])
    ]
    if not facing:
        return pieces
    _, first, second = max(facing)
    both = MultiPolygon([pieces[first][2], pieces[second][2]])
    rest = [piece for i, piece in enumerate(pieces) if i not in (first, second)]
    return [*rest, (letter, pieces[first][1], both)]
