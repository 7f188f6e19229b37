"""Start, stop and ask after the private cluster. Safe to call twice, from two processes, and after a crash."""

import fcntl
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from landdb.cluster.account import Account, account_for
from landdb.cluster.binaries import Installation, find_installation
from landdb.cluster.creation import (
    furnish,
    initialise,
    make_folders,
    make_server_folders,
    write_configuration,
)
from landdb.cluster.places import Places, choose_port, is_free
from landdb.cluster.processes import clear_remains, is_ready, postmaster
from landdb.errors import ClusterError
from landdb.settings import Settings

#: Crash recovery replays at most `max_wal_size`; a slow disk needs minutes for it.
START_TIMEOUT_S = 600
STOP_TIMEOUT_S = 60
LOCK_TIMEOUT_S = START_TIMEOUT_S + 60

State = Literal["absent", "stopped", "running"]


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """How the private cluster is. `url` holds no secret; it is None until the cluster was made."""

    state: State
    home: Path
    log: Path
    pid: int | None
    port: int | None
    url: str | None


def status(settings: Settings) -> ClusterStatus:
    """Give the state of the private cluster; changes nothing."""
    places = Places(settings.home)
    try:
        made = places.data.exists()
    except PermissionError as error:
        raise ClusterError(f"{places.home} belongs to another user", remedy="choose your own LANDDB_HOME") from error
    if not made:
        return ClusterStatus("absent", places.home, places.log, None, None, None)
    running = postmaster(places.data)
    if running is None:
        port = places.saved_port()
        return ClusterStatus("stopped", places.home, places.log, None, port, places.url(port) if port else None)
    pid, port = running
    return ClusterStatus("running", places.home, places.log, pid, port, places.url(port))


def start(settings: Settings, *, durable: bool = True) -> ClusterStatus:
    """Give the status of the running cluster, made and started where needed.

    `durable=False` is for tests: commits are not forced to disk, so a crash of the machine loses the cluster.
    """
    places = Places(settings.home)
    if _is_complete(places):
        return status(settings)
    make_folders(places)
    with _lock(places):
        account = account_for(places.data)
        installation = find_installation(_major(places))
        make_server_folders(places, account)
        if not places.data.exists():
            initialise(places, account, installation, durable=durable)
        if postmaster(places.data) is None:
            clear_remains(places.data, places.run)
            _start_server(places, account, installation, durable=durable)
        furnish(places, _port(places))
    return status(settings)


def stop(settings: Settings) -> ClusterStatus:
    """Give the status of the stopped cluster; open transactions are rolled back, committed ones are safe.

    A backend that does not react within a minute is cut off; the next start then replays the log.
    """
    places = Places(settings.home)
    if status(settings).state == "running":
        with _lock(places):
            _stop_server(places)
    return status(settings)


def reset(settings: Settings) -> ClusterStatus:
    """Give the status after the cluster was stopped and everything in it deleted; keys and logs stay.

    The keys stay because they open backups too.
    """
    places = Places(settings.home)
    if status(settings).state == "absent":
        return status(settings)
    account_for(places.data)
    with _lock(places):
        _stop_server(places)
        clear_remains(places.data, places.run)
        # Renamed first: a half-deleted data folder must not look like a cluster.
        doomed = places.cluster / "data.new"
        shutil.rmtree(doomed, ignore_errors=True)
        places.data.rename(doomed)
        shutil.rmtree(doomed)
        for path in (places.passwords, places.logins, places.admin_passwords):
            path.unlink(missing_ok=True)
    return status(settings)


def url(settings: Settings) -> str:
    """Give the URL of the database in use: LANDDB_DATABASE_URL, else that of the private cluster. Starts nothing."""
    if settings.database_url:
        return settings.database_url
    found = status(settings).url
    if found is None:
        raise ClusterError("there is no private cluster yet", remedy="landdb db start")
    return found


def ensure_url(settings: Settings) -> str:
    """Give the URL of a database that answers: LANDDB_DATABASE_URL, else that of the private cluster, started."""
    if settings.database_url:
        return settings.database_url
    start(settings)
    return url(settings)


def admin_url(settings: Settings) -> str:
    """Give the URL of the private cluster's superuser, for extensions, backups and test databases."""
    port = status(settings).port
    if port is None:
        raise ClusterError("there is no private cluster yet", remedy="landdb db start")
    return Places(settings.home).admin_url(port)


def psql_command(settings: Settings) -> list[str]:
    """Give the command line of psql on the database in use."""
    found = shutil.which("psql")
    program = found if found and settings.database_url else find_installation().program("psql")
    return [program, url(settings)]


def _is_complete(places: Places) -> bool:
    """Tell whether the cluster is made, running and ready; the answer every command after the first one gets."""
    try:
        complete = places.data.exists() and places.passwords.exists() and places.logins.exists()
        return complete and postmaster(places.data) is not None and is_ready(places.data)
    except PermissionError:
        return False


def _major(places: Places) -> int | None:
    version = places.data / "PG_VERSION"
    return int(version.read_text(encoding="ascii")) if version.exists() else None


def _port(places: Places) -> int:
    running = postmaster(places.data)
    if running is None:
        raise ClusterError("PostgreSQL ended right after its start", remedy=f"read the newest file in {places.log}")
    return running[1]


@contextmanager
def _lock(places: Places) -> Iterator[None]:
    """Let one process at a time change the cluster. The kernel releases the lock when its holder dies."""
    descriptor = os.open(places.cluster / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + LOCK_TIMEOUT_S
        while not _locked(descriptor):
            if time.monotonic() > deadline:
                raise ClusterError("another landdb process has been starting or stopping the cluster for too long")
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start_server(places: Places, account: Account, installation: Installation, *, durable: bool) -> None:
    """Start through pg_ctl: the server becomes a child of process 1 and outlives us without becoming a zombie."""
    for _attempt in range(3):
        port = choose_port(places)
        write_configuration(places, port, durable=durable)
        if _pg_ctl_start(places, account, installation):
            return
        # Somebody may have taken the port between our look and PostgreSQL's: then another one will do.
        if is_free(port):
            break
    startup = places.log / "startup.log"
    told = startup.read_text(encoding="utf-8", errors="replace")[-800:].strip() if startup.exists() else ""
    raise ClusterError(f"PostgreSQL did not start: {told}", remedy=f"read the newest file in {places.log}")


def _pg_ctl_start(places: Places, account: Account, installation: Installation) -> bool:
    command = [installation.program("pg_ctl"), "start", "--wait", "--silent", f"--timeout={START_TIMEOUT_S}"]
    command += [f"--pgdata={places.data}", f"--log={places.log / 'startup.log'}"]
    command += ["--options", f"-c config_file={shlex.quote(str(places.configuration))}"]
    return account.run(command, timeout_s=START_TIMEOUT_S + 30).returncode == 0


def _stop_server(places: Places) -> None:
    account = account_for(places.data)
    installation = find_installation(_major(places))
    for mode in ("fast", "immediate"):
        if postmaster(places.data) is None:
            return
        command = [installation.program("pg_ctl"), "stop", "--wait", "--silent", f"--timeout={STOP_TIMEOUT_S}"]
        try:
            account.run([*command, f"--pgdata={places.data}", f"--mode={mode}"], timeout_s=STOP_TIMEOUT_S + 30)
        except subprocess.TimeoutExpired:
            continue
    if postmaster(places.data) is not None:
        raise ClusterError("PostgreSQL does not stop", remedy=f"read the newest file in {places.log}")
