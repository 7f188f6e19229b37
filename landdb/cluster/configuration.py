"""postgresql.conf and pg_hba.conf of the private cluster, sized to the machine on every start."""

import os
import shutil
from pathlib import Path

from landdb.cluster.places import Places

MIB = 1 << 20
GIB = 1 << 30
#: What a throwaway cluster may think the machine has.
THROWAWAY_MEMORY = 2 * GIB

ADMISSION = """\
# Written by landdb on every start. A password for everyone, on the socket too: see landdb/cluster.
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
local replication postgres scram-sha-256
"""


def memory_bytes() -> int:
    """Give the memory that this machine, or the container around us, may use."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _megabytes(size: int) -> str:
    return f"{size // MIB}MB"


def _sizes(memory: int, disk: int) -> dict[str, str]:
    cores = os.cpu_count() or 1
    return {
        "shared_buffers": _megabytes(_between(64 * MIB, memory // 4, 8 * GIB)),
        "effective_cache_size": _megabytes(memory * 6 // 10),
        "work_mem": _megabytes(_between(4 * MIB, memory // 512, 64 * MIB)),
        "maintenance_work_mem": _megabytes(_between(64 * MIB, memory // 20, GIB)),
        "max_wal_size": _megabytes(_between(GIB, disk // 20, 4 * GIB)),
        # A forgotten replication slot must not fill the disk: a full WAL folder stops the server.
        "max_slot_wal_keep_size": _megabytes(_between(GIB, disk // 5, 64 * GIB)),
        "max_worker_processes": str(max(8, cores)),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(_between(0, cores // 2, 4)),
    }


def _shared_memory() -> str:
    """Give how parallel workers share memory: containers often have a /dev/shm too small for it, or none."""
    folder = Path("/dev/shm")  # noqa: S108 - the kernel's own, by its fixed name
    try:
        usable = folder.stat().st_mode & 0o002 and shutil.disk_usage(folder).total >= GIB // 2
    except OSError:
        usable = False
    return "posix" if usable else "mmap"


def _safety(*, durable: bool) -> dict[str, str]:
    switch = "on" if durable else "off"
    return {"fsync": switch, "synchronous_commit": switch, "full_page_writes": switch}


#: The log tells what the server did, never what anybody asked or stored: no statement, no parameter, no detail.
LOG = {
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

FIXED = {
    "cluster_name": "landdb",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "ssl": "off",
    "timezone": "UTC",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "min_wal_size": "256MB",
    # Parcels are found by index on solid state disks; compiling short spatial queries costs more than it saves.
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "jit": "off",
    # PostGIS must never open a file or an address on behalf of a query.
    "postgis.gdal_enabled_drivers": "DISABLE_ALL",
    "postgis.enable_outdb_rasters": "off",
}


def _line(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "''")
    return f"{name} = '{quoted}'\n"


def settings_text(places: Places, port: int, *, durable: bool) -> str:
    """Give the whole postgresql.conf."""
    memory = memory_bytes() if durable else min(memory_bytes(), THROWAWAY_MEMORY)
    disk = shutil.disk_usage(places.cluster).total
    located = {
        "data_directory": str(places.data),
        "hba_file": str(places.admission),
        "ident_file": str(places.data / "pg_ident.conf"),
        "log_directory": str(places.log),
        "unix_socket_directories": str(places.run) if places.has_socket() else "",
        "port": str(port),
        "dynamic_shared_memory_type": _shared_memory(),
    }
    groups = (located, FIXED, _safety(durable=durable), _sizes(memory, disk), LOG)
    body = "".join(_line(name, value) for group in groups for name, value in group.items())
    return "# Written by landdb on every start; keep your own settings with ALTER SYSTEM.\n" + body
