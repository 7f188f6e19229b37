"""A delivery over HTTP: received, understood, corrected, imported while its sender watches, its rejects read."""

import io
import time
from urllib.parse import quote

import anyio
import httpx
import psycopg
import pytest
import python_calamine
from importer_files import square, write_layer

pytestmark = [pytest.mark.anyio, pytest.mark.db]

PHONG_CHAU, VIET_TRI = "07954", "07900"


@pytest.fixture
def delivery(tmp_path):
    """Give a function that makes a map of three parcels, one of them without a number."""

    def made(sheet_no: str, commune: str = PHONG_CHAU) -> bytes:
        path = write_layer(
            tmp_path / f"{sheet_no}.gpkg",
            [square(place) for place in range(3)],
            {"MaXa": [commune] * 3, "ToBDMoi": [sheet_no] * 3, "SoThuaMoi": ["1", "2", None]},
            geometry_type="Polygon",
            layer="thua_dat",
        )
        return path.read_bytes()

    return made


async def sent(client, headers, content, name="thửa đất.gpkg", **query) -> httpx.Response:
    named = {"X-Landdb-File-Name": quote(name), "Content-Type": "application/octet-stream"}
    return await client.post("/imports", params=query, content=content, headers=headers | named)


async def ended(client, headers, import_id) -> dict:
    until = time.monotonic() + 60
    while (told := (await client.get(f"/imports/{import_id}", headers=headers)).json())["state"] == "RUNNING":
        assert time.monotonic() < until
        await anyio.sleep(0.1)
    return told


COLUMNS = {"sheet_no": "ToBDMoi", "parcel_no": "SoThuaMoi", "commune_code": "MaXa"}


async def test_a_file_is_understood_corrected_imported_and_its_rejects_are_read(client, issue, delivery):
    clerk = issue("clerk", PHONG_CHAU)
    received = await sent(client, clerk, delivery("301"))
    assert received.status_code == 201, received.text
    told = received.json()
    assert (told["state"], told["file_name"]) in {("READY", "thửa đất.gpkg"), ("REFUSED", "thửa đất.gpkg")}
    corrected = await client.put(f"/imports/{told['import_id']}", json={"columns": COLUMNS}, headers=clerk)
    told = corrected.json()
    assert told["state"] == "READY", told
    (layer,) = told["understood"]["layers"]
    assert {name: layer["mapping"][name] for name in COLUMNS} == COLUMNS
    assert (await client.post(f"/imports/{told['import_id']}/start", headers=clerk)).status_code == 202
    told = await ended(client, clerk, told["import_id"])
    assert (told["state"], told["counts"]) == (
        "DONE", {"source": 3, "stored": 2, "merged": 0, "unchanged": 0, "rejected": 1},
    )  # fmt: skip
    (reject,) = (await client.get(f"/imports/{told['import_id']}/rejects", headers=clerk)).json()["rejects"]
    assert reject["reason_code"] == "MISSING_PARCEL_NO"
    book = await client.get(f"/imports/{told['import_id']}/rejects.xlsx", headers=clerk)
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[1][5]) == (2, "MISSING_PARCEL_NO")
    found = await client.get(f"/parcels?commune={PHONG_CHAU}&sheet=301&parcel=1")
    assert found.json()["status"] == "RESOLVED"


async def test_a_file_is_imported_once(client, issue, delivery):
    clerk = issue("clerk", PHONG_CHAU)
    told = (await sent(client, clerk, delivery("302"))).json()
    await client.put(f"/imports/{told['import_id']}", json={"columns": COLUMNS}, headers=clerk)
    starts = [await client.post(f"/imports/{told['import_id']}/start", headers=clerk) for _ in range(2)]
    assert starts[0].status_code == 202
    assert starts[1].status_code in {404, 409}
    assert (await ended(client, clerk, told["import_id"]))["state"] == "DONE"


async def test_a_clerk_imports_into_communes_of_their_own_only(client, issue, delivery, api_world):
    clerk = issue("clerk", VIET_TRI)
    told = (await sent(client, clerk, delivery("303"))).json()
    await client.put(f"/imports/{told['import_id']}", json={"columns": COLUMNS}, headers=clerk)
    await client.post(f"/imports/{told['import_id']}/start", headers=clerk)
    told = await ended(client, clerk, told["import_id"])
    assert (told["state"], told["problem"]["reason"]) == ("FAILED", "FOREIGN_COMMUNE")
    with psycopg.connect(api_world.url) as conn:
        assert conn.execute("SELECT count(*) FROM cadastre.sheet WHERE sheet_no = '303'").fetchone() == (0,)


async def test_what_cannot_be_read_is_refused_with_its_reason(client, issue):
    told = (await sent(client, issue("analyst"), b"<OGRVRTDataSource/>", name="a.geojson")).json()
    assert told["state"] == "REFUSED"
    assert told["problem"]["code"]
    started = await client.post(f"/imports/{told['import_id']}/start", headers=issue("analyst"))
    assert started.status_code in {404, 409}


async def test_an_import_whose_process_died_is_told_and_can_be_started_again(client, issue, delivery, api_world):
    clerk = issue("clerk", PHONG_CHAU)
    told = (await sent(client, clerk, delivery("304"))).json()
    await client.put(f"/imports/{told['import_id']}", json={"columns": COLUMNS}, headers=clerk)
    with psycopg.connect(api_world.url) as conn:
        conn.execute("UPDATE staging.upload SET state = 'RUNNING' WHERE upload_id = %s", [told["import_id"]])
    assert (await client.get(f"/imports/{told['import_id']}", headers=clerk)).json()["state"] == "INTERRUPTED"
    assert (await client.post(f"/imports/{told['import_id']}/start", headers=clerk)).status_code == 202
    assert (await ended(client, clerk, told["import_id"]))["state"] == "DONE"


async def test_deliveries_are_for_those_who_may_import(client, issue):
    assert (await sent(client, {}, b"x")).status_code == 401
    assert (await sent(client, issue("service"), b"x")).status_code == 403
    assert (await sent(client, issue("clerk"), b"")).status_code == 400


async def test_a_file_of_somebody_else_looks_like_none(client, issue):
    told = (await sent(client, issue("clerk"), b"nothing", name="../../etc/passwd")).json()
    assert told["file_name"] == "passwd"
    foreign = await client.get(f"/imports/{told['import_id']}", headers=issue("analyst"))
    absent = await client.get("/imports/00000000-0000-0000-0000-000000000000", headers=issue("analyst"))
    assert (foreign.status_code, absent.status_code) == (404, 404)
