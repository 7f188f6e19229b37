"""Every format holds the same features; files open in GDAL and Arrow; nothing personal is in any of them."""

import csv
import io
import json
import sqlite3
import time

import httpx
import psycopg
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from landdb.store import rendering

pytestmark = pytest.mark.db

COLLECTIONS = ("parcels", "sheets", "communes", "land-objects", "certificate-extents", "findings")
ZONE = "http://www.opengis.net/def/crs/EPSG/0/9208"


def features(ogc: httpx.Client, collection: str, **asked) -> list[dict]:
    return ogc.get(f"/collections/{collection}/items", params={"limit": 1000, **asked}).json()["features"]


def fetch(ogc: httpx.Client, collection: str, form: str, **asked) -> bytes:
    answer = ogc.get(f"/collections/{collection}/items", params={"f": form, **asked})
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_text_sequence_holds_the_features_of_the_page(ogc, collection):
    told = fetch(ogc, collection, "geojsonseq").decode()
    assert [json.loads(line) for line in told.split("\x1e")[1:]] == features(ogc, collection)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_csv_holds_the_features_of_the_page(ogc, collection):
    rows = list(csv.DictReader(io.StringIO(fetch(ogc, collection, "csv").decode("utf-8-sig"))))
    plain = features(ogc, collection)
    assert [int(row["id"]) for row in rows] == [told["id"] for told in plain]
    for row, told in zip(rows, plain, strict=True):
        for name, value in told["properties"].items():
            if value is None or isinstance(value, str):
                assert row[name] == (value or "") or name.endswith(("_at", "area_m2"))
        shape = told["geometry"] and shapely.geometry.shape(told["geometry"])
        assert (row["geometry"] == "") == (shape is None)
        assert shape is None or shapely.equals_exact(shapely.from_wkt(row["geometry"]), shape, 1e-9)


@pytest.mark.parametrize("form", ["gpkg", "fgb"])
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_files_open_in_gdal_with_every_feature(ogc, collection, form, tmp_path):
    path = tmp_path / f"told.{form}"
    path.write_bytes(fetch(ogc, collection, form))
    info, _, shapes, (keys, *_) = pyogrio.raw.read(path)
    plain = features(ogc, collection)
    assert info["crs"] == "EPSG:4326"
    assert list(keys) == [told["id"] for told in plain]
    assert list(info["fields"][1:]) == list(plain[0]["properties"])
    for wkb, told in zip(shapes, plain, strict=True):
        shape = told["geometry"] and shapely.geometry.shape(told["geometry"])
        assert (wkb is None) == (shape is None)
        assert shape is None or shapely.hausdorff_distance(shapely.from_wkb(wkb), shape) < 1e-7


def test_a_geopackage_in_a_zone_holds_the_coordinates_of_the_sheets(ogc, ogc_world, tmp_path):
    path = tmp_path / "told.gpkg"
    path.write_bytes(fetch(ogc, "parcels", "gpkg", crs=ZONE, filter="srid = 9208 AND geometry IS NOT NULL"))
    info, _, shapes, _ = pyogrio.raw.read(path)
    with psycopg.connect(ogc_world.url) as conn:
        stored = conn.execute(
            "SELECT ST_AsBinary(geom) FROM cadastre.parcel WHERE ST_SRID(geom) = 9208 ORDER BY parcel_id"
        ).fetchall()
    assert info["crs"] == "EPSG:9208"
    assert all(
        shapely.equals(shapely.from_wkb(one), shapely.from_wkb(other))
        for one, (other,) in zip(shapes, stored, strict=True)
    )
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT table_name FROM gpkg_contents").fetchone() == ("parcels",)
    db.close()


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_geoparquet_holds_types_and_its_metadata(ogc, collection):
    table = pq.read_table(io.BytesIO(fetch(ogc, collection, "parquet")))
    geo = json.loads(table.schema.metadata[b"geo"])
    plain = features(ogc, collection)
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert "crs" not in geo["columns"]["geometry"]
    assert table["feature_id"].to_pylist() == [told["id"] for told in plain]
    if collection == "parcels":
        codes = [told["properties"]["land_use_codes"] for told in plain]
        assert table["land_use_codes"].to_pylist() == codes


def test_json_fg_has_the_place_as_drawn_and_the_degrees_beside_it(ogc, ogc_world):
    document = ogc.get(f"/collections/parcels/items/{ogc_world.abroad[0]}?f=jsonfg").json()
    assert document["conformsTo"] == ["http://www.opengis.net/spec/json-fg-1/1.0/conf/core"]
    assert document["featureType"] == "parcels"
    assert document["place"]["coordRefSys"] == "http://www.opengis.net/def/crs/EPSG/0/9210"
    assert document["geometry"]["coordinates"][0][0][0] == pytest.approx(105.4, abs=0.3)
    assert document["time"]["interval"] == ["2025-08-01", ".."]


