"""The server as `landdb serve` starts it: the key file it insists on, and the lines it writes."""

import json
import os
import socket
import subprocess
import sys
import time

import httpx
import psycopg
import pytest
import worlds

from api.app import create_app
from landdb.cli.serving import server_arguments
from landdb.errors import ConfigurationError
from landdb.settings import Settings

pytestmark = pytest.mark.db

SECRET = worlds.SECRET_NUMBERS[0]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def ask(url: str, *, patience_s: float = 30) -> int:
    """Give the status, once somebody listens."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return httpx.get(url).status_code
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_the_server_writes_one_json_line_per_request_with_no_value_in_it(api_settings):
    port = free_port()
    known = {"LANDDB_DATABASE_URL": api_settings.database_url, "LANDDB_KEY_FILE": str(api_settings.key_file)}
    command = [sys.executable, *server_arguments("127.0.0.1", port)]
    server = subprocess.Popen(
        command, env=os.environ | known, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert ask(f"http://127.0.0.1:{port}/healthz") == 200
        assert ask(f"http://127.0.0.1:{port}/parcels?commune={SECRET}&sheet=1&parcel=1&{SECRET}=1") == 400
        assert ask(f"http://127.0.0.1:{port}/certificates/{SECRET}") == 404
    finally:
        server.terminate()
        printed, logged = server.communicate(timeout=30)
    lines = [json.loads(line) for line in logged.splitlines()]
    asked = [line for line in lines if line["logger"] == "landdb.access"]
    assert [(line["route"], line["status"]) for line in asked] == [
        ("/healthz", 200),
        ("/parcels", 400),
        ("/certificates/{serial}", 404),
    ]
    assert {"time", "level", "method", "ms", "request_id"} <= asked[0].keys()
    assert SECRET not in logged
    assert printed == ""


@pytest.mark.anyio
async def test_the_api_does_not_start_without_the_key_file_of_its_database(api_settings, client, tmp_path):
    lost = Settings(api_settings.home, api_settings.database_url, tmp_path / "landdb.key")
    app = create_app(lost)
    with pytest.raises(ConfigurationError) as refused:
        async with app.router.lifespan_context(app):
            pass
    assert refused.value.remedy == "restore the key file from its backup"
    assert not lost.key_file.exists()


@pytest.mark.anyio
async def test_the_api_does_not_start_on_another_schema(fresh_database, tmp_path):
    with psycopg.connect(fresh_database) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '0000'")
    app = create_app(Settings(tmp_path, fresh_database, tmp_path / "landdb.key"))
    with pytest.raises(ConfigurationError, match="another schema"):
        async with app.router.lifespan_context(app):
            pass
