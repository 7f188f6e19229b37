"""The embedded default: a private PostGIS cluster that landdb makes, starts and stops for its user.

Nothing here needs an administrator once the PostgreSQL and PostGIS packages are installed. The cluster
belongs to whoever runs landdb (to `postgres` when root does, since PostgreSQL refuses root), lives in
`settings.home` and is reached through the unix socket in its own closed folder or through 127.0.0.1.

Every connection must give a password (SCRAM), the socket included: a sandboxed import child runs under
the same account and could open the socket, but it cannot read the password file. The URLs of this module
therefore name that file (`passfile=`) and hold no secret; they may be printed, logged and shown by `ps`.
The role `landdb` owns its database and is no superuser; only `admin_url` is.
"""

from landdb.cluster.binaries import Installation, find_installation
from landdb.cluster.lifecycle import (
    ClusterStatus,
    admin_url,
    ensure_url,
    psql_command,
    reset,
    start,
    status,
    stop,
    url,
)

__all__ = [
    "ClusterStatus",
    "Installation",
    "admin_url",
    "ensure_url",
    "find_installation",
    "psql_command",
    "reset",
    "start",
    "status",
    "stop",
    "url",
]
