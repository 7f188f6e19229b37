"""One delivered record is one row: normalised, decoded, or quarantined with its reason."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from importer_files import square

from landdb.domain.text import encode_legacy
from landdb.importers import ImportJob, wire
from landdb.importers.maps.crs_detection import ResolvedCrs
from landdb.importers.maps.rows import Reject, feature_batch
from landdb.importers.rejects import REJECTS

SOURCE = ResolvedCrs(9208, 9208, "EN", "TOLD")
FIELDS: dict[str, list[Any]] = {"commune_code": ["07954"], "sheet_no": ["12"], "parcel_no": ["3"]}


def rows_of(
    count: int = 1, job: ImportJob | None = None, noun: Any = "parcel", **fields: list[Any]
) -> list[dict[str, Any]]:
    attributes = {name: values * count for name, values in FIELDS.items()} | fields
    batch = feature_batch(
        layer="test",
        noun=noun,
        attributes={name: values for name, values in attributes.items() if values},
        geometries=np.array([square(i) for i in range(count)], dtype=object),
        row_no=1,
        source=SOURCE,
        job=job or ImportJob(Path("x")),
    )
    assert batch.schema == wire.FEATURE
    batch.validate(full=True)
    return batch.to_pylist()


def test_codes_and_numbers_take_their_comparable_form() -> None:
    row = rows_of(commune_code=[7954.0], sheet_no=["012"], parcel_no=[3], parcel_code=["W7FCG57T48YE"])[0]
    assert (row["commune_code"], row["sheet_no"], row["parcel_no"]) == ("07954", "12", "3")
    assert row["parcel_code"] == "w7fcg57t48ye"
    assert row["reject_code"] is None


def test_the_job_fills_what_the_rows_leave_out() -> None:
    job = ImportJob(Path("x"), commune_code="7954", sheet_no="05")
    row = rows_of(job=job, commune_code=[], sheet_no=[None])[0]
    assert (row["commune_code"], row["sheet_no"]) == ("07954", "5")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"commune_code": [None]}, "MISSING_COMMUNE"),
        ({"commune_code": ["Xã Phú Mỹ"]}, "UNKNOWN_COMMUNE_CODE_FORM"),
        ({"sheet_no": ["  "]}, "MISSING_SHEET_NO"),
        ({"parcel_no": [""]}, "MISSING_PARCEL_NO"),
    ],
)
def test_a_row_nobody_could_find_again_is_quarantined_whole(fields: dict[str, list[Any]], code: str) -> None:
    row = rows_of(**fields)[0]
    assert row["reject_code"] == code
    assert row["reject_reason"]
    assert row["reject_remedy"]
    assert set(json.loads(row["raw_row"])) == set(FIELDS)


def test_a_road_needs_neither_sheet_nor_number() -> None:
    row = rows_of(noun="land_object", sheet_no=[None], parcel_no=[None], object_kind=["Đường giao thông"])[0]
    assert row["reject_code"] is None
    assert row["object_kind"] == "road"


def test_the_readers_own_verdict_wins() -> None:
    own = Reject("TWO_NUMBERS", "parcel_no", "Two numbers lie in the parcel.", "Move one.")
    batch = feature_batch(
        layer="test", noun="parcel", attributes=FIELDS | {"parcel_no": [None]},
        geometries=np.array([square()], dtype=object), row_no=1, source=SOURCE, job=ImportJob(Path("x")),
        rejects={0: own},
    )  # fmt: skip
    assert batch.column("reject_code").to_pylist() == ["TWO_NUMBERS"]


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_old_fonts_become_unicode_and_the_raw_bytes_are_kept(encoding: str) -> None:
    addresses = ["thôn đồng ruộng", "xóm giữa", "khu phố mới", "thôn trường thịnh", "ấp đường xuồng"]
    legacy = [encode_legacy(text, encoding) for text in addresses]
    rows = rows_of(len(addresses), address=legacy)
    assert [row["address"] for row in rows] == addresses
    assert [json.loads(row["raw"])["address"] for row in rows] == legacy


def test_good_unicode_is_left_alone() -> None:
    row = rows_of(address=["Thôn Đồng Ruộng"])[0]
    assert row["address"] == "Thôn Đồng Ruộng"
    assert row["raw"] is None


def test_areas_with_a_decimal_comma_are_numbers_and_nonsense_is_kept_aside() -> None:
    rows = rows_of(3, registered_area_m2=["1.234,5", "29,16 m2", "chưa đo"])
    assert [row["registered_area_m2"] for row in rows] == [1234.5, 29.16, None]
    assert json.loads(rows[2]["raw"]) == {"registered_area_m2": "chưa đo"}


def test_a_scale_is_its_denominator() -> None:
    rows = rows_of(4, scale_denominator=["1:1000", "1/500", "2000", "?"])
    assert [row["scale_denominator"] for row in rows] == [1000, 500, 2000, None]


def test_equal_rows_have_equal_digests_and_any_change_another() -> None:
    first, again, other = rows_of()[0], rows_of()[0], rows_of(land_use=["ONT"])[0]
    assert len(first["delivered_hash"]) == 16
    assert first["delivered_hash"] == again["delivered_hash"] != other["delivered_hash"]


def test_text_cut_in_the_middle_of_a_letter_does_not_stop_the_reading() -> None:
    broken = pa.Array.from_buffers(
        pa.utf8(), 1, [None, pa.array([0, 5], pa.int32()).buffers()[1], pa.py_buffer(b"Th\xc3\xb4\xc3")]
    )
    batch = feature_batch(
        layer="test", noun="parcel", attributes=FIELDS | {"address": broken},
        geometries=np.array([square()], dtype=object), row_no=1, source=SOURCE, job=ImportJob(Path("x")),
    )  # fmt: skip
    assert batch.column("address").to_pylist() == ["Thô\ufffd"]


def test_every_reject_says_what_to_do() -> None:
    assert all(reject.reason.endswith(".") and reject.remedy.endswith(".") for reject in REJECTS.values())
