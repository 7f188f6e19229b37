"""Pages never skip or repeat a feature that stays, whatever else comes, goes and changes meanwhile."""

import json

import factories
import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.db

ITEMS = "/collections/parcels/items"
#: What happens between two pages: a parcel of the seeded ones changes, another one comes or goes.
EDITS = st.lists(st.sampled_from(["change", "add", "remove"]), max_size=4)


def ids_of(document: dict) -> list[int]:
    return [feature["id"] for feature in document["features"]]


def next_of(document: dict) -> str | None:
    return next((link["href"] for link in document["links"] if link["rel"] == "next"), None)


class Editor:
    """Changes the register while somebody reads it."""

    def __init__(self, conn: psycopg.Connection, world, draw) -> None:
        self.conn, self.world, self.draw = conn, world, draw
        self.batch = factories.add_batch(conn, file_name=f"edits {factories.next_row()}.gpkg")
        self.added: list[int] = []

    def change(self) -> None:
        key = self.draw(st.sampled_from(self.world.parcels))
        self.conn.execute("UPDATE cadastre.parcel SET address = address || '.' WHERE parcel_id = %s", [key])

    def add(self) -> None:
        no = f"new {factories.next_row()}"
        self.added.append(factories.add_parcel(self.conn, self.world.sheet, no, place=50, batch=self.batch))

    def remove(self) -> None:
        if self.added:
            self.conn.execute("DELETE FROM cadastre.land_use WHERE parcel_id = %s", [self.added[0]])
            self.conn.execute("DELETE FROM cadastre.parcel WHERE parcel_id = %s", [self.added.pop(0)])


@given(data=st.data(), limit=st.integers(1, 12), fmt=st.sampled_from(["json", "jsonfg"]))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_changes_between_pages_what_stays_is_read_once(ogc, ogc_world, data, limit, fmt):
    with psycopg.connect(ogc_world.url, autocommit=True) as conn:
        stays = {key for (key,) in conn.execute("SELECT parcel_id FROM cadastre.parcel")}
        editor = Editor(conn, ogc_world, data.draw)
        read: list[int] = []
        url: str | None = f"{ITEMS}?limit={limit}&f={fmt}"
        while url:
            page = ogc.get(url).json()
            read += ids_of(page)
            for edit in data.draw(EDITS):
                getattr(editor, edit)()
            url = next_of(page)
        while editor.added:
            editor.remove()
    assert len(read) == len(set(read))
    assert stays <= set(read)
    assert read == sorted(read)


def test_pages_together_are_the_whole_with_any_condition(ogc):
    asked = {"filter": "commune_code = '07954' AND legal_area_m2 > 300", "limit": 1000}
    whole = ids_of(ogc.get(ITEMS, params=asked).json())
    parts: list[int] = []
    url: str | None = str(httpx.URL(ITEMS, params={**asked, "limit": 4}))
    while url:
        page = ogc.get(url).json()
        parts += ids_of(page)
        url = next_of(page)
    assert parts == whole
    assert len(whole) > 8


@pytest.mark.parametrize("cursor", ["1", "AAAAAAAAAAU", "%00", "x" * 500, "AAAAAAAAAAXxxxxx"])
def test_a_cursor_that_nobody_gave_is_refused(ogc, cursor):
    answer = ogc.get(f"{ITEMS}?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["faults"] == [{"field": "cursor", "reason": "UNKNOWN"}]


def test_a_cursor_of_another_collection_is_refused(ogc):
    cursor = next_of(ogc.get(f"{ITEMS}?limit=1").json()).split("cursor=")[1]
    assert ogc.get(f"/collections/sheets/items?cursor={cursor}").status_code == 400


def test_a_page_that_is_known_is_not_sent_again_until_something_in_it_changes(ogc, ogc_world):
    asked = {"limit": 5}
    first = ogc.get(ITEMS, params=asked)
    known = {"If-None-Match": first.headers["etag"]}
    again = ogc.get(ITEMS, params=asked, headers=known)
    with psycopg.connect(ogc_world.url) as conn:
        conn.execute("UPDATE cadastre.parcel SET address = 'X' WHERE parcel_id = %s", [ogc_world.parcels[1]])
    changed = ogc.get(ITEMS, params=asked, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert changed.status_code == 200
    assert changed.json()["features"][1]["properties"]["address"] == "X"


def test_a_feature_that_is_known_is_not_sent_again(ogc, ogc_world):
    at = f"{ITEMS}/{ogc_world.parcels[0]}"
    tag = ogc.get(at).headers["etag"]
    assert ogc.get(at, headers={"If-None-Match": f'"other", {tag}'}).status_code == 304
    assert ogc.get(at, headers={"If-None-Match": '"other"'}).status_code == 200
    assert ogc.get(f"{at}?f=html", headers={"If-None-Match": tag}).status_code == 200


def test_a_date_shows_the_feature_as_it_was_then(ogc, ogc_world):
    def area(**asked) -> float | None:
        answer = ogc.get(f"{ITEMS}/{ogc_world.enlarged}", params=asked)
        return answer.json()["properties"]["legal_area_m2"] if answer.status_code == 200 else None

    assert area() == 4000
    assert area(datetime="2026-02-28") == 400
    assert area(datetime="2026-02-28T16:59:59Z") == 400
    assert area(datetime="2026-02-28T17:00:00Z") == 4000
    assert area(datetime="2025-01-01") is None
    assert area(datetime="2025-09-01/2026-02-01") == 400
    assert area(datetime="2025-09-01/..") == 4000
    assert area(known_at="2020-01-01T00:00:00Z") is None
    assert ogc.get(f"{ITEMS}?datetime=2026-01-02/2026-01-01").json()["faults"][0]["reason"] == "ENDS_BEFORE_IT_STARTS"


def test_a_time_that_is_open_at_both_ends_reads_what_ever_was(ogc, ogc_world):
    ids = ids_of(ogc.get(f"{ITEMS}?datetime=../..&limit=1000").json())
    assert set(ogc_world.parcels) <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_log_names_the_route_and_nothing_that_was_asked(ogc, access_log):
    ogc.get(f"{ITEMS}?parcel_no=77&limit=1")
    (line,) = [json.loads(told) for told in access_log if told.startswith("{") and '"route"' in told]
    assert line["route"] == "/collections/{collection_id}/items"
