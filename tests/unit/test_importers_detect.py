"""A file is what its bytes say; what points elsewhere is refused by name."""

import json
import sqlite3
from pathlib import Path

import pytest
from importer_files import square, vbdlis, write_layer

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery
from landdb.importers.formats.detect import detect

VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
VRT += b"</OGRVRTDataSource>"
GDALG = json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}).encode()
FEATURE = '{"type":"Feature","properties":{},"geometry":null}'

TITLES = "UBND XÃ MẪU SƠN\nDANH SÁCH NGƯỜI SỬ DỤNG ĐẤT\n\n"
TABLE = "Số tờ;Số thửa\n1;2\n1;3\n"

TABLES = {
    "title lines above the header": (TITLES + TABLE).encode(),
    "a header and nothing else": TABLE.splitlines()[0].encode(),
    "UTF-16 with a mark": TABLE.encode("utf-16"),
    "UTF-16 without a mark": ("sheet_no;parcel_no\n" * 3 + TABLE).encode("utf-16-le"),
    "big-endian UTF-16 without a mark": ("sheet_no;parcel_no\n" * 3 + TITLES + TABLE).encode("utf-16-be"),
    "a stray NUL": TABLE.replace("3", "3\0").encode(),
    "bytes of an old font": "Hä tªn\tSè thöa\nNguyÔn V¨n A\t12\n".encode("latin-1"),
}

VIRTUAL = {
    "vrt.geojson": VRT,
    "vrt.gml": b'<?xml version="1.0"?>\n<!-- a map -->\n' + VRT,
    "pipeline.gdalg.json": GDALG,
    "pipeline.geojson": GDALG,
    "wfs.xml": b"<OGRWFSDataSource><URL>http://example.invalid</URL></OGRWFSDataSource>",
    "capabilities.gml": b'<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml"/>',
    "oapif.json": b'{"title":"x","links":[],"conformsTo":["http://example.invalid"]}',
}

UNKNOWN = {
    "map.pdf": b"%PDF-1.7\n",
    "drawing.dwg": b"AC1027\x00\x00",
    "packed.gz": b"\x1f\x8b\x08\x00",
    "topology.json": b'{"type":"Topology","objects":{}}',
    "prose.txt": b"once upon a time",
    "noise.bin": bytes(range(256)),
    "zeros.bin": b"ab;c" + b"\x00" * 60,
    "letter.txt": b"once upon a time\nthere was, it is said, a king\n",
    "wide.json": json.dumps({"type": "FeatureCollection", "features": []}).encode("utf-16-le"),
    "page.html": b"<html><body/></html>",
}

KNOWN = {
    "FGB": b"fgb\x03fgb\x00",
    "PARQUET": b"PAR1\x15\x04",
    "DGN": b"\x08\x09\xfe\x02\x00",
    "SHP": b"\x00\x00\x27\x0a" + b"\x00" * 24 + b"\xe8\x03\x00\x00",
    "GEOJSON": b'\xef\xbb\xbf{"type":"FeatureCollection","features":[]}',
    "GEOJSONSEQ": f"{FEATURE}\n{FEATURE}\n".encode(),
    "GML": b'<?xml version="1.0"?><FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"/>',
    "DXF": b"999\nmade by hand\n  0\nSECTION\n  2\nHEADER\n",
    "EDIGEO": b"BOMT 12:E000ZD01.THF\r\nCSET 03:IRV\r\n",
    "CSV": "Số tờ;Số thửa\n1;2\n".encode(),
    "TAR_BZ2": b"BZh91AY&SY",
    "ZIP": b"PK\x03\x04",
}


@pytest.mark.parametrize("name", sorted(VIRTUAL))
def test_what_points_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(VIRTUAL[name])
    with pytest.raises(ImportRefused) as refused, open_delivery(ImportJob(path)):
        pass
    assert refused.value.code == "VIRTUAL_FORMAT"
    assert refused.value.remedy


@pytest.mark.parametrize("name", sorted(UNKNOWN))
def test_what_holds_no_parcels_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(UNKNOWN[name])
    with pytest.raises(ImportRefused) as refused:
        detect(path)
    assert refused.value.code == "UNKNOWN_FORMAT"
    assert refused.value.remedy


@pytest.mark.parametrize("file_format", sorted(KNOWN))
def test_a_format_is_known_by_its_bytes(tmp_path: Path, file_format: str) -> None:
    path = tmp_path / "anything.shp"
    path.write_bytes(KNOWN[file_format])
    assert detect(path) == file_format


@pytest.mark.parametrize("case", sorted(TABLES))
def test_a_table_is_known_whatever_its_title_and_encoding(tmp_path: Path, case: str) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(TABLES[case])
    assert detect(path) == "CSV"


def test_xml_with_a_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    path.write_bytes(
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x xmlns:gml="http://www.opengis.net/gml">&e;</x>'
    )
    with pytest.raises(ImportRefused, match="XML_DOCTYPE"):
        detect(path)


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE parcels (id INTEGER)")
    database.close()
    with pytest.raises(ImportRefused, match="not a GeoPackage"):
        detect(path)


def test_a_wrong_extension_does_no_harm(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1)).rename(tmp_path / "a.pdf")
    with open_delivery(ImportJob(path)) as opened:
        assert opened.description.file_format == "GPKG"


@pytest.mark.parametrize(("name", "code"), [("missing.gpkg", "FILE_NOT_FOUND"), (".", "NOT_A_FILE")])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(ImportRefused, match=code), open_delivery(ImportJob(tmp_path / name)):
        pass


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.gpkg"
    path.touch()
    with pytest.raises(ImportRefused, match="EMPTY_FILE"), open_delivery(ImportJob(path)):
        pass


def test_a_geopackage_still_being_written_is_refused(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square()], vbdlis(1))
    (tmp_path / "a.gpkg-wal").write_bytes(b"not yet in the main file")
    with pytest.raises(ImportRefused, match="UNFINISHED_WRITE"), open_delivery(ImportJob(path)):
        pass
