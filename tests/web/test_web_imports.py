"""Files dropped on the page: read, corrected, stored, their rejects told."""

import pytest
from importer_files import square, write_layer

pytestmark = [pytest.mark.db, pytest.mark.web]

#: Beside the sample commune's own sheets, inside its boundary's neighbourhood.
FAR = (557_000.0, 2_367_500.0)


@pytest.fixture
def delivery(tmp_path):
    return write_layer(
        tmp_path / "thửa mới.gpkg",
        [square(place, origin=FAR) for place in range(3)],
        {"XA": ["99001"] * 3, "TO": ["88"] * 3, "THUA": ["1", "2", None]},
        geometry_type="Polygon",
        layer="thua_dat",
    )


def test_a_file_is_corrected_imported_and_its_rejects_are_listed(visit, site, accounts, delivery):
    at = visit("/app/import", account=accounts["clerk"])
    at.page.locator("input[type=file]").set_input_files(delivery)
    at.page.wait_for_selector(".import .paper h2")
    assert at.page.locator(".import .paper h2").inner_text() == "thửa mới.gpkg"
    correction = at.page.locator(".import details:has(form)")
    if correction.get_attribute("open") is None:
        correction.locator("summary").click()
    for field, column in (("commune_code", "XA"), ("sheet_no", "TO"), ("parcel_no", "THUA")):
        at.page.get_by_label(field, exact=True).fill(column)
    at.page.get_by_role("button", name="Đọc lại").click()
    at.page.get_by_role("button", name="Bắt đầu nhập").click()
    at.page.wait_for_selector(".import .note.warning", timeout=60_000)
    assert "3 bản ghi = 2 lưu" in at.page.locator(".import .note.warning").first.inner_text()
    at.page.wait_for_selector(".import :text('MISSING_PARCEL_NO')")
    with at.page.expect_download() as taken:
        at.page.get_by_role("button", name="Tải bảng dòng bị từ chối").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    assert at.faults() == []
    (stored,) = site.ask(
        "SELECT count(*) FROM cadastre.parcel AS p JOIN cadastre.sheet AS s USING (sheet_id) WHERE s.sheet_no = '88'"
    )
    assert stored == 2


def test_what_cannot_be_read_is_told_with_its_remedy(visit, accounts, tmp_path):
    fake = tmp_path / "a.geojson"
    fake.write_text("<OGRVRTDataSource/>")
    at = visit("/app/import", account=accounts["clerk"])
    at.page.locator("input[type=file]").set_input_files(fake)
    at.page.wait_for_selector(".import .note.error")
    assert at.faults() == []


def test_a_guest_is_not_offered_to_import(visit):
    at = visit("/app")
    assert at.page.get_by_role("button", name="Nhập tệp").count() == 0
