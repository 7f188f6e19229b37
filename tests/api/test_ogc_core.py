"""OGC API Features Part 1: the test methods of the CITE suite (ets-ogcapi-features10, core), one test for each.

The number is that of the abstract test in annex A of OGC 17-069r4; every test looks at every collection.
"""

import datetime as dt

import pytest
import shapely

pytestmark = pytest.mark.db

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEO_JSON = "application/geo+json"
AS_GEO_JSON = {"Accept": GEO_JSON}
ANYWHERE = {"type": "Point", "coordinates": [105, 21]}
#: What features are asked with: as they are, in boxes, with limits, at times.
ASKED = {
    "plain": [{}],
    "bbox": [
        {"bbox": box}
        for box in (
            "105,21,106,22", "-1.5,50,1.5,53", "-80,-5,-70,5", "177,65,-177,70", "-180,85,180,90", "-180,-90,180,-85",
        )
    ],
    "limit": [{"limit": limit} for limit in ("1", "5", "10000", "10005")],
    "datetime": [
        {"datetime": time}
        for time in (
            "2026-01-01T00:00:00Z", "2026-01-01", "2025-01-01/2026-06-01", "../2026-01-01", "2026-01-01T00:00:00Z/..",
        )
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def collections(ogc) -> list[dict]:
    return ogc.get("/collections").json()["collections"]


@pytest.fixture(scope="module")
def pages(ogc, collections) -> dict[str, list[tuple[dict, dict, object]]]:
    """Give for each way of asking: the collection, the parameters, the answer."""
    return {
        kind: [
            (collection, asked, ogc.get(f"/collections/{collection['id']}/items", params=asked, headers=AS_GEO_JSON))
            for collection in collections
            for asked in ways
        ]
        for kind, ways in ASKED.items()
    }  # fmt: skip


def parameter(ogc, collection_id: str, name: str) -> dict:
    """Give a parameter of a collection's path as the OpenAPI document describes it."""
    listed = ogc.get("/api").json()["paths"][f"/collections/{collection_id}/items"]["get"]["parameters"]
    (found,) = [told for told in listed if told["name"] == name]
    return found


def rels(document: dict) -> dict[str, list[dict]]:
    told: dict[str, list[dict]] = {}
    for link in document["links"]:
        told.setdefault(link["rel"], []).append(link)
    return told


def test_1_http_1_1_is_spoken(ogc):
    assert ogc.get("/").http_version == "HTTP/1.1"


def test_3_the_landing_page_is_there(ogc):
    assert ogc.get("/", headers={"Accept": "application/json"}).status_code == 200


def test_4_the_landing_page_links_to_description_conformance_and_data(ogc):
    told = rels(ogc.get("/").json())
    assert {"conformance", "data"} <= told.keys()
    assert {"service-desc", "service-doc"} & told.keys()


def test_5_the_api_definition_can_be_fetched(ogc):
    for link in rels(ogc.get("/").json())["service-desc"]:
        assert ogc.get(link["href"]).status_code == 200


def test_6_the_api_definition_is_openapi_3_0(ogc):
    answer = ogc.get("/api", headers={"Accept": "application/vnd.oai.openapi+json;version=3.0"})
    assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json;version=3.0")
    assert answer.json()["openapi"].startswith("3.0.")


def test_7_and_8_the_conformance_classes_hold_the_core(ogc):
    assert CORE in ogc.get("/conformance").json()["conformsTo"]


def test_9_the_collections_are_there(ogc):
    assert ogc.get("/collections").status_code == 200


def test_10_1_the_collections_link_to_themselves_and_other_forms(ogc):
    told = rels(ogc.get("/collections").json())
    assert all("type" in link for link in told["self"] + told["alternate"])


def test_10_2_the_collections_are_a_list_with_links(ogc):
    document = ogc.get("/collections").json()
    assert document["links"]
    assert len(document["collections"]) == 6


def test_10_3_each_collection_links_to_its_items_with_a_type(collections):
    for collection in collections:
        assert all(link["type"] for link in rels(collection)["items"])


def test_10_4_each_collection_has_an_extent_in_crs84(collections):
    for collection in collections:
        spatial = collection["extent"]["spatial"]
        assert spatial.get("crs", CRS84) == CRS84
        assert all(len(box) == 4 and box[0] < box[2] and box[1] < box[3] for box in spatial["bbox"])
        (interval,) = collection["extent"]["temporal"]["interval"]
        assert len(interval) == 2


def test_11_each_collection_can_be_fetched(ogc, collections):
    for collection in collections:
        assert ogc.get(f"/collections/{collection['id']}").status_code == 200


def test_12_a_collection_alone_says_what_the_list_says(ogc, collections):
    for collection in collections:
        assert ogc.get(f"/collections/{collection['id']}").json() == collection


def test_14_the_bbox_parameter_is_defined(ogc, collections):
    for collection in collections:
        told = parameter(ogc, collection["id"], "bbox")
        assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
        schema = told["schema"]
        assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 4, 6)
        assert schema["items"] == {"type": "number"}


def test_15_a_box_gives_the_features_that_meet_it(pages):
    met = 0
    for _, asked, answer in pages["bbox"]:
        west, south, east, north = map(float, asked["bbox"].split(","))
        parts = [shapely.box(west, south, east, north)] if west < east else [
            shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)
        ]  # fmt: skip
        for feature in answer.json()["features"]:
            shape = shapely.geometry.shape(feature["geometry"])
            assert any(part.intersects(shape) for part in parts)
            met += 1
    assert met > 5


