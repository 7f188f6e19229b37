"""Every lookup reaches its rows through an index, now and as of another day."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import factories
import psycopg
import pytest
import worlds
from worlds import World

from landdb.domain.finding_filter import FindingFilter
from landdb.lookups import Viewpoint
from landdb.store import lookups as store

pytestmark = pytest.mark.db

KEYS: dict[str, Any] = {
    "parcel_id": 1,
    "commune_code": "07954",
    "sheet_no": "12",
    "parcel_no": "1",
    "parcel_code": "w7jq2m4k5n01",
    "lon": 105.2,
    "lat": 21.4,
    "serial": "AB 12345678",
    "org_no": worlds.ORG_NO,
    "citizen_id_index": b"0" * 32,
    "old_commune_code": "07945",
    "old_sheet_no": "7",
    "old_parcel_no": "5",
    "commune_ids": [1],
    "commune_codes": ["07954"],
    "sheet_nos": ["12"],
    "parcel_nos": ["1"],
    **FindingFilter(communes=("07954",), sheet_no="12").parameters(),
    "finding_id": 1,
    "with_shape": True,
    "west": 105.2,
    "south": 21.4,
    "east": 105.21,
    "north": 21.41,
    "province_code": "25",
    "name_folded": "phong chau",
    "parcel_ids": [1],
    "registry_no": "CH00123",
    "pattern": "dong thu",
    "after": 0,
    "limit": 20,
}
MANY_QUESTIONS = {
    "many_numbers": {},
    "many_missing": {},
    "many_ids": {"keys": [1]},
    "many_codes": {"keys": ["w7jq2m4k5n01"]},
    "many_serials": {"keys": ["AB 12345678"]},
    "many_points": {"lons": [105.2], "lats": [21.4]},
    "many_persons": {"keys": [b"0" * 32]},
    "many_successors": {},
    "many_crosswalk": {},
    "many_recorded": {"places": [1]},
    "rights_held": {},
}
SEARCH_QUESTIONS = (
    "communes_named",
    "communes_coded",
    "communes_similar",
    "communes_beginning",
    "communes_with_sheets",
    "became",
    "came_from",
    "found_numbers",
    "found_elsewhere",
    "found_sheet",
    "found_beginning",
    "found_old_numbers",
    "found_certificates",
    "found_registry_numbers",
    "found_codes",
    "found_ids",
    "found_at_point",
    "found_addresses",
    "zones",
    "hits",
)
PARCEL_QUESTIONS = (
    "by_id",
    "by_ids",
    "by_number",
    "by_code",
    "at_point",
    "by_certificate",
    "by_organisation",
    "by_citizen_id",
)
PLACE_QUESTIONS = (
    "in_box",
    "missing",
    "communes",
    "communes_of_province",
    "communes_by_name",
    "commune",
    "findings_by_id",
    "findings_worst_first",
    "finding_counts",
    "finding_in_full",
    "trend",
    "old_names",
    "present",
)


@pytest.fixture(scope="module")
def world(server, template_database, tmp_path_factory) -> Iterator[World]:
    with factories.database(server, template_database) as url:
        yield worlds.seed(url, factories.open_vault(tmp_path_factory.mktemp("keys")))


def scans(world: World, statement: str, view: Viewpoint, **keys: Any) -> list[str]:
    """Give the tables that the plan can only read whole: sequential scans that even their prohibition leaves."""
    with psycopg.connect(world.url) as conn:
        conn.execute("SET enable_seqscan = off")
        explained = conn.execute("EXPLAIN (FORMAT JSON) " + statement, {**KEYS, **view.parameters(), **keys}).fetchone()
    plan = explained[0] if isinstance(explained[0], list) else json.loads(explained[0])
    return sorted(_sequential(plan[0]["Plan"]))


def _sequential(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", []):
        yield from _sequential(child)


@pytest.mark.parametrize("question", PARCEL_QUESTIONS)
@pytest.mark.parametrize("native", [False, True])
def test_a_question_about_now_reads_no_table_whole_and_no_history(world, question, native):
    statement = store.parcels_statement(question, as_of=False)
    assert scans(world, statement, Viewpoint(native=native, audience="staff")) == []
    assert "_history" not in statement
    assert "_as_of" not in statement


@pytest.mark.parametrize("question", PARCEL_QUESTIONS)
def test_a_question_about_another_day_reads_no_table_whole(world, question):
    view = Viewpoint(valid_at=dt.date(2026, 1, 1), audience="staff")
    assert scans(world, store.parcels_statement(question, as_of=True), view) == []


@pytest.mark.parametrize("question", PLACE_QUESTIONS)
def test_a_question_about_places_reads_no_table_whole(world, question):
    assert scans(world, store.statement(question), Viewpoint()) == []


@pytest.mark.parametrize("question", ["in_box", "present", *MANY_QUESTIONS])
def test_a_place_on_another_day_reads_no_table_whole(world, question):
    view = Viewpoint(valid_at=dt.date(2026, 1, 1))
    assert scans(world, store.statement(question, as_of=True), view, **MANY_QUESTIONS.get(question, {})) == []


@pytest.mark.parametrize(("question", "keys"), list(MANY_QUESTIONS.items()))
def test_many_questions_at_once_read_no_table_whole(world, question, keys):
    assert scans(world, store.statement(question), Viewpoint(audience="staff"), **keys) == []


@pytest.mark.parametrize("question", SEARCH_QUESTIONS)
def test_the_search_box_reads_no_table_whole(world, question):
    assert scans(world, store.statement(question), Viewpoint()) == []
