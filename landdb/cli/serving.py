"""landdb serve: the API on this machine."""

import os
import sys
from typing import Annotated

import typer

from landdb.cli.output import err, explained_errors
from landdb.cli.session import session
from landdb.store.sealing_key import open_vault


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; keep it on loopback behind a proxy.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[
        int, typer.Option(help="Processes that answer on the port.", min=1, max=64, envvar="LANDDB_WORKERS")
    ] = 1,
    metrics_port: Annotated[
        int | None, typer.Option(help="Port on 127.0.0.1 for Prometheus.", envvar="LANDDB_METRICS_PORT")
    ] = None,
) -> None:
    """Serve the API until Ctrl-C; the private cluster is started when it is not running.

    One JSON line per request goes to standard error: the route's pattern, status, time and who asked by token
    number; never a path, a query or a value. What the service grants before it refuses: docs/operations.md.
    """
    with explained_errors(), session() as (settings, conn):
        # A missing key file is told here in words, before the server starts.
        open_vault(conn, settings.key_file)
    err.print(f"landdb on http://{host}:{port}/app  (API: /, OpenAPI: /openapi.json)", highlight=False)
    os.environ["LANDDB_WORKERS"] = str(workers)
    if metrics_port is not None:
        os.environ["LANDDB_METRICS_PORT"] = str(metrics_port)
    # The server replaces this process, so that signals and exit codes are its own.
    os.execv(sys.executable, [sys.executable, *server_arguments(host, port)])  # noqa: S606 - no shell, own program


def server_arguments(host: str, port: int) -> list[str]:
    """Give the arguments under which Python runs the server."""
    return ["-m", "api.server", "--host", host, "--port", str(port)]
