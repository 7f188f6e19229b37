"""A commune's ground against its boundary: what neighbours hold is seen, what the boundary encloses is measured."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Finding
from landdb.validators import kernels
from landdb.validators.checks import check_fabrics
from landdb.validators.edges import directed
from landdb.validators.fabric import CommuneFabric, build_fabric
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.rings import polygons_of

X, Y = 500_000.0, 2_300_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def commune(
    number: int, parcels: list[BaseGeometry], boundary: BaseGeometry, roads: list[BaseGeometry] | None = None
) -> CommuneFabric:
    return build_fabric(
        number,
        9208,
        [(number * 100 + at, f"1/{at}", 1000, parcel) for at, parcel in enumerate(parcels, 1)],
        objects=[("road", road) for road in roads or ()],
        boundary=boundary,
        commune_code=f"9900{number}",
    )


def told(*communes: CommuneFabric) -> list[tuple[str, int, str]]:
    return [(finding.rule_id, finding.commune_id, finding.subject) for finding in check_fabrics(communes)]


def test_vertices_that_parcels_lack_on_the_boundary_are_no_bare_ground() -> None:
    corners = [(0, 0), (50, 0), (100, 0), (100.0007, 60), (100, 100), (0, 100)]
    middle = shapely.Polygon([(X + x, Y + y) for x, y in corners])
    assert told(commune(1, [box(0, 0, 100, 100)], middle)) == []


def test_a_road_held_by_the_neighbour_is_not_bare() -> None:
    west, east, road = box(0, 0, 100, 300), box(140, 0, 240, 300), box(100, 0, 140, 300)
    one = commune(1, [west], shapely.union(west, box(100, 0, 125, 300)))
    assert told(one) == [("COV007", 1, "1/1")]
    assert told(one, commune(2, [east], shapely.union(east, box(125, 0, 140, 300)), [road])) == []


def test_bare_ground_is_what_the_neighbour_leaves_of_it() -> None:
    west, road = box(0, 0, 100, 300), box(100, 0, 130, 200)
    one = commune(1, [west], box(0, 0, 130, 300))
    other = commune(2, [box(130, 0, 200, 300)], box(130, 0, 200, 300), [road])
    bare = [finding for finding in check_fabrics([one, other]) if finding.rule_id == "COV007"]
    assert [finding.subject for finding in bare] == ["1/1"]
    assert bare[0].geometry is not None
    assert bare[0].geometry.equals(box(100, 200, 130, 300))


def test_ground_enclosed_by_two_communes_is_one_gap_and_not_bare_as_well() -> None:
    ring = [box(0, 0, 50, 200), box(50, 0, 100, 50), box(50, 150, 100, 200)]
    one = commune(1, ring, box(0, 0, 100, 200))
    other = commune(2, [box(100, 0, 200, 200)], box(100, 0, 200, 200))
    assert [rule_id for rule_id, *_ in told(one, other)] == ["COV010"]


def test_a_parcel_over_a_hole_of_the_boundary_lies_outside_although_its_outline_lies_inside() -> None:
    ground = box(0, 0, 300, 300)
    enclave = box(100, 100, 200, 200)
    assert told(commune(1, [ground], shapely.difference(ground, enclave))) == [("ADM001", 1, "1/1")]


def test_a_parcel_over_a_bay_with_a_narrow_mouth_lies_outside() -> None:
    ground = box(0, 0, 300, 300)
    bay = shapely.union(box(100, 100, 200, 200), box(145, 200, 155, 300))
    assert told(commune(1, [ground], shapely.difference(ground, bay))) == [("ADM001", 1, "1/1")]


def test_parcels_within_the_tolerance_of_a_coarse_boundary_are_inside() -> None:
    coarse = shapely.Polygon([(X - 5, Y - 3), (X + 310, Y + 4), (X + 296, Y + 301), (X + 2, Y + 299)])
    assert told(commune(1, [box(0, 0, 150, 300), box(150, 0, 300, 300)], coarse)) == []


def test_a_commune_far_from_its_boundary_is_outside_parcel_by_parcel() -> None:
    parcels = [box(0, 0, 50, 100), box(50, 0, 100, 100)]
    assert told(commune(1, parcels, box(5000, 0, 5100, 100))) == [("ADM001", 1, "1/1"), ("ADM001", 1, "1/2")]


places = st.floats(-300, 300, allow_nan=False)
rings = st.lists(st.tuples(places, places), min_size=3, max_size=12, unique=True)


@given(rings, rings, st.sampled_from([7.0, 20.0, 45.0]))
def test_what_the_raster_calls_inside_is_covered(corners, lines, size_m) -> None:
    polygon = shapely.convex_hull(shapely.multipoints(corners)).symmetric_difference(
        shapely.convex_hull(shapely.multipoints(corners[::2] + lines[:1]))
    )
    parts = [part for part in shapely.get_parts(polygon) if part.geom_type == "Polygon" and part.area > 1]
    if not parts:
        return
    drawn = directed(polygons_of(np.array([parts[0]], dtype=object)))
    xy = np.array(lines)
    start, end = np.arange(len(xy) - 1), np.arange(1, len(xy))
    cells = kernels.cells_inside(drawn.xy, drawn.start, drawn.end, size_m)
    inside = kernels.lie_inside(xy, start, end, cells, *drawn.bounds()[:2], size_m)
    segments = shapely.linestrings(np.stack([xy[start], xy[end]], axis=1))
    assert shapely.covers(parts[0], segments[inside]).all()


findings = st.builds(
    Finding,
    rule_id=st.sampled_from(["COV001", "COV006"]),
    severity=st.just("warning"),
    commune_id=st.just(1),
    subject=st.sampled_from(["1/1|1/2", "1/1|1/3", "1/12"]),
    point=st.one_of(st.none(), st.tuples(st.sampled_from([0.0, 1.0, 1.001]), st.sampled_from([0.0, 2.5]))),
    measure=st.one_of(st.none(), st.sampled_from([1.0, 2.0])),
    **dict.fromkeys(("geometry", "details"), st.none()),
)


@given(st.lists(findings, max_size=12), st.randoms())
def test_findings_come_in_one_order_whatever_order_they_came_in(found, random) -> None:
    shuffled = random.sample(found, len(found))
    ordered = sorted_findings(found)

    def said(finding: Finding) -> tuple:
        x, y = finding.point or (0.0, 0.0)
        return finding.rule_id, finding.subject, finding.point is None, round(x, 2), round(y, 2), finding.measure or 0.0

    assert [said(one) for one in ordered] == sorted(map(said, found))
    assert [said(one) for one in sorted_findings(shuffled)] == [said(one) for one in ordered]
