"""Files the way surveyors deliver them: the rural commune in old formats, the ward in new ones."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from shapely import Polygon

from sample_gis import workbook
from sample_gis.layers import Layer, Shape, write_gpkg, write_shapefile_zip
from sample_gis.papers import WRONG_SRID, ParcelRecord, Survey
from sample_gis.recipes import RURAL
from sample_gis.ring_edits import in_zone

HOLDER_COLUMNS = (
    "maXa", "soHieuToBanDo", "soThuTuThua", "maThuaDat", "dienTichThua", "diaChiThuaDat", "soPhatHanh", "soVaoSo",
    "ngayCap", "loaiChu", "vaiTro", "tenToChuc", "maDoanhNghiep", "maSoThue", "hoTen", "ngaySinh", "gioiTinh",
    "soGiayTo", "diaChi", "tiLeSoHuu",
    *("kyHieuMucDichSuDung", "dienTich", "nguonGoc", "hinhThucSuDung", "thoiHanSuDung") * 3,
)  # fmt: skip
CROSSWALK_COLUMNS = (
    "tinhId", "xaId", "soHieuToBanDo", "soThuTuThua", "tinhIdCu", "xaIdCu", "soHieuToBanDoCu", "soThuTuThuaCu", "tyLe",
    "ghiChu",
)  # fmt: skip
#: New sheet → old commune and old sheet. Old sheet 7 exists at two scales, so its number alone is ambiguous.
CROSSWALK = {
    "1": ("99801", "1"), "2": ("99801", "2"), "3": ("99801", "3"), "4": ("99801", "4"), "5": ("99802", "7"),
    "6": ("99802", "5"), "7": ("99802", "7"), "8": ("99802", "8"), "9": ("99802", "9"),
}  # fmt: skip


def _comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def shapefile_parcels(survey: Survey) -> Layer:
    """Give the rural parcel layer with the names of the production schema, cut to ten letters by the DBF."""
    columns = (
        "MAXA", "SOHIEUTOBA", "SOTHUTUTHU", "DIENTICH", "DIENTICHPH", "KYHIEUMUCD", "DIACHI", "TENCHU", "MATHUADAT",
    )  # fmt: skip
    code, records = survey.fabric.recipe.code, survey.map_rows()
    rows = [
        (code, p.sheet_no, p.parcel_no or None, p.registered_m2, p.legal_m2, p.use_label, p.address, p.holder, p.code)
        for p in records
    ]
    return Layer("thua_dat", columns, list(rows), [p.shape for p in records])


def gpkg_parcels(survey: Survey, records: list[ParcelRecord]) -> Layer:
    """Give a ward's parcel layer with VBDLIS names; owners are not on the map."""
    columns = (
        "maXa", "soHieuToBanDo", "soThuTuThua", "maThuaDat", "dienTich", "dienTichPhapLy", "kyHieuMucDichSuDung",
        "diaChi",
    )  # fmt: skip
    code = survey.fabric.recipe.code
    rows = [
        (code, p.sheet_no, p.parcel_no or None, p.code or None, p.registered_m2, p.legal_m2, p.use_label, p.address)
        for p in records
    ]
    return Layer("thua_dat", columns, list(rows), [p.shape for p in records])


def objects_layer(survey: Survey, name: str, columns: tuple[str, str, str]) -> Layer:
    """Give roads, lanes and the river."""
    things, code = survey.fabric.objects, survey.fabric.recipe.code
    return Layer(name, columns, [(code, o.kind, o.name) for o in things], [o.geom for o in things])


def frames_layer(survey: Survey, name: str, columns: tuple[str, str, str], *, apart: bool = False) -> Layer:
    """Give the sheet frames; those of sheets delivered apart only when asked for."""
    away = {survey.parcels[key].sheet_no for key in survey.apart}
    sheets = [s for s in survey.fabric.sheets if (str(s.sheet_no) in away) == apart]
    code = survey.fabric.recipe.code
    return Layer(name, columns, [(code, str(s.sheet_no), s.scale) for s in sheets], [s.frame for s in sheets])


