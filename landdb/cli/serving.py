"""landdb serve: the API on this machine."""

import os
import sys
from importlib.resources import files
from typing import Annotated

import typer

from landdb.cli.output import err, explained_errors
from landdb.cli.session import session
from landdb.store.sealing_key import open_vault


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; keep it on loopback behind a proxy.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the API until Ctrl-C; the private cluster is started when it is not running.

    One JSON line per request goes to standard error: the route's pattern, status, time and who asked by token
    number; never a path, a query or a value.
    """
    with explained_errors(), session() as (settings, conn):
        # A missing key file is told here in words, before the server starts.
        open_vault(conn, settings.key_file)
    err.print(f"landdb API on http://{host}:{port}/  (OpenAPI: /openapi.json)", highlight=False)
    # The server replaces this process, so that signals and exit codes are its own.
    os.execv(sys.executable, [sys.executable, *server_arguments(host, port)])  # noqa: S606 - no shell, own program


def server_arguments(host: str, port: int) -> list[str]:
    """Give the arguments under which Python runs the server with our log instead of its own."""
    log = str(files("api") / "logging.json")
    arguments = ["-m", "uvicorn", "--factory", "api.app:create_app", "--host", host, "--port", str(port)]
    # Its access log, and what it says about web sockets, would show whole paths.
    return [*arguments, "--log-config", log, "--no-access-log", "--ws", "none"]
