"""Which key file a database belongs to: noted when its vault is first opened, compared ever after.

A lost key file must not be replaced in silence: what is sealed stays closed, and every known person would
look like a new one.
"""

from pathlib import Path

import psycopg

from landdb.errors import ConfigurationError
from landdb.store.statements import load
from landdb.store.vault import Vault


def open_vault(conn: psycopg.Connection, key_file: Path) -> Vault:
    """Give the vault of this database; a key file is made only for a database that has never had one.

    Raises ConfigurationError when the key file is missing or is another one. `conn` must be in autocommit,
    or be committed before anything is sealed.
    """
    noted = noted_key_id(conn)
    vault = Vault.make(key_file) if noted is None else Vault.open(key_file)
    if noted is None:
        conn.execute(load("sealing_key")["note"], {"key_id": vault.key_id})
        noted = noted_key_id(conn)  # another command may have been first
    if vault.key_id != noted:
        raise other_key()
    return vault


def noted_key_id(conn: psycopg.Connection) -> str | None:
    """Give which key seals this database, None when nothing was ever sealed in it."""
    row = conn.execute(load("sealing_key")["noted"]).fetchone()
    return row[0] if row else None


def other_key() -> ConfigurationError:
    """Give the error for a key file that is sound but belongs to another database."""
    return ConfigurationError(
        "the key file is not the one that seals this database",
        remedy="restore the key file from its backup, or name it with LANDDB_KEY_FILE",
    )