def test_16_the_limit_parameter_is_defined(ogc, collections):
    for collection in collections:
        told = parameter(ogc, collection["id"], "limit")
        assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
        assert told["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 10}


def test_17_a_limit_is_kept_and_one_above_the_largest_is_the_largest(pages):
    for _, asked, answer in pages["limit"]:
        assert len(answer.json()["features"]) <= int(asked["limit"])


def test_18_the_datetime_parameter_is_defined(ogc, collections):
    for collection in collections:
        told = parameter(ogc, collection["id"], "datetime")
        assert (told["in"], told["required"], told["style"], told["explode"]) == ("query", False, "form", False)
        assert told["schema"]["type"] == "string"


def test_19_a_time_gives_the_features_that_held_then(pages):
    """Every feature that is shown came into force by the end of the time that was asked for."""
    seen = 0
    for _, asked, answer in pages["datetime"]:
        until = asked["datetime"].rpartition("/")[2]
        for feature in answer.json()["features"]:
            since = feature["properties"].get("valid_from")
            if since and until != "..":
                assert since <= until[:10]
                seen += 1
    assert seen > 5


def test_20_an_invalid_parameter_is_refused(ogc, collections):
    for collection in collections:
        for asked in ("limit=unlimited", "limit=0", "limit=-1", "bbox=1,2,3", "bbox=a,b,c,d", "datetime=yesterday"):
            assert ogc.get(f"/collections/{collection['id']}/items?{asked}").status_code == 400


def test_21_an_unknown_parameter_is_refused(ogc, collections):
    for collection in collections:
        assert ogc.get(f"/collections/{collection['id']}/items?unknown_parameter=1").status_code == 400


def operation(collection, asked, answer):
    assert answer.status_code == 200
    assert answer.headers["content-type"] == GEO_JSON


def coordinates_in_crs84(collection, asked, answer):
    for feature in answer.json()["features"]:
        west, south, east, north = shapely.geometry.shape(
            feature["geometry"] or {"type": "Point", "coordinates": [105, 21]}
        ).bounds
        assert 102 < west <= east < 118
        assert 6 < south <= north < 24


def type_property(collection, asked, answer):
    assert answer.json()["type"] == "FeatureCollection"


def features_property(collection, asked, answer):
    assert all(feature["type"] == "Feature" and "properties" in feature for feature in answer.json()["features"])


def links_property(collection, asked, answer):
    told = rels(answer.json())
    assert len(told["self"]) == 1
    assert all(link["rel"] and link["type"] for link in answer.json()["links"])
    assert {link["type"] for link in told["alternate"]} >= {"text/html", "text/csv", "application/flatgeobuf"}


def time_stamp(collection, asked, answer):
    stamped = dt.datetime.fromisoformat(answer.json()["timeStamp"])
    assert abs(stamped - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def number_matched(collection, asked, answer):
    # Told only where it is known without counting, and then it is the number of all that match.
    document = answer.json()
    has_next = any(link["rel"] == "next" for link in document["links"])
    assert document.get("numberMatched") == (None if has_next else document["numberReturned"])


def number_returned(collection, asked, answer):
    assert answer.json()["numberReturned"] == len(answer.json()["features"])


RESPONSE = {
    "13 operation": operation,
    "2.2 crs84": coordinates_in_crs84,
    "22.1 type": type_property,
    "22.2 features": features_property,
    "22.4 and 23 links": links_property,
    "22.5 and 24 timeStamp": time_stamp,
    "22.6 and 25 numberMatched": number_matched,
    "22.7 and 26 numberReturned": number_returned,
}


@pytest.mark.parametrize("checked", RESPONSE)
@pytest.mark.parametrize("kind", ASKED)
def test_features_answer_as_they_should(pages, kind, checked):
    for collection, asked, answer in pages[kind]:
        RESPONSE[checked](collection, asked, answer)


def test_27_every_feature_has_an_address(ogc, pages):
    for collection, _, answer in pages["plain"]:
        for feature in answer.json()["features"][:3]:
            assert ogc.get(f"/collections/{collection['id']}/items/{feature['id']}").status_code == 200


def test_28_and_29_a_feature_alone_is_the_one_of_the_list_with_its_links(ogc, pages):
    for collection, _, answer in pages["plain"]:
        listed = answer.json()["features"][0]
        alone = ogc.get(f"/collections/{collection['id']}/items/{listed['id']}").json()
        told = rels(alone)
        assert {name: alone[name] for name in listed} == listed
        assert told["self"]
        assert told["alternate"]
        assert told["collection"][0]["href"].endswith(f"/collections/{collection['id']}")