def test_bulk_formats_take_a_limit_and_go_over_chunks(ogc, monkeypatch):
    monkeypatch.setattr("api.ogc.streams.CHUNK", 7)
    monkeypatch.setattr("api.ogc.files.CHUNK", 7)
    plain = [told["id"] for told in features(ogc, "parcels")]
    for limit in (None, 3, 7, 8, 20):
        asked = {} if limit is None else {"limit": limit}
        lines = fetch(ogc, "parcels", "geojsonseq", **asked).decode().split("\x1e")[1:]
        table = pq.read_table(io.BytesIO(fetch(ogc, "parcels", "parquet", **asked)))
        assert [json.loads(line)["id"] for line in lines] == plain[:limit]
        assert table["feature_id"].to_pylist() == plain[:limit]


def test_what_was_rendered_ahead_reads_as_what_is_written_live(ogc, ogc_world):
    live = features(ogc, "parcels")
    with psycopg.connect(ogc_world.url) as conn:
        conn.execute("UPDATE serving.rendered_parcel SET version = -1")
        for (commune_id,) in conn.execute("SELECT DISTINCT commune_id FROM cadastre.parcel").fetchall():
            rendering.render(conn, commune_id, limit=1000)
        ahead = conn.execute("SELECT feature::json FROM serving.rendered_parcel ORDER BY parcel_id").fetchall()
    assert [told for (told,) in ahead] == live
    assert features(ogc, "parcels") == live
    assert [json.loads(line) for line in fetch(ogc, "parcels", "geojsonseq").decode().split("\x1e")[1:]] == live


PAGES = (
    "/", "/conformance", "/collections", "/functions", "/api",
    *(f"/collections/{name}{rest}" for name in COLLECTIONS for rest in ("", "/items", "/queryables")),
)  # fmt: skip


@pytest.mark.parametrize("accept", ["text/html", "application/xhtml+xml;q=0.9,*/*;q=0.1"])
def test_browsers_get_pages_without_script(ogc, accept):
    for path in PAGES:
        answer = ogc.get(path, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "<script" not in answer.text
        assert "style-src 'sha256-" in answer.headers["content-security-policy"]


def test_the_accept_header_chooses_and_f_overrules_it(ogc):
    def kind(accept: str, query: str = "") -> str:
        return ogc.get(f"/collections/sheets/items{query}", headers={"Accept": accept}).headers["content-type"]

    assert kind("*/*") == "application/geo+json"
    assert kind("application/json") == "application/geo+json"
    assert kind("text/csv") == "text/csv; charset=utf-8"
    assert kind("application/flatgeobuf, application/geo+json;q=0.9") == "application/flatgeobuf"
    assert kind("application/xml") == "application/geo+json"
    assert kind("text/html", "?f=json") == "application/geo+json"
    assert ogc.get("/collections/sheets/items?f=shp").json()["faults"] == [{"field": "f", "reason": "UNKNOWN_FORMAT"}]


def test_answers_are_compressed_where_that_is_asked_for(ogc):
    plain = ogc.get("/collections/parcels/items?limit=100", headers={"Accept-Encoding": "identity"})
    packed = ogc.get("/collections/parcels/items?limit=100", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json()["features"] == plain.json()["features"]


def test_no_format_of_no_collection_names_a_person(ogc):
    for collection in COLLECTIONS:
        for form in ("json", "jsonfg", "geojsonseq", "csv", "html", "fgb", "parquet", "gpkg"):
            told = fetch(ogc, collection, form)
            assert "Nguyễn Văn Ảo".encode() not in told
            assert b"099085000123" not in told
            assert b"AC 00099001" not in told
            assert b"TEN001" not in told


def test_what_is_withheld_is_named(ogc):
    told = ogc.get("/collections/certificate-extents/items").json()
    assert [entry["field"] for entry in told["withheld"]] == ["properties.serial", "properties.registry_no"]


def test_a_file_that_was_sent_is_gone(ogc, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fetch(ogc, "parcels", "gpkg")
    # The client has the last byte a moment before the server is done with the file.
    until = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["csv", "geojsonseq", "gpkg"])
def test_what_differs_by_asker_is_kept_by_no_cache(ogc, form):
    headers = ogc.get("/collections/certificate-extents/items", params={"f": form}).headers
    assert headers["cache-control"] == "no-store"
