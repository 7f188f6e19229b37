"""Which system delivered coordinates are in; what would land the map elsewhere is refused with the way out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from importer_files import ORIGIN, square, vbdlis, write_layer
from pyproj import CRS

from landdb.domain import crs
from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery
from landdb.importers.maps.crs_detection import envelope, resolve, zone_name
from landdb.importers.maps.declared_crs import epsg_of, epsg_of_projjson

#: The place of ORIGIN, with 10 km around it.
NEAR = (105.3152, 21.4141, 10.0)
SAMPLE = np.array([ORIGIN, (ORIGIN[0] + 500, ORIGIN[1] + 300)])

CUSTOM = (
    'PROJCS["{name}",GEOGCS["{datum}",DATUM["{datum}",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",{meridian}],PARAMETER["scale_factor",{scale}],PARAMETER["false_easting",500000],'
    'PARAMETER["false_northing",0],UNIT["metre",1]]'
)


def job(**told: Any) -> ImportJob:
    return ImportJob(Path("x"), **told)


def refused(**told: Any) -> ImportRefused:
    declared, sample = told.pop("declared", None), told.pop("sample", SAMPLE)
    with pytest.raises(ImportRefused) as caught:
        resolve(declared=declared, sample_xy=sample, job=job(**told))
    return caught.value


@pytest.mark.parametrize("srid", sorted(crs.ZONES))
def test_a_zone_written_by_hand_is_known_by_its_meridian(srid: int) -> None:
    meridian = crs.ZONES[srid].central_meridian
    for name, datum in (("VN2000_mui3", "VN_2000"), ("anything", "WGS_1984")):
        assert epsg_of(CUSTOM.format(name=name, datum=datum, meridian=meridian, scale=0.9999)) == srid


@pytest.mark.parametrize("srid", [9208, 5897, 3405, 2154, 4326, 32648, 4756])
def test_the_official_definition_is_known_as_itself(srid: int) -> None:
    definition = CRS.from_epsg(srid)
    assert epsg_of(definition.to_wkt("WKT1_ESRI")) == srid
    assert epsg_of(definition.to_wkt()) == srid
    assert epsg_of_projjson(definition.to_json_dict()) == srid
    assert epsg_of(f"EPSG:{srid}") == srid


def test_a_definition_with_its_own_shift_is_the_zone_it_describes() -> None:
    zone = "+proj=tmerc +lat_0=0 +lon_0=104.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84"
    assert epsg_of(CRS.from_proj4(f"{zone} +towgs84=-191.9,-39.3,-111.4,0,0,0,0").to_wkt()) == 9208


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "http://example.invalid/crs",
        "file:///etc/passwd",
        "urn:x",
        "+init=epsg:9208",
        "x" * 30_000,
        'PROJCS["cut off',
        CUSTOM.format(name="x", datum="x", meridian=104.76, scale=0.9999),
        CUSTOM.format(name="x", datum="x", meridian=104.75, scale=0.97),
    ],
)
def test_any_other_text_names_no_system(text: str | None) -> None:
    assert epsg_of(text) is None


def test_what_is_told_wins_over_what_is_declared() -> None:
    found = resolve(declared=5897, sample_xy=SAMPLE, job=job(crs=9208))
    assert (found.source_srid, found.sheet_srid, found.axes, found.how) == (9208, 9208, "EN", "TOLD")


def test_the_zone_is_found_from_the_commune() -> None:
    found = resolve(declared=None, sample_xy=SAMPLE, job=job(near=NEAR))
    assert (found.source_srid, found.how) == (9208, "FOUND")


def test_a_wrong_declaration_of_degrees_is_seen_through() -> None:
    found = resolve(declared=4326, sample_xy=SAMPLE, job=job(near=NEAR))
    assert found.source_srid == 9208
    assert "4326" in str(found.note)


def test_without_any_hint_the_file_is_refused() -> None:
    error = refused()
    assert error.code == "CRS_UNKNOWN"
    assert "--crs" in str(error.remedy)


def test_swapped_axes_are_refused_with_the_option_that_reads_them() -> None:
    for declared in (9208, 2154):
        sample = SAMPLE if declared == 9208 else np.array([(652_000.0, 6_862_000.0)])
        error = refused(declared=declared, sample=sample[:, ::-1])
        assert error.code == "AXES_SWAPPED"
        assert "--axes NE" in str(error.remedy)
    assert resolve(declared=9208, sample_xy=SAMPLE[:, ::-1], job=job(axes="NE")).axes == "NE"


def test_swapped_axes_are_seen_without_a_declaration_too() -> None:
    assert refused(sample=SAMPLE[:, ::-1], near=NEAR).code == "AXES_SWAPPED"


def test_the_wrong_meridian_is_refused_with_the_right_one() -> None:
    error = refused(declared=9211, near=NEAR)
    assert error.code == "WRONG_MERIDIAN"
    assert "EPSG:9208 (104°45')" in error.reason
    assert "--crs 9208" in str(error.remedy)


def test_data_that_fit_nowhere_near_are_read_with_a_note() -> None:
    far = resolve(declared=9208, sample_xy=SAMPLE, job=job(near=(106.7, 10.8, 10.0)))
    assert "km from the commune" in str(far.note)


def test_degrees_need_the_system_of_their_sheet() -> None:
    sample = np.array([(105.3, 21.4)])
    assert refused(declared=4326, sample=sample).code == "SHEET_CRS_REQUIRED"
    assert refused(declared=4326, sample=sample, sheet_crs=4326).code == "CRS_UNSUPPORTED"
    found = resolve(declared=None, sample_xy=sample, job=job(sheet_crs=9208))
    assert (found.source_srid, found.sheet_srid) == (4326, 9208)


def test_web_maps_are_brought_to_the_sheets_system() -> None:
    found = resolve(declared=3857, sample_xy=np.array([(11_723_000.0, 2_440_000.0)]), job=job(sheet_crs=9208))
    assert (found.source_srid, found.sheet_srid) == (3857, 9208)


@pytest.mark.parametrize("srid", [1, 5773, 999_999])
def test_a_code_that_is_no_map_system_is_refused(srid: int) -> None:
    assert refused(crs=srid).code == "CRS_UNSUPPORTED"


def test_a_zone_takes_all_latitudes_and_three_degrees_either_side() -> None:
    for zone in crs.ZONES.values():
        west, south, east, north = envelope(zone.srid)
        for lon, lat in ((zone.central_meridian - 3, 8.0), (zone.central_meridian + 3, 23.5)):
            x, y = crs.from_wgs84(zone.srid)(lon, lat)
            assert west < x < east
            assert south < y < north


def test_a_zone_is_named_as_people_know_it() -> None:
    assert zone_name(9211) == "9211 (106°00')"
    assert zone_name(9208) == "9208 (104°45')"
    assert zone_name(2154) == "2154"


def test_a_file_in_degrees_is_stored_in_the_sheets_zone(tmp_path: Path) -> None:
    lon, lat = crs.to_wgs84(9208)(*zip(*square().exterior.coords, strict=True))
    path = write_layer(
        tmp_path / "a.gpkg", [shapely.Polygon(list(zip(lon, lat, strict=True)))], vbdlis(1), crs="EPSG:4326"
    )
    with open_delivery(ImportJob(path, sheet_crs=9208)) as opened:
        row = next(iter(opened.batches())).to_pylist()[0]
        assert opened.description.srid == 9208
    assert shapely.from_wkb(row["geom"]).equals_exact(square(), 2e-3, normalize=True)
    assert row["computed_area_m2"] == pytest.approx(100, abs=1e-4)
