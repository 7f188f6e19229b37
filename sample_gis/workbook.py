"""The campaign workbook PL3-01: one row per certificate × parcel × person, 49 columns after the running number."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import xlsxwriter

from sample_gis.papers import Certificate, Holder, ParcelRecord, Survey

Cell = str | float | datetime | None
USE_HEADERS = ("Loại đất", "Diện tích", "Nguồn gốc sử dụng", "Hình thức sử dụng", "Thời hạn sử dụng")
HEADERS = (
    "STT", "Mã ĐVHC cấp xã", "Số phát hành GCN", "Ngày cấp GCN", "Số vào sổ GCN", "Tên tổ chức",
    "Số định danh tổ chức", "Họ tên chủ sử dụng/đại diện tổ chức", "Ngày, tháng, năm sinh", "Giới tính",
    "Số ĐDCN/CCCD", "Địa chỉ thường trú", "Pháp nhân trên GCN", "Vai trò", "Tên người sử dụng hiện tại",
    "CCCD người sử dụng hiện tại", "Địa chỉ thường trú 2 cấp", "Lý do thay đổi", "Mã định danh thửa đất",
    "Số tờ ghi trên GCN", "Số thửa ghi trên GCN", "Số hiệu tờ trên bản đồ địa chính", "Số thứ tự thửa trên BĐĐC",
    "Địa chỉ thửa đất", "Diện tích thửa", *USE_HEADERS * 3, "Loại tài sản",
    "Khu chung cư", "Nhà chung cư", "Số căn hộ", "Diện tích xây dựng", "Diện tích sàn", "Hình thức sở hữu",
    "Thời hạn sở hữu", "Cấp hạng", "Tên file quét",
)  # fmt: skip
NUMBERS = ("", *range(1, 14), "", "", *range(14, 21), *range(23, 50))
SEXES = {"M": "Nam", "F": "Nữ"}
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 (workbook times carry no zone)


def uses_cells(record: ParcelRecord, certificate: Certificate) -> Iterator[Cell]:
    """Give the fifteen cells of the three use groups."""
    for use in (*record.uses, None, None, None)[:3]:
        if use is None:
            yield from (None,) * 5
        else:
            yield from (use.code, use.area_m2, certificate.origin, certificate.form, certificate.term)


def _row(survey: Survey, certificate: Certificate, record: ParcelRecord, holder: Holder, scan: str) -> list[Cell]:
    person, organisation = holder.person, holder.organisation
    return [
        survey.fabric.recipe.code, certificate.serial, f"{certificate.issued_on:%d/%m/%Y}", certificate.registry_no,
        organisation.name if organisation else None, organisation.number if organisation else None,
        person.name, person.born, SEXES[person.sex], person.citizen_id, person.residence, certificate.group,
        holder.role, None, None, person.residence, None, record.code or None, record.sheet_no, record.parcel_no,
        record.sheet_no, record.parcel_no, record.address, record.registered_m2, *uses_cells(record, certificate),
        *(None,) * 9, scan,
    ]  # fmt: skip


def rows(survey: Survey) -> Iterator[list[Cell]]:
    """Give the workbook's rows, with the mixed cell types that offices really deliver."""
    rng = Random(survey.fabric.recipe.seed + "-cells")
    for certificate in survey.certificates:
        for key in certificate.keys:
            for holder in certificate.holders:
                row = _row(survey, certificate, survey.parcels[key], holder, certificate.scan_file)
                yield _as_typed(row, certificate, holder, rng)


def _as_typed(row: list[Cell], certificate: Certificate, holder: Holder, rng: Random) -> list[Cell]:
    """Type a cell now and then the other way: a date as a date, a year as a number, an area as text."""
    if rng.random() < 0.1:
        row[2] = datetime.combine(certificate.issued_on, datetime.min.time())
    if rng.random() < 0.3 and len(holder.person.born) == 4:
        row[7] = float(holder.person.born)
    if rng.random() < 0.1 and isinstance(row[23], float):
        row[23] = f"{row[23]:.1f}".replace(".", ",")
    return row


def write(survey: Survey, path: Path) -> int:
    """Write the workbook and give the number of its rows."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    book.set_properties({"title": "PL3-01 (mẫu)", "author": "landdb sample_gis", "created": CREATED})
    sheet = book.add_worksheet("PL3-01")
    sheet.write(0, 0, f"PL3-01: {survey.fabric.recipe.full_name} (dữ liệu mẫu, không có thật)")
    sheet.write_row(1, 0, HEADERS)
    sheet.write_row(2, 0, NUMBERS)
    count = 0
    for count, row in enumerate(rows(survey), start=1):
        _write_row(sheet, count, row)
    book.close()
    return count


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, count: int, row: Iterable[Cell]) -> None:
    sheet.write_number(count + 2, 0, count)
    for column, value in enumerate(row, start=1):
        if isinstance(value, str):
            sheet.write_string(count + 2, column, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(count + 2, column, value)
        elif value is not None:
            sheet.write_number(count + 2, column, value)
