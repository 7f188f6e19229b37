"""Archives: honest ones are unpacked under our names, tricks are refused before they do harm."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from importer_files import square, vbdlis, write_layer

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery
from landdb.importers.formats import archive


def zipped(path: Path, members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def code_of(path: Path, folder: Path) -> str:
    folder.mkdir()
    unpack = archive.unpack_zip if zipfile.is_zipfile(path) else archive.unpack_tar_bz2
    with pytest.raises(ImportRefused) as refused:
        unpack(path, folder)
    assert refused.value.remedy
    return refused.value.code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"../a.shp": b"x"}, "ARCHIVE_ESCAPE"),
        ({"/a.shp": b"x"}, "ARCHIVE_ESCAPE"),
        ({"C:\\a.shp": b"x"}, "ARCHIVE_ESCAPE"),
        ({"x\\..\\..\\a.shp": b"x"}, "ARCHIVE_ESCAPE"),
        ({"a.shp": b"x", "A.SHP": b"x"}, "ARCHIVE_DUPLICATE"),
        ({"a.shp": b"x", "b.zip": b"PK"}, "ARCHIVE_NESTED"),
        ({"a.shp": b"x", "run.exe": b"MZ"}, "ARCHIVE_MEMBER"),
        ({"readme.txt": b"x"}, "ARCHIVE_WITHOUT_DATA"),
        ({f"{i}.shp": b"x" for i in range(101)}, "ARCHIVE_TOO_MANY_MEMBERS"),
        ({"a.geojson": b" " * (65 << 20)}, "ARCHIVE_BOMB"),
    ],
)
def test_a_trick_is_refused(tmp_path: Path, members: dict[str, bytes], code: str) -> None:
    assert code_of(zipped(tmp_path / "a.zip", members), tmp_path / "job") == code
    assert not list(tmp_path.glob("*.shp"))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(link, "/etc/passwd")
    assert code_of(tmp_path / "a.zip", tmp_path / "job") == "ARCHIVE_LINK"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_anything_but_a_file_in_a_tar_is_refused(tmp_path: Path, kind: bytes) -> None:
    entry = tarfile.TarInfo("a.THF")
    entry.type, entry.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "a.tar.bz2", "w:bz2") as out:
        out.addfile(entry)
    assert code_of(tmp_path / "a.tar.bz2", tmp_path / "job") == "ARCHIVE_LINK"


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", {"a.geojson": b"{}" * 1000}).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "job").mkdir()
    with pytest.raises(ImportRefused, match="ARCHIVE_DAMAGED"):
        archive.unpack_zip(cut, tmp_path / "job")


def test_blank_columns_that_shrink_a_thousandfold_are_no_bomb(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    path = zipped(tmp_path / "a.zip", {"a.shp": b"x", "a.dbf": b" " * (8 << 20)})
    parts = archive.unpack_zip(path, tmp_path / "job")
    assert [part.path.name for part in parts] == ["part1.shp"]
    assert (tmp_path / "job" / "part1.dbf").stat().st_size == 8 << 20


def test_a_tar_is_unpacked_with_the_names_its_parts_need(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.bz2", "w:bz2") as out:
        for name in ("E000ZD01.THF", "EDZD01SE.GEO"):
            entry = tarfile.TarInfo(name)
            entry.size = 1
            out.addfile(entry, io.BytesIO(b"x"))
    (tmp_path / "job").mkdir()
    assert [part.path.name for part in archive.unpack_tar_bz2(tmp_path / "a.tar.bz2", tmp_path / "job")] == [
        "E000ZD01.thf"
    ]
    assert (tmp_path / "job" / "EDZD01SE.geo").exists()


def test_a_zip_of_shapefiles_is_read_layer_by_layer(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    cut = {name[:10]: values for name, values in vbdlis(2).items()}
    write_layer(made / "thua_dat.shp", [square(), square(1)], cut, geometry_type="Polygon")
    write_layer(made / "giao_thong.shp", [square(9)], {"MaXa": ["07954"]}, geometry_type="Polygon")
    path = zipped(tmp_path / "a.zip", {f"to 12/{file.name}": file.read_bytes() for file in made.iterdir()})
    with open_delivery(ImportJob(path)) as opened:
        rows = [row for batch in opened.batches() for row in batch.to_pylist()]
    assert sorted((row["layer"], row["noun"]) for row in rows) == [
        ("giao_thong", "land_object"),
        ("thua_dat", "parcel"),
        ("thua_dat", "parcel"),
    ]


def test_an_archive_of_two_formats_is_refused(tmp_path: Path) -> None:
    table, feature = b"a;b\n1;2\n", b'{"type":"FeatureCollection","features":[]}'
    path = zipped(tmp_path / "a.zip", {"a.csv": table, "b.geojson": feature})
    with pytest.raises(ImportRefused, match="ARCHIVE_MIXED"), open_delivery(ImportJob(path)):
        pass
