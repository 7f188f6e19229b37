"""`python -m api.server`: uvicorn with our connections, our log and as many workers as are asked for."""

import argparse
import os
import resource
import tempfile
from importlib.resources import files

import uvicorn

from landdb.settings import Settings


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(description="The landdb API; `landdb serve` starts this.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    limits = Settings.from_environment().limits
    _raise_open_files()
    if limits.workers > 1:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="landdb-metrics-"))
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=asked.host,
        port=asked.port,
        workers=limits.workers if limits.workers > 1 else None,
        http="api.connections:GuardedConnection",
        # uvicorn's own access log, and what it says about web sockets, would show whole paths.
        ws="none",
        access_log=False,
        log_config=str(files("api") / "logging.json"),
        server_header=False,
        backlog=2048,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
    )


def _raise_open_files() -> None:
    """Let the process have as many connections as the system allows it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
