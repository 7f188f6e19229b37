"""OGC API Features Part 2: the test methods of the CITE suite (ets-ogcapi-features10, crs), one test for each.

The number is that of the abstract test in annex A of OGC 18-058r1.
"""

import pytest
import shapely

from landdb.domain.crs import ZONES, from_wgs84, to_wgs84

pytestmark = pytest.mark.db

CRS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
UNKNOWN = f"{EPSG}0"
BOX = (105.2, 21.3, 105.5, 21.5)


@pytest.fixture(scope="module")
def listed(ogc) -> dict:
    return ogc.get("/collections").json()


@pytest.fixture(scope="module")
def collections(ogc, listed) -> list[dict]:
    """Give each collection as its own address tells it."""
    return [ogc.get(f"/collections/{told['id']}").json() for told in listed["collections"]]


def is_identifier(uri: str) -> bool:
    return uri == CRS84 or (uri.startswith(EPSG) and uri.removeprefix(EPSG).isdecimal())


def items(ogc, collection: dict, **asked):
    return ogc.get(f"/collections/{collection['id']}/items", params={"limit": 3, **asked})


def first(ogc, collection: dict) -> str:
    return f"/collections/{collection['id']}/items/{items(ogc, collection).json()['features'][0]['id']}"


def to_lonlat(geometry: dict, uri: str) -> shapely.Geometry:
    """Give a geometry of an answer in longitude and latitude, by the conversions of the domain."""
    shape = shapely.geometry.shape(geometry)
    if uri == f"{EPSG}4326":
        return shapely.transform(shape, lambda xy: xy[:, ::-1])
    convert = to_wgs84(int(uri.removeprefix(EPSG)))
    return shapely.transform(shape, convert, interleaved=False)


def assert_same_place(one: dict, other: dict, uri: str) -> None:
    """Two centimetres: answers in degrees have seven digits."""
    assert (one is None) == (other is None)
    if one is not None:
        shape = shapely.geometry.shape(one)
        assert shapely.hausdorff_distance(shape, to_lonlat(other, uri)) < 2e-7


def test_precondition_the_class_is_declared(ogc):
    assert CRS in ogc.get("/conformance").json()["conformsTo"]


def test_1_systems_of_a_collection_are_identifiers(collections):
    assert all(is_identifier(uri) for told in collections for uri in told["crs"])


def test_1_the_storage_system_of_a_collection_is_an_identifier(collections):
    assert all(is_identifier(told["storageCrs"]) for told in collections)


def test_2_systems_of_a_collection_hold_the_default(collections):
    assert all(CRS84 in told["crs"] for told in collections)


def test_3_the_storage_system_of_a_collection_is_one_of_its_systems(collections):
    assert all(told["storageCrs"] in told["crs"] for told in collections)


def test_1_systems_of_the_collections_are_identifiers(listed):
    assert listed["crs"]
    assert all(map(is_identifier, listed["crs"]))


def test_1_the_storage_system_is_told_for_each_collection_and_not_for_all(listed):
    assert "storageCrs" not in listed


def test_1_systems_in_the_list_of_collections_are_identifiers(listed):
    assert all(is_identifier(uri) for told in listed["collections"] for uri in told["crs"])


def test_1_storage_systems_in_the_list_of_collections_are_identifiers(listed):
    assert all(is_identifier(told["storageCrs"]) for told in listed["collections"])


def test_2_systems_in_the_list_of_collections_hold_the_default(listed):
    assert all(CRS84 in told["crs"] for told in listed["collections"])


def test_3_storage_systems_in_the_list_of_collections_are_among_the_systems(listed):
    assert all(told["storageCrs"] in told["crs"] for told in listed["collections"])


def test_the_main_zone_of_the_sheets_is_the_storage_system_of_parcels(collections, ogc_world):
    (parcels,) = [told for told in collections if told["id"] == "parcels"]
    assert parcels["storageCrs"] == f"{EPSG}{ogc_world.sheet.srid}"
    assert parcels["crs"][2:] == [f"{EPSG}9208", f"{EPSG}9210"]


def test_4_features_come_in_each_system_and_say_so(ogc, collections):
    for collection in collections:
        for uri in collection["crs"]:
            answer = items(ogc, collection, crs=uri)
            assert answer.status_code == 200
            assert answer.headers["content-crs"] == f"<{uri}>"


