"""landdb serve: the API on this machine."""

import os
import sys
from typing import Annotated

import typer

from landdb.cli.output import err, explained_errors
from landdb.cli.session import session


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; keep it on loopback behind a proxy.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the API until Ctrl-C; the private cluster is started when it is not running."""
    with explained_errors(), session():
        pass
    err.print(f"landdb API on http://{host}:{port}/  (OpenAPI: /openapi.json)", highlight=False)
    arguments = ["-m", "uvicorn", "--factory", "api.app:create_app", "--host", host, "--port", str(port)]
    # The server replaces this process, so that signals and exit codes are its own.
    os.execv(sys.executable, [sys.executable, *arguments, "--no-access-log"])  # noqa: S606 - no shell, own program
