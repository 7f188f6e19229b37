"""What a finding is about is told by parcels and sheets, never by the key of a party or paper."""

import datetime as dt

import pytest

from landdb.reporting.telling import readable_subject
from landdb.store.finding_list import FindingRow

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def finding(subject: str, *, parcel: str | None = None, other: str | None = None) -> FindingRow:
    (sheet_no, parcel_no), (other_sheet_no, other_parcel_no) = (
        (None, None) if place is None else place.split("/") for place in (parcel, other)
    )
    return FindingRow(
        finding_id=1, fingerprint="", rule_id="TEN003", severity="error", state="open", commune_code="99001",
        subject=subject, parcel_id=None, other_parcel_id=None, sheet_no=sheet_no, parcel_no=parcel_no,
        other_sheet_no=other_sheet_no, other_parcel_no=other_parcel_no, other_commune_code=None, lon=None, lat=None,
        srid=None, geom=None, measure=None, unit=None, area_m2=None, width_m=None, details={}, first_seen=NOW,
        last_seen=NOW, is_new=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (finding("12/345"), "12/345"),
        (finding("12/1|12/2"), "12/1 và 12/2"),
        (finding("99"), "99"),
        (finding("4/137 certificate:390", parcel="4/137"), "4/137"),
        (finding("party:130", parcel="5/271"), "thửa 5/271"),
        (finding("party:1|party:2", parcel="1/1", other="1/2"), "thửa 1/1 và 1/2"),
        (finding("party:1|party:2", parcel="1/1", other="1/1"), "thửa 1/1"),
        (finding("party:7 birth"), "xã 99001"),
        (finding("right:4"), "xã 99001"),
        (finding("scan:12"), "xã 99001"),
        (finding("commune"), "xã 99001"),
        (finding("commune ONT"), "xã 99001"),
    ],
)
def test_a_subject_reads_as_people_say_it(row, told):
    assert readable_subject(row, "vi") == told


def test_english_says_and():
    assert readable_subject(finding("party:1|party:2", parcel="1/1", other="1/2"), "en") == "parcel 1/1 and 1/2"
