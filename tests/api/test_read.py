"""`landdb.read`: a database and a service become the same frame."""

import numpy as np
import psycopg
import pytest
import shapely

import landdb
from landdb.client import Client
from landdb.errors import InvalidValue

pytestmark = pytest.mark.db


def test_pages_of_a_collection_are_followed_to_the_end(ogc_address, ogc_world):
    with Client(ogc_address) as asking:
        found = [feature["id"] for feature in asking.items("parcels", limit=4)]
    assert len(found) == len(set(found))
    assert set(ogc_world.parcels) <= set(found)


def test_database_and_service_are_read_into_the_same_frame(ogc_address, ogc_world):
    frames = [landdb.read(source) for source in (ogc_world.url, ogc_address)]
    for frame in frames:
        assert (frame.index.name, frame.crs.to_epsg()) == ("parcel_id", 4326)
        assert set(ogc_world.parcels) <= set(frame.index)
        assert str(frame["legal_area_m2"].dtype) == "double[pyarrow]"
    one, other = (frame.sort_index() for frame in frames)
    assert list(one.columns) == list(other.columns)
    assert one.index.equals(other.index)
    assert one["sheet_no"].equals(other["sheet_no"])
    usable = one.geometry.notna()
    assert shapely.equals_exact(one.geometry[usable].array, other.geometry[usable].array, tolerance=1e-9).all()


def test_a_frame_is_narrowed_by_commune_box_filter_and_day_and_comes_in_a_zone(ogc_world):
    first = ogc_world.parcels[0]
    whole = landdb.read(ogc_world.url, commune="07954")
    west, south, east, north = whole.geometry[first].buffer(-1e-6).bounds
    assert first in landdb.read(ogc_world.url, bbox=(west, south, east, north)).index
    assert len(landdb.read(ogc_world.url, bbox=(west, south, east, north))) < len(whole)
    assert list(landdb.read(ogc_world.url, where="parcel_no = '1' AND sheet_no = '12'").columns) == list(whole.columns)
    assert landdb.read(ogc_world.url, valid_at="2001-01-01").empty
    zone = landdb.read(ogc_world.url, commune="07954", crs=9208)
    with psycopg.connect(ogc_world.url) as conn:
        (wkb,) = conn.execute("SELECT ST_AsBinary(geom) FROM cadastre.parcel WHERE parcel_id = %s", [first]).fetchone()
    native = shapely.from_wkb(bytes(wkb))
    assert shapely.hausdorff_distance(zone.geometry[first], native) < 0.001
    assert np.isclose(zone.geometry[first].area, native.area, rtol=1e-6)


def test_what_cannot_be_meant_is_refused_with_its_remedy(ogc_world):
    with pytest.raises(InvalidValue, match="crs"):
        landdb.read(ogc_world.url, crs=3857)
    with pytest.raises(InvalidValue, match="commune"):
        landdb.read(ogc_world.url, commune="Phong Châu' OR 1=1")
    with pytest.raises(InvalidValue):
        landdb.read(ogc_world.url, where="no such = property")