def test_4_a_feature_comes_in_each_system_and_says_so(ogc, collections):
    for collection in collections:
        at = first(ogc, collection)
        for uri in collection["crs"]:
            answer = ogc.get(at, params={"crs": uri})
            assert answer.status_code == 200
            assert answer.headers["content-crs"] == f"<{uri}>"


def test_5_features_in_an_unknown_system_are_refused(ogc, collections):
    for collection in collections:
        assert items(ogc, collection, crs=UNKNOWN).status_code == 400


def test_5_a_feature_in_an_unknown_system_is_refused(ogc, collections):
    for collection in collections:
        assert ogc.get(first(ogc, collection), params={"crs": UNKNOWN}).status_code == 400


def test_6_features_come_in_the_default_system_and_say_so(ogc, collections):
    for collection in collections:
        assert items(ogc, collection).headers["content-crs"] == f"<{CRS84}>"


def test_6_a_feature_comes_in_the_default_system_and_says_so(ogc, collections):
    for collection in collections:
        assert ogc.get(first(ogc, collection)).headers["content-crs"] == f"<{CRS84}>"


def test_7_features_in_the_default_system_are_those_without_one_said(ogc, collections):
    for collection in collections:
        assert items(ogc, collection, crs=CRS84).json()["features"] == items(ogc, collection).json()["features"]


def test_7_features_in_another_system_lie_at_the_same_place(ogc, collections):
    for collection in collections:
        plain = items(ogc, collection).json()["features"]
        for uri in collection["crs"][1:]:
            for one, other in zip(plain, items(ogc, collection, crs=uri).json()["features"], strict=True):
                assert_same_place(one["geometry"], other["geometry"], uri)


def test_7_a_feature_in_the_default_system_is_that_without_one_said(ogc, collections):
    for collection in collections:
        at = first(ogc, collection)
        assert ogc.get(at, params={"crs": CRS84}).json()["geometry"] == ogc.get(at).json()["geometry"]


def test_7_a_feature_in_another_system_lies_at_the_same_place(ogc, collections):
    for collection in collections:
        at = first(ogc, collection)
        plain = ogc.get(at).json()["geometry"]
        for uri in collection["crs"][1:]:
            assert_same_place(plain, ogc.get(at, params={"crs": uri}).json()["geometry"], uri)


def test_8_the_bbox_crs_parameter_is_taken_in_each_system(ogc, collections):
    for collection in collections:
        ids = {told["id"] for told in items(ogc, collection, bbox=",".join(map(str, BOX))).json()["features"]}
        for uri in collection["crs"][1:]:
            answer = items(ogc, collection, **{"bbox": ",".join(map(str, in_system(BOX, uri))), "bbox-crs": uri})
            assert {told["id"] for told in answer.json()["features"]} == ids


def test_8_a_box_without_a_system_is_in_the_default_one(ogc, collections):
    for collection in collections:
        box = ",".join(map(str, BOX))
        said = items(ogc, collection, **{"bbox": box, "bbox-crs": CRS84})
        assert said.json()["features"] == items(ogc, collection, bbox=box).json()["features"]


def test_9_a_box_in_an_unknown_system_is_refused(ogc, collections):
    for collection in collections:
        assert items(ogc, collection, **{"bbox": "105,21,106,22", "bbox-crs": UNKNOWN}).status_code == 400


def test_every_zone_is_served_by_the_operation_that_the_state_uses(ogc, collections):
    """A neighbouring province draws in another zone; the other operation that PROJ knows lies 0.8 m off."""
    for collection in collections:
        plain = items(ogc, collection).json()["features"]
        for srid in ZONES:
            for one, other in zip(plain, items(ogc, collection, crs=f"{EPSG}{srid}").json()["features"], strict=True):
                assert_same_place(one["geometry"], other["geometry"], f"{EPSG}{srid}")


def in_system(box: tuple[float, float, float, float], uri: str) -> tuple[float, ...]:
    """Give a box in degrees as one of another system that holds it."""
    west, south, east, north = box
    if uri == f"{EPSG}4326":
        return south, west, north, east
    x, y = from_wgs84(int(uri.removeprefix(EPSG)))([west, west, east, east], [south, north, south, north])
    return min(x), min(y), max(x), max(y)
