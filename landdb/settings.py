"""One frozen `Settings`, read once from LANDDB_* and passed on; never a global."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from landdb.service_limits import ServiceLimits

TILE_CACHE_MB: Final = 2048


def _default_home(environment: Mapping[str, str]) -> Path:
    """Give the folder for clusters and keys: a system folder for root, the user's data folder otherwise.

    Root's own home is closed to the `postgres` user, who must run the cluster when root asks for one.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/landdb")
    data_home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data_home) / "landdb"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where landdb keeps its cluster and keys, and which database it talks to.

    `home`: folder of the private cluster and of the key file (LANDDB_HOME).
    `database_url`: a PostGIS to use instead of the private cluster (LANDDB_DATABASE_URL).
    `key_file`: keys for personal data (LANDDB_KEY_FILE); made on first start, never in the database.
    `renders`: whether the API renders changed parcels in the background (LANDDB_RENDERING=off: it does not).
    `oidc_issuers`: identity providers whose tokens are believed (LANDDB_OIDC_ISSUERS, a TOML file).
    `seals`: whether the API seals the record of access in the background (LANDDB_SEALING=off: it does not).
    `metrics_port`: where this machine alone may read the service's metrics (LANDDB_METRICS_PORT); None: nowhere.
    `limits`: what the service grants before it refuses (`landdb.service_limits`).
    `tile_cache_mb`: how much the kept map tiles may take in the database (LANDDB_TILE_CACHE_MB).
    `logins`: passwords of the API's logins in PostgreSQL, when they lie elsewhere (LANDDB_LOGINS_FILE).
    """

    home: Path
    database_url: str | None
    key_file: Path
    renders: bool = False
    oidc_issuers: Path | None = None
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    metrics_port: int | None = None
    tile_cache_mb: int = TILE_CACHE_MB
    seals: bool = False
    logins: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Give the settings that LANDDB_* describe."""
        home = Path(environment.get("LANDDB_HOME") or _default_home(environment)).absolute()
        key_file, issuers = environment.get("LANDDB_KEY_FILE"), environment.get("LANDDB_OIDC_ISSUERS")
        logins = environment.get("LANDDB_LOGINS_FILE")
        return cls(
            home=home,
            database_url=environment.get("LANDDB_DATABASE_URL") or None,
            key_file=Path(key_file) if key_file else home / "keys" / "landdb.key",
            renders=environment.get("LANDDB_RENDERING", "on").lower() != "off",
            oidc_issuers=Path(issuers) if issuers else None,
            seals=environment.get("LANDDB_SEALING", "on").lower() != "off",
            limits=ServiceLimits.from_environment(environment),
            metrics_port=int(environment["LANDDB_METRICS_PORT"]) if environment.get("LANDDB_METRICS_PORT") else None,
            tile_cache_mb=int(environment.get("LANDDB_TILE_CACHE_MB") or TILE_CACHE_MB),
            logins=Path(logins) if logins else None,
        )
