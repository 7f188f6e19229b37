"""Where the parts of a cluster lie, and the URLs that reach it."""

import socket
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from landdb.errors import ClusterError
from landdb.store.logins import LOGINS_FILE

DATABASE = "landdb"
OWNER = "landdb"
ADMIN = "postgres"
#: sun_path holds 108 bytes with its closing zero.
LONGEST_SOCKET_PATH = 107
#: Below the ports that the kernel hands out to clients, so that a port stays free between two starts.
FIRST_PORT, PORTS = 15432, 1000


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of the cluster below `home`."""

    home: Path

    @property
    def cluster(self) -> Path:
        """Configuration, passwords, lock: owned by whoever runs landdb, closed to PostgreSQL's hands."""
        return self.home / "cluster"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.cluster / "data"

    @property
    def log(self) -> Path:
        """Folder of the server's log."""
        return self.home / "log"

    @property
    def run(self) -> Path:
        """Folder of the unix socket."""
        return self.home / "run"

    @property
    def configuration(self) -> Path:
        """postgresql.conf, rewritten on every start."""
        return self.cluster / "postgresql.conf"

    @property
    def admission(self) -> Path:
        """pg_hba.conf, rewritten on every start."""
        return self.cluster / "pg_hba.conf"

    @property
    def passwords(self) -> Path:
        """Password file of the role `landdb`; its presence says that the database was made completely."""
        return self.cluster / "landdb.pgpass"

    @property
    def admin_passwords(self) -> Path:
        """Password file of the superuser."""
        return self.cluster / "admin.pgpass"

    @property
    def logins(self) -> Path:
        """Password file of the API's logins, beside the owner's, where `landdb.store.logins` looks for it."""
        return self.cluster / LOGINS_FILE

    @property
    def port_file(self) -> Path:
        """The port of the last start."""
        return self.cluster / "port"

    def has_socket(self) -> bool:
        """Tell whether a unix socket's path would fit; if not, the cluster is reached by 127.0.0.1 alone."""
        return len(bytes(self.run / f".s.PGSQL.{FIRST_PORT + PORTS}")) <= LONGEST_SOCKET_PATH

    def saved_port(self) -> int | None:
        """Give the port of the last start, None before the first one."""
        try:
            return int(self.port_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def url(self, port: int) -> str:
        """Give the URL of the database for its owner; it names the password file and holds no secret."""
        return self._url(port, OWNER, DATABASE, self.passwords)

    def admin_url(self, port: int, database: str = DATABASE) -> str:
        """Give the URL for the superuser."""
        return self._url(port, ADMIN, database, self.admin_passwords)

    def _url(self, port: int, role: str, database: str, passwords: Path) -> str:
        passfile = quote(str(passwords), safe="")
        if self.has_socket():
            folder = quote(str(self.run), safe="")
            return f"postgresql://{role}@/{database}?host={folder}&port={port}&passfile={passfile}"
        return f"postgresql://{role}@127.0.0.1:{port}/{database}?passfile={passfile}"


def is_free(port: int) -> bool:
    """Tell whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _candidates(places: Places) -> Iterator[int]:
    saved = places.saved_port()
    if saved is not None:
        yield saved
    # Two homes on one machine begin their search at different places, so they seldom meet.
    offset = zlib.crc32(bytes(places.home))
    for step in range(PORTS):
        yield FIRST_PORT + (offset + step) % PORTS


def choose_port(places: Places) -> int:
    """Give the port of the last start when it is still free, else another free one."""
    for port in _candidates(places):
        if is_free(port):
            return port
    raise ClusterError(f"none of the ports {FIRST_PORT} to {FIRST_PORT + PORTS - 1} is free on 127.0.0.1")
