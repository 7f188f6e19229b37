"""Which PostgreSQL to run: the newest installed one that has PostGIS."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from landdb.errors import ClusterError

#: The oldest major version whose features the schema and the security model use.
OLDEST_MAJOR = 15
#: Where Debian and its relatives keep one folder per major version.
PACKAGED = Path("/usr/lib/postgresql")
INSTALL_REMEDY = "apt-get install --no-install-recommends postgresql-15 postgresql-15-postgis-3"


@dataclass(frozen=True, slots=True)
class Installation:
    """One set of PostgreSQL programs. `postgis` is None when its extension files are missing."""

    folder: Path
    version: tuple[int, int]
    postgis: str | None

    @property
    def major(self) -> int:
        """The major version, which a data folder is bound to."""
        return self.version[0]

    def program(self, name: str) -> str:
        """Give the full path of one program, such as ``initdb``."""
        return str(self.folder / name)


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603 - fixed programs
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _folders() -> Iterator[Path]:
    yield from sorted(PACKAGED.glob("*/bin"))
    pg_config = shutil.which("pg_config")
    configured = _output(pg_config, "--bindir") if pg_config else None
    if configured:
        yield Path(configured)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _share_folder(folder: Path, major: int) -> Path | None:
    if folder.parent.parent == PACKAGED:
        return Path("/usr/share/postgresql") / str(major)
    configured = _output(str(folder / "pg_config"), "--sharedir")
    return Path(configured) if configured else None


def _postgis_version(folder: Path, major: int) -> str | None:
    share = _share_folder(folder, major)
    control = share / "extension" / "postgis.control" if share else None
    if control is None or not control.is_file():
        return None
    found = re.search(r"^default_version\s*=\s*'([^']+)'", control.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else None


def _installation(folder: Path) -> Installation | None:
    if not all((folder / name).is_file() for name in ("postgres", "initdb", "pg_ctl", "psql")):
        return None
    found = re.search(r"(\d+)\.(\d+)", _output(str(folder / "postgres"), "--version") or "")
    if found is None:
        return None
    major = int(found[1])
    return Installation(folder, (major, int(found[2])), _postgis_version(folder, major))


@lru_cache(maxsize=1)
def list_installations() -> tuple[Installation, ...]:
    """Give every PostgreSQL on this machine, newest first."""
    found = {folder: _installation(folder) for folder in _folders()}
    return tuple(sorted((one for one in found.values() if one), key=lambda one: one.version, reverse=True))


def find_installation(major: int | None = None) -> Installation:
    """Give the newest usable PostgreSQL, or the one of the major version that made a data folder."""
    for one in list_installations():
        if one.postgis and one.major >= OLDEST_MAJOR and major in (None, one.major):
            return one
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    remedy = INSTALL_REMEDY if major is None else INSTALL_REMEDY.replace("15", str(major))
    raise ClusterError(f"{wanted} with PostGIS is not installed", remedy=remedy)
