"""The walls around the reading child: what the parent gives it, and how it locks itself in.

Every wall stands alone, because no single one is everywhere: resource limits, an unprivileged account,
a network namespace, Landlock for files, a system-call filter. What the machine does not offer is
reported, never silently skipped.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landdb.importers.walls import landlock, seccomp

_GIB: Final = 1 << 30
_NOBODY: Final = 65534
_PR_SET_NO_NEW_PRIVS: Final = 38
_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWUSER: Final = 0x10000000
_CAPABILITY_V3: Final = 0x20080522

#: The longest a parent waits for the next batch; the child's own work is bounded by RLIMIT_CPU.
WALL_SECONDS: Final = 120

_SECONDS_TO_DIE: Final = 2

_SYSTEM_FILES: Final = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/usr/share/proj", "/usr/share/gdal",
    "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/proc/meminfo", "/proc/cpuinfo",
    "/sys/devices/system/cpu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the child may use."""

    cpu_seconds: int
    memory_bytes: int = 3 * _GIB
    file_bytes: int = 4 * _GIB
    open_files: int = 64

    @classmethod
    def for_size(cls, delivered_bytes: int) -> Limits:
        """Give a minute plus half a second per MB: twenty times what an honest file needs."""
        return cls(cpu_seconds=60 + delivered_bytes // 2_000_000)


def environment(folder: Path) -> dict[str, str]:
    """Give the child's whole environment: nothing of the parent's but where software and its data are."""
    fixed = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(folder),
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "GDAL_DRIVER_PATH": "disable",
        "OGR_DRIVER_PATH": "disable",
        "GDAL_VRT_ENABLE_PYTHON": "NO",
        "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
        "GML_DOWNLOAD_SCHEMA": "NO",
        "GML_SKIP_RESOLVE_ELEMS": "ALL",
        "OGR_GPKG_NUM_THREADS": "1",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "20",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "OGR_ARROW_MEM_LIMIT": str(256 << 20),
        "SHAPE_RESTORE_SHX": "YES",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "CPL_TMPDIR": str(folder),
        "GDAL_HTTP_TIMEOUT": "1",
        "PROJ_NETWORK": "OFF",
    }
    inherited = {name: os.environ[name] for name in ("GDAL_DATA", "PROJ_DATA", "PROJ_LIB") if name in os.environ}
    return fixed | inherited


def enter(folder: Path, limits: Limits) -> tuple[str, ...]:
    """Lock this process in; the result names the walls that this machine does not offer.

    Must run before numpy, Arrow or GDAL are imported: Landlock binds one thread and those it starts later.
    """
    missing = []
    libc = ctypes.CDLL(None, use_errno=True)
    narrow(limits)
    if not _leave_network(libc):
        missing.append("network namespace")
    if os.geteuid() == 0:
        _become_nobody(folder)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _drop_capabilities(libc)
    if not landlock.restrict(readable=_readable(), writable=[folder]):
        missing.append("Landlock")
    if not seccomp.deny_sockets_and_programs():
        missing.append("system-call filter")
    return tuple(missing)


def narrow(limits: Limits) -> None:
    """Bound what this process may use; what was bounded before can only be bounded further."""
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        _lower(kind, value, value)
    limit_time(limits)


def limit_time(limits: Limits) -> None:
    """Bound this process's computing time; what was bounded before can only be bounded further."""
    # At the hard limit the kernel kills; below it, a signal says why.
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _SECONDS_TO_DIE)


def _lower(kind: int, soft: int, hard: int) -> None:
    present = resource.getrlimit(kind)[1]
    if present != resource.RLIM_INFINITY:
        hard = min(hard, present)  # an ordinary user cannot lift what is already lower
    resource.setrlimit(kind, (min(soft, hard), hard))


def _leave_network(libc: ctypes.CDLL) -> bool:
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER
    return bool(libc.unshare(ctypes.c_int(flags)) == 0)


def _become_nobody(folder: Path) -> None:
    """Give root's rights up for good, where the installation can be read without them."""
    needed = [Path(__file__), Path(sys.executable), Path(sysconfig.get_path("platlib")), Path(os.__file__)]
    os.setegid(_NOBODY)
    os.seteuid(_NOBODY)
    reachable = all(os.access(path, os.R_OK, effective_ids=True) for path in needed)
    reachable = reachable and os.access(folder.parent, os.X_OK, effective_ids=True)
    os.seteuid(0)
    os.setegid(0)
    if not reachable:
        return
    os.setgroups([])
    for path in [folder, *folder.iterdir()]:
        os.chown(path, _NOBODY, _NOBODY)
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Empty all capability sets: root that stays root owns its files and nothing more."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_V3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if libc.capset(header, nothing) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _readable() -> list[Path]:
    """Give the installed software and its data; of a source checkout only the package itself."""
    named = [sys.prefix, sys.base_prefix, sys.exec_prefix, *_SYSTEM_FILES]
    named += [entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))]
    named += [os.environ[name] for name in ("GDAL_DATA", "PROJ_DATA", "PROJ_LIB") if name in os.environ]
    return [Path(__file__).parents[2], *(Path(name) for name in named)]
