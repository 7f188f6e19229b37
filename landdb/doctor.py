"""The examination behind `landdb doctor`: what landdb stands on, and how to mend what is wrong.

Reads only; nothing is started, installed or changed. A fault makes the command fail, advice does not.
"""

import ctypes
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyogrio
import pyproj

from landdb import cluster
from landdb.cluster.configuration import GIB, memory_bytes
from landdb.doctor_database import examine_database
from landdb.doctor_report import Check, advice, fault, fine
from landdb.domain.crs import to_wgs84
from landdb.errors import LanddbError
from landdb.settings import Settings

__all__ = ["Check", "examine"]

#: The minor release that closed the holes through which planner statistics leaked rows.
OLDEST_SAFE = (15, 14)
UPGRADE_REMEDY = "apt-get update && apt-get install --only-upgrade postgresql-15"
#: One point of Phú Thọ: EPSG 9208 east and north, then longitude and latitude.
GOLDEN_POINT = (558400.0, 2368900.0, 105.315208682, 21.414080664)
GOLDEN_TOLERANCE_DEG = 1e-8
#: adjtimex() answers this when no time service keeps the clock.
CLOCK_UNSYNCHRONISED = 5
SIZE_OF_TIMEX = 208
SANDBOX_PROBE = """
import sys
from pathlib import Path
from landdb.importers.walls.sandbox import Limits, enter
print(", ".join(enter(Path(sys.argv[1]), Limits.for_size(0))))
"""


def examine(settings: Settings) -> list[Check]:
    """Give every check in the order in which one would mend them; LanddbErrors become faults."""
    sections: tuple[Callable[[Settings], Iterator[Check]], ...] = (
        _programs,
        _cluster,
        _database,
        _disk,
        _memory,
        _key_file,
        _libraries,
        _coordinates,
        _sandbox,
        _clock,
    )
    return [check for section in sections for check in _run(section, settings)]


def _run(section: Callable[[Settings], Iterator[Check]], settings: Settings) -> Iterator[Check]:
    try:
        yield from section(settings)
    except LanddbError as error:
        yield fault(section.__name__.strip("_"), error.message, error.remedy)


def _programs(settings: Settings) -> Iterator[Check]:
    if settings.database_url:
        yield fine("programs", "not needed: LANDDB_DATABASE_URL names an outside database")
        return
    found = cluster.find_installation()
    text = f"PostgreSQL {found.version[0]}.{found.version[1]} in {found.folder}"
    if found.version < OLDEST_SAFE:
        yield advice("PostgreSQL", f"{text} has known holes", UPGRADE_REMEDY)
    else:
        yield fine("PostgreSQL", text)
    yield fine("PostGIS", f"PostGIS {found.postgis}")


def _cluster(settings: Settings) -> Iterator[Check]:
    if settings.database_url:
        return
    status = cluster.status(settings)
    if status.state == "running":
        yield fine("cluster", f"running on port {status.port} as process {status.pid}, in {status.home}")
    elif status.state == "stopped":
        yield fine("cluster", f"stopped, in {status.home}; the next command starts it")
    else:
        yield fine("cluster", f"not made yet; the first command makes it in {status.home}")


def _database(settings: Settings) -> Iterator[Check]:
    if not settings.database_url and cluster.status(settings).state != "running":
        yield advice("database", "not examined, since the cluster is not running", "landdb db start")
        return
    yield from examine_database(cluster.url(settings), settings.key_file, outside=bool(settings.database_url))


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _disk(settings: Settings) -> Iterator[Check]:
    usage = shutil.disk_usage(_existing(settings.home))
    share = usage.free / usage.total
    text = f"{usage.free / GIB:.1f} GiB free ({share:.0%}) for {settings.home}"
    remedy = "free some space, or move LANDDB_HOME to a larger disk"
    if share < 0.05 or usage.free < GIB:
        yield fault("disk", text, remedy)
    elif share < 0.10:
        yield advice("disk", text, remedy)
    else:
        yield fine("disk", text)


def _memory(_settings: Settings) -> Iterator[Check]:
    memory = memory_bytes()
    text = f"{memory / GIB:.1f} GiB"
    if memory < 2 * GIB:
        yield advice("memory", text, "a commune of 30,000 parcels is checked comfortably with 4 GiB")
    else:
        yield fine("memory", text)


def _key_file(settings: Settings) -> Iterator[Check]:
    path = settings.key_file
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        yield fine("key file", f"none at {path}; it is made for a database that has nothing sealed")
        return
    except PermissionError:
        yield fault("key file", f"{path} cannot be read by this user", "run landdb as its owner")
        return
    if mode & 0o077:
        yield fault("key file", f"{path} can be read by others (mode {mode:03o})", f"chmod 600 {path}")
    else:
        yield fine("key file", f"{path}; keep a copy elsewhere: without it the personal data is lost")


def _libraries(_settings: Settings) -> Iterator[Check]:
    gdal = ".".join(str(part) for part in pyogrio.__gdal_version__)
    yield fine("libraries", f"GDAL {gdal}, PROJ {pyproj.proj_version_str}, Python {sys.version.split()[0]}")


def _coordinates(_settings: Settings) -> Iterator[Check]:
    east, north, lon, lat = GOLDEN_POINT
    got_lon, got_lat = to_wgs84(9208)([east], [north])
    off = max(abs(float(got_lon[0]) - lon), abs(float(got_lat[0]) - lat))
    if off <= GOLDEN_TOLERANCE_DEG:
        yield fine("coordinates", "VN-2000 to WGS 84 agrees with the reference point")
    else:
        remedy = "unset PROJ_DATA and PROJ_LIB, then reinstall with `make clean setup`"
        yield fault("coordinates", f"VN-2000 to WGS 84 is off by {off:.2e}° at the reference point", remedy)


def _sandbox(_settings: Settings) -> Iterator[Check]:
    """Lock a child in as an import would be, and hear which walls this machine does not have."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SANDBOX_PROBE, folder]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            yield fault("sandbox", "the reading child cannot be locked in", "reinstall with `make clean setup`")
            return
    missing = done.stdout.strip()
    if missing:
        remedy = "use a kernel with Landlock (Debian 12 has it) and allow unprivileged user namespaces"
        yield advice("sandbox", f"imports run with fewer walls; missing: {missing}", remedy)
    else:
        yield fine("sandbox", "own network namespace, Landlock, system-call filter, resource limits")


def _clock(_settings: Settings) -> Iterator[Check]:
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(SIZE_OF_TIMEX))
    if state == CLOCK_UNSYNCHRONISED:
        remedy = "apt-get install systemd-timesyncd, unless the host of this machine keeps its clock"
        yield advice("clock", "no time service keeps the clock; history is dated by it", remedy)
    else:
        yield fine("clock", "kept by a time service")
