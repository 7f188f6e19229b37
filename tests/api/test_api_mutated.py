"""Whatever is sent, the service answers with an answer: never a 5xx, and its process lives on.

`LANDDB_MUTATED_REQUESTS` says how many requests are made (100,000 in `make soak`).
"""

import os
import random
from collections import Counter
from http.client import HTTPConnection, HTTPException

import callers
import factories
import openapi_requests
import psycopg
import pytest
import worlds
from test_api_connections import serving

from api.app import create_app
from landdb.settings import Settings
from landdb.store.vault import Vault

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(7200)]

REQUESTS = int(os.environ.get("LANDDB_MUTATED_REQUESTS", "1000"))
SEED = int(os.environ.get("LANDDB_MUTATED_SEED", "1"))
ROLES = (None, "clerk", "analyst", "service", "auditor", "citizen")
UNLIMITED = {f"LANDDB_{one}_RATE": "1000000:1000000" for one in ("PUBLIC", "SUBJECT", "ORGANISATION", "FAILURE")}


def known_things(url: str) -> dict[str, object]:
    """Give values by the names of parameters, so that questions reach what they are about."""
    with psycopg.connect(url) as conn:
        parcel, commune = conn.execute(
            """SELECT p.parcel_id, c.commune_code FROM cadastre.parcel AS p JOIN admin.commune AS c USING (commune_id)
            ORDER BY parcel_id LIMIT 1"""
        ).fetchone()
        party = conn.execute("SELECT min(party_id) FROM party.party").fetchone()[0]
        finding = conn.execute("SELECT min(finding_id) FROM quality.finding").fetchone()
    return {
        "parcel_id": parcel, "party_id": party, "code": commune, "commune": commune, "finding_id": finding[0] or 1,
        "serial": "AB 12345678", "org_no": worlds.ORG_NO, "citizen_id": worlds.SECRET_NUMBERS[0], "q": "tờ 12 thửa 1",
        "z": 14, "row": 7218, "col": 12981, "collection": "parcels", "featureId": parcel, "sheet": "12", "parcel": "1",
    }  # fmt: skip


def test_no_request_brings_the_service_down(server, template_database, tmp_path):
    key_file = tmp_path / "landdb.key"
    chance = random.Random(SEED)  # noqa: S311 - the same requests each time
    with factories.database(server, template_database) as url:
        worlds.seed(url, Vault.make(key_file))
        headers = [callers.issue(url, key_file, role) if role else {} for role in ROLES]
        known = known_things(url)
        document = create_app(Settings(tmp_path, url, key_file)).openapi()
        bases = [one for whole in (True, False) for one in openapi_requests.requests(document, known, whole=whole)]
        with (tmp_path / "log").open("w") as log, serving(Settings(tmp_path, url, key_file), log, **UNLIMITED) as port:
            seen: Counter[int] = Counter()
            failed = []
            link = HTTPConnection("127.0.0.1", port, timeout=60)
            for number in range(REQUESTS):
                asked = openapi_requests.mutated(chance.choice(bases), chance)
                if number % 400 == 399:  # tokens live for ten minutes
                    headers = [callers.issue(url, key_file, role) if role else {} for role in ROLES]
                try:
                    status, _ = openapi_requests.send(link, asked, chance.choice(headers))
                except (HTTPException, OSError):
                    status = 0  # the server closed what is no HTTP; the next request tells whether it lives
                    link.close()
                    link = HTTPConnection("127.0.0.1", port, timeout=60)
                seen[status] += 1
                if status >= 500:
                    failed.append((status, asked))
            link.request("GET", "/healthz")
            assert link.getresponse().status == 200
            link.close()
    print(f"\n{REQUESTS} mutated requests (seed {SEED}): {dict(sorted(seen.items()))}")
    faults = [line for line in (tmp_path / "log").read_text("utf-8").splitlines() if '"level": "ERROR"' in line]
    assert seen[0] <= REQUESTS // 100
    assert failed == [], faults