def boundary_layer(survey: Survey, name: str, columns: tuple[str, str]) -> Layer:
    """Give the commune's border."""
    recipe = survey.fabric.recipe
    return Layer(name, columns, [(recipe.code, recipe.full_name)], [survey.fabric.boundary])


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]], delimiter: str = ";") -> None:
    """Write a table; by default with semicolons, as spreadsheets with a decimal comma do."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def holder_rows(survey: Survey) -> Iterator[list[object]]:
    """Give one row per certificate × parcel × person, with shares and decimal commas."""
    for certificate in survey.certificates:
        for key in certificate.keys:
            parcel = survey.parcels[key]
            for holder in certificate.holders:
                person, organisation = holder.person, holder.organisation
                uses = ["" if v is None else v for v in workbook.uses_cells(parcel, certificate)]
                yield [
                    survey.fabric.recipe.code, parcel.sheet_no, parcel.parcel_no, parcel.code,
                    _comma(parcel.registered_m2), parcel.address, certificate.serial, certificate.registry_no,
                    f"{certificate.issued_on:%d/%m/%Y}", certificate.group, holder.role,
                    organisation.name if organisation else "", organisation.number if organisation else "",
                    organisation.tax_code if organisation else holder.tax_code, person.name, person.born,
                    workbook.SEXES[person.sex], person.citizen_id, person.residence, holder.share,
                    *(_comma(v) if isinstance(v, float) else v for v in uses),
                ]  # fmt: skip


def crosswalk_rows(survey: Survey) -> Iterator[list[object]]:
    """Give the old sheet numbers of the merged communes, whole sheets only."""
    recipe = survey.fabric.recipe
    for sheet in survey.fabric.sheets:
        old_commune, old_sheet = CROSSWALK[str(sheet.sheet_no)]
        yield [
            recipe.province_code, recipe.code, sheet.sheet_no, "", recipe.province_code, old_commune, old_sheet, "",
            f"1/{sheet.scale}", "",
        ]  # fmt: skip


def apart_layers(survey: Survey) -> list[Layer]:
    """Give the sheet delivered apart, whose coordinates are of another zone than its file says."""
    frames = frames_layer(survey, "to_ban_do", ("maXa", "soHieuToBanDo", "tyLe"), apart=True)
    moved: list[Shape] = [
        in_zone(f, survey.fabric.recipe.srid, WRONG_SRID) for f in frames.shapes if isinstance(f, Polygon)
    ]
    return [gpkg_parcels(survey, survey.apart_rows()), replace(frames, shapes=moved)]


def deliver_rural(survey: Survey, folder: Path) -> None:
    """Write the rural commune: shapefiles in TCVN3, the campaign workbook, old sheet numbers."""
    code, srid = survey.fabric.recipe.code, survey.fabric.recipe.srid
    layers = (
        boundary_layer(survey, "ranh_gioi_xa", ("MAXA", "TENXA")),
        frames_layer(survey, "to_ban_do", ("MAXA", "SOHIEUTOBA", "TYLE")),
        objects_layer(survey, "giao_thong_thuy_he", ("MAXA", "LOAI", "TEN")),
        shapefile_parcels(survey),
    )
    for layer in layers:
        write_shapefile_zip(folder / f"{code}_{layer.name}.zip", layer, srid)
    write_csv(folder / f"{code}_doi_chieu_to.csv", CROSSWALK_COLUMNS, crosswalk_rows(survey))
    workbook.write(survey, folder / f"{code}_PL3-01.xlsx")


def deliver_urban(survey: Survey, folder: Path) -> None:
    """Write the ward: one GeoPackage, a table of holders, and apart the sheet in the wrong zone if there is one."""
    code, srid = survey.fabric.recipe.code, survey.fabric.recipe.srid
    layers = [
        boundary_layer(survey, "ranh_gioi_xa", ("maXa", "tenXa")),
        frames_layer(survey, "to_ban_do", ("maXa", "soHieuToBanDo", "tyLe")),
        objects_layer(survey, "doi_tuong_chiem_dat", ("maXa", "loaiDoiTuong", "ten")),
        gpkg_parcels(survey, survey.map_rows()),
    ]
    write_gpkg(folder / f"{code}_ban_do.gpkg", layers, srid)
    write_csv(folder / f"{code}_nguoi_su_dung.csv", HOLDER_COLUMNS, holder_rows(survey))
    if survey.apart:
        write_gpkg(folder / f"{code}_to_{survey.apart_rows()[0].sheet_no}.gpkg", apart_layers(survey), srid)


def deliver(survey: Survey, folder: Path) -> None:
    """Write one commune's files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (deliver_rural if survey.fabric.recipe.code == RURAL.code else deliver_urban)(survey, folder)
