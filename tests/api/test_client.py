"""The Python client, against a server on a real socket."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import callers
import factories
import psycopg
import pytest
import worlds
from serving import served

from api.app import create_app
from landdb.access.clients import add_client
from landdb.client import ApiProblem, Client
from landdb.errors import ConfigurationError
from landdb.store.access.mandates import Mandate

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def address(api_settings) -> Iterator[str]:
    with served(create_app(api_settings)) as url:
        yield url


@pytest.fixture
def public(address) -> Iterator[Client]:
    with Client(address) as asking:
        yield asking


@pytest.fixture(scope="module")
def service(address, api_world) -> Iterator[Client]:
    with psycopg.connect(api_world.url) as conn:
        code = callers.agree(conn, "TEST-CLIENT", fields=["areas", "rights", "rights.share"])
        secret = add_client(conn, "test-office", Mandate("service", "test-office", None, None, code, None), by="tests")
    with Client(address, client_id="test-office", client_secret=secret) as asking:
        yield asking


def test_every_single_question_is_asked_and_answered(public, api_world):
    lon, lat = factories.lonlat(api_world.sheet, *factories.middle(api_world.sheet, 0))
    answers = [
        public.parcel("07954", "12", "1", fields=["areas"]),
        public.parcel_by_id(api_world.couple),
        public.parcel_by_code("w7jq2m4k5n01"),
        public.parcels_at(lon, lat),
        public.certificate("ab12345678"),
    ]
    assert {answer.parcel["parcel_id"] for answer in answers} == {api_world.couple}
    assert "geometry" not in answers[0].parcel
    old = public.old_number("07945", "7", "5")
    assert (old.status, old.parcel, len(old.candidates)) == ("AMBIGUOUS", None, 2)
    assert public.search("tờ 12 thửa 1 Phong Châu")["hits"][0]["parcel_id"] == api_world.couple
    assert public.parcel("07954", "12", "1", valid_at="2020-01-01").status == "NOT_FOUND"


def test_many_keys_come_back_in_order_and_other_questions_may_be_asked_between(public, api_world, monkeypatch):
    monkeypatch.setattr("landdb.client.client.KEYS_AT_ONCE", 7)
    keys = [{"parcel_id": api_world.couple if at % 2 else 99999999} for at in range(23)]
    seen = []
    for line in public.lookup_many(iter(keys), fields=["areas"]):
        seen.append((line.index, line.status))
        if line.index == 3:
            assert public.parcel_by_id(api_world.plain).status == "RESOLVED"
    assert seen == [(at, "RESOLVED" if at % 2 else "NOT_FOUND") for at in range(23)]


def test_a_service_gets_its_tokens_itself_and_renews_them(service):
    found = service.holds_rights(
        worlds.SECRET_NUMBERS[0], purpose="land tax notice", case_ref="HS-30", communes=["07954"]
    )
    assert found.holds_rights
    assert {right["share"] for parcel in found.parcels for right in parcel["rights_held"]} >= {None, "1/3"}
    service._transport._credentials.token = "worthless"
    nobody = service.holds_rights("099301999997", purpose="land tax notice", case_ref="HS-31")
    assert (nobody.holds_rights, nobody.parcels) == (False, [])
    known = [event.cursor for event in service.changes()]
    assert len(set(known)) == len(known)
    assert list(service.changes(after=known[-1] if known else None)) == []


def test_a_refusal_is_a_problem_that_names_the_field_and_no_value(public, service):
    with pytest.raises(ApiProblem) as refused:
        public.parcel("07954", "12", "1", fields=["owner"])
    assert (refused.value.status, refused.value.faults[0]["field"]) == (400, "query.fields")
    with pytest.raises(ApiProblem) as missing:
        public.parcel_by_id(987654321)
    assert (missing.value.status, missing.value.kind) == (404, "not-found")
    with pytest.raises(ApiProblem) as forbidden:
        service.holds_rights(worlds.SECRET_NUMBERS[0], purpose="curiosity", case_ref="HS-32")
    assert forbidden.value.reason == "PURPOSE"
    assert worlds.SECRET_NUMBERS[0] not in str(forbidden.value)


class Busy(BaseHTTPRequestHandler):
    """Says twice that it is busy, then answers."""

    protocol_version = "HTTP/1.1"
    answers = 0

    def do_GET(self):
        Busy.answers += 1
        body = b'{"title": "busy"}' if Busy.answers < 3 else b'{"status": "NOT_FOUND", "reason": "X", "parcels": []}'
        self.send_response(503 if Busy.answers < 3 else 200)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Say nothing."""


def test_a_busy_service_is_asked_again_and_one_that_is_away_is_told():
    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with Client(url) as asking:
            assert asking.parcel("1", "1", "1").status == "NOT_FOUND"
        assert Busy.answers == 3
        server.shutdown()
    with Client(url, attempts=1) as asking, pytest.raises(ConfigurationError):
        asking.parcel("1", "1", "1")
    with pytest.raises(ConfigurationError):
        Client("ftp://127.0.0.1")
