"""The OS account that runs the cluster: whoever runs landdb, `postgres` in place of root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landdb.cluster.binaries import INSTALL_REMEDY
from landdb.errors import ClusterError


@dataclass(frozen=True, slots=True)
class Account:
    """One OS account."""

    name: str
    uid: int
    gid: int

    def run(self, command: Sequence[str], *, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Give the finished command, run as this account; a failure is in its return code.

        The environment is clean, since PGHOST, PGDATA and the like would redirect PostgreSQL's programs.
        """
        other = os.geteuid() != self.uid
        return subprocess.run(  # noqa: S603 - our own argument lists, no shell
            command,
            user=self.uid if other else None,
            group=self.gid if other else None,
            extra_groups=[] if other else None,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def own(self, path: Path, mode: int) -> None:
        """Give `path` to this account."""
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def _named(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def account_for(data: Path) -> Account:
    """Give the account that runs the cluster in `data`: its owner, or for a new one who may become it."""
    caller = os.geteuid()
    owner = data.stat().st_uid if data.exists() else caller
    if caller not in (0, owner):
        raise ClusterError(
            f"the cluster belongs to {pwd.getpwuid(owner).pw_name}",
            remedy="run landdb as that user, or choose a folder of your own with LANDDB_HOME",
        )
    if owner != 0:
        return _named(pwd.getpwuid(owner))
    try:
        return _named(pwd.getpwnam("postgres"))
    except KeyError:
        raise ClusterError(
            "PostgreSQL refuses to run as root and there is no user `postgres`", remedy=INSTALL_REMEDY
        ) from None
