"""What an extract tells is measured right, and nobody alters it unseen."""

import datetime as dt
import json
import math
import zlib

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from landdb.errors import InvalidValue
from landdb.reporting import extract
from landdb.reporting.extract import Seal, facts, paper
from landdb.reporting.extract.outline import outline_of
from landdb.reporting.extract.sketch import Ground, draw

HANOI = dt.timezone(dt.timedelta(hours=7))
ZONE = 9210
RING = [(500000, 2300000), (500018, 2300000), (500018, 2300030), (500000, 2300024)]


def geojson(*rings):
    return json.loads(shapely.to_geojson(shapely.Polygon(rings[0], rings[1:])))


@pytest.fixture
def seal(tmp_path):
    return Seal.make(tmp_path / "extracts.json")


@pytest.fixture
def told():
    outline = outline_of(geojson(RING))
    shape = shapely.Polygon(RING)
    sketch = draw(Ground("12", "345", "ONT", "486,0 m²", shape, outline))
    parcel = {
        "parcel_id": 7,
        "provenance": {"version": 2},
        "parcel_code": None,
        "commune": {"code": "07954", "name": "Phong Châu", "kind": "xã"},
        "sheet": {"sheet_no": "12", "scale_denominator": 1000, "srid": ZONE},
        "parcel_no": "345",
        "old_numbers": {"old_sheet_no": "7", "old_parcel_no": "98"},
        "address": '#import "/etc/passwd" *thôn* $x$ \\ "',
        "areas": {"legal_area_m2": 486.0, "registered_area_m2": None, "computed_area_m2": 486.0},
        "land_uses": [],
        "rights": [],
        "certificates": [],
        "findings": None,
        "withheld": [{"field": "rights.party", "reason": "ND101-61"}],
        "geometry_fault": None,
    }
    heading = facts.Heading(
        code="K7QF-2M9X-P4TD",
        issued_at=dt.datetime(2026, 11, 26, 9, tzinfo=HANOI),
        language="vi",
        valid_at=dt.date(2026, 11, 26),
        known_at=None,
        check_url="http://127.0.0.1:8000/app/check?code=K7QF-2M9X-P4TD",
        program="0.1.0",
    )
    return facts.gather(parcel, facts.Told("Phú Thọ", [], outline, sketch), heading)


def test_corners_run_clockwise_from_the_north_west_and_sides_have_their_lengths():
    outline = outline_of(geojson(RING))
    assert [(c.number, c.easting_m, c.northing_m) for c in outline.corners] == [
        (1, 500000, 2300024), (2, 500018, 2300030), (3, 500018, 2300000), (4, 500000, 2300000),
    ]  # fmt: skip
    assert [(s.start.number, s.end.number) for s in outline.sides] == [(1, 2), (2, 3), (3, 4), (4, 1)]
    assert [round(s.length_m, 2) for s in outline.sides] == [round(math.hypot(18, 6), 2), 30, 18, 24]


def test_corners_of_a_hole_are_numbered_on():
    hole = [(500005, 2300005), (500010, 2300005), (500010, 2300010), (500005, 2300010)]
    outline = outline_of(geojson(RING, hole))
    assert [corner.number for corner in outline.corners] == list(range(1, 9))
    assert [(s.start.number, s.end.number) for s in outline.sides][4:] == [(5, 6), (6, 7), (7, 8), (8, 5)]


@given(st.integers(3, 40), st.floats(1, 500), st.booleans())
def test_the_sides_make_the_perimeter_whichever_way_the_ring_was_drawn(corners, radius_m, turned):
    ring = [(500000 + radius_m * math.cos(a), 2300000 + radius_m * math.sin(a))
            for a in (2 * math.pi * at / corners for at in range(corners))]  # fmt: skip
    outline = outline_of(geojson(list(reversed(ring)) if turned else ring))
    assert sum(side.length_m for side in outline.sides) == pytest.approx(shapely.Polygon(ring).length)
    assert len(outline.corners) == corners


def test_a_paper_carries_what_was_signed_and_is_printed_the_same_twice(seal, told):
    signed = seal.sign(told)
    pdf = paper.print_paper(signed)
    assert pdf.startswith(b"%PDF-")
    assert paper.read_signed(pdf) == signed
    assert paper.print_paper(signed) == pdf
    checked = extract.check_file(pdf, seal.public_key)
    assert (checked.standing, checked.code, checked.parcel_id) == ("GENUINE", "K7QF-2M9X-P4TD", 7)


def test_facts_that_were_altered_are_told(seal, told):
    signed = seal.sign(told)
    richer = {**signed, "facts": {**told, "areas": {**told["areas"], "legal_area_m2": 4860.0}}}
    assert extract.check_file(paper.print_paper(richer), seal.public_key).standing == "ALTERED"


def test_a_paper_that_was_altered_beside_its_facts_is_told(seal, told):
    pdf = bytearray(paper.print_paper(seal.sign(told)))
    start = pdf.index(b"stream") + len(b"stream\n")
    for at in range(start, len(pdf)):
        end = pdf.find(b"endstream", at)
        try:
            content = zlib.decompress(bytes(pdf[at : end - 1]))
        except zlib.error:
            continue
        assert content
        break
    pdf[-20] ^= 1
    assert extract.check_file(bytes(pdf), seal.public_key).standing == "ALTERED"


def test_a_paper_of_another_office_is_told(seal, told, tmp_path):
    other = Seal.make(tmp_path / "other.json")
    assert extract.check_file(paper.print_paper(other.sign(told)), seal.public_key).standing == "FOREIGN"


def test_what_is_no_extract_is_refused(seal):
    with pytest.raises(InvalidValue, match="NO_EXTRACT"):
        extract.check_file(b"%PDF-1.7\nstream\n" + zlib.compress(b"x" * 100) + b"\nendstream", seal.public_key)


def test_the_key_is_kept_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "extracts.json"
    assert Seal.make(file).key_id == Seal.make(file).key_id
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("typed", ["k7qf2m9xp4td", "K7QF-2M9X-P4TD", " k7qf 2m9x p4td "])
def test_a_code_is_read_as_people_type_it(typed):
    assert extract.read_code(typed) == "K7QF-2M9X-P4TD"


def test_letters_that_are_mistaken_for_digits_are_read_as_those():
    assert extract.read_code("OIL0-0000-0000") == "0110-0000-0000"


@pytest.mark.parametrize("typed", ["", "K7QF-2M9X", "K7QF-2M9X-P4TU", "K7QF-2M9X-P4T✓"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(InvalidValue, match="NO_EXTRACT_CODE"):
        extract.read_code(typed)
