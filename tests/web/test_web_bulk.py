"""A list of numbers dropped on the page comes back filled."""

import pytest
import python_calamine

pytestmark = [pytest.mark.db, pytest.mark.web]


@pytest.fixture
def known(site):
    """Give sheet and number of a parcel of the sample commune."""
    return site.ask(
        "SELECT s.sheet_no, p.parcel_no, p.parcel_id FROM cadastre.parcel AS p"
        " JOIN cadastre.sheet AS s USING (sheet_id) JOIN admin.commune AS c ON c.commune_id = s.commune_id"
        " WHERE c.commune_code = '99001' ORDER BY p.parcel_id LIMIT 1"
    )


def test_a_list_comes_back_filled_for_everybody(visit, known, tmp_path):
    sheet_no, parcel_no, parcel_id = known
    source = tmp_path / "danh sách.csv"
    source.write_text(f"Số tờ,Số thửa,Ghi chú\n{sheet_no},{parcel_no},=1+1\n{sheet_no},99999,\n", "utf-8")
    at = visit("/app/bulk?commune=99001")
    at.page.get_by_label("Mã xã cho các dòng không ghi xã").fill("99001")
    with at.page.expect_download() as taken:
        at.page.locator("input[type=file]").set_input_files(source)
    assert taken.value.suggested_filename == "danh sách_ket_qua.xlsx"
    at.page.wait_for_selector(".note.good")
    target = tmp_path / "filled.xlsx"
    taken.value.save_as(target)
    with python_calamine.load_workbook(str(target)) as book:
        heading, found, missing = book.get_sheet_by_index(0).to_python()
    assert heading[:4] == ["Số tờ", "Số thửa", "Ghi chú", "Kết quả"]
    assert found[2:4] == ["=1+1", "Tìm thấy"]
    assert found[heading.index("Khóa thửa")] == parcel_id
    assert missing[3] == "Không tìm thấy"
    assert at.faults() == []


def test_a_table_that_names_no_parcels_is_told_what_to_head_its_columns(visit, tmp_path):
    source = tmp_path / "khac.csv"
    source.write_text("Họ tên,Năm sinh\nA,1970\n", "utf-8")
    at = visit("/app/bulk", refusals=(400,))
    at.page.locator("input[type=file]").set_input_files(source)
    at.page.wait_for_selector(".note.error")
    assert "Số tờ" in at.page.locator(".note.error").inner_text()
    assert at.faults() == []
