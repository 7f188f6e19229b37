"""Personal values sealed by the application: the database never sees a key or a clear citizen ID.

AES-256-GCM with a random 96-bit nonce; the associated data bind a ciphertext to its table, row, column
and key, so that it cannot be moved. Exact lookup goes through a blind index, HMAC-SHA-256 under a second
key: without the key, the 2.5 × 10¹⁰ possible citizen IDs cannot be tried.
"""

import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from landdb.errors import ConfigurationError

NONCE_BYTES = 12

#: Which cell a ciphertext belongs to: table, row identity, column.
Cell = tuple[str, int, str]


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """The keys for personal data, and what is done with them."""

    key_id: str
    _index_key: bytes
    _cipher: AESGCM = field(compare=False)

    @classmethod
    def make(cls, key_file: Path) -> Self:
        """Give the vault of this key file, making the file (owner only) when there is none."""
        if not key_file.exists():
            _make_key_file(key_file)
        return cls.open(key_file)

    @classmethod
    def open(cls, key_file: Path) -> Self:
        """Give the vault of this key file.

        Raises ConfigurationError when there is none, it is not a key file or others may read it.
        """
        try:
            content = json.loads(read_private_file(key_file))
            key_id = content["current"]
            keys = content["keys"][key_id]
            return cls(key_id, bytes.fromhex(keys["index"]), AESGCM(bytes.fromhex(keys["seal"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                "the key file is damaged", remedy="restore it from its backup: without it personal data stay sealed"
            ) from error

    def seal(self, plaintext: str | None, *, cell: Cell) -> bytes | None:
        """Give nonce + ciphertext of `plaintext` bound to `cell`; None stays None."""
        if plaintext is None:
            return None
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plaintext.encode(), self._bind(cell))

    def unseal(self, sealed: bytes | None, *, cell: Cell) -> str | None:
        """Give back what was sealed for `cell`; raises ConfigurationError when it was not, or was altered."""
        if sealed is None:
            return None
        sealed = bytes(sealed)
        try:
            clear = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bind(cell))
        except InvalidTag as error:
            raise ConfigurationError(
                "a sealed value does not open", remedy="it was sealed with another key file, moved or altered"
            ) from error
        return clear.decode()

    def index(self, purpose: str, text: str) -> bytes:
        """Give the blind index (32 bytes) of `text` for one purpose, such as ``citizen_id``."""
        return hmac.digest(self._index_key, f"{purpose}:v1:{text}".encode(), sha256)

    def _bind(self, cell: Cell) -> bytes:
        table, row_id, column = cell
        return f"{table}|{row_id}|{column}|{self.key_id}".encode()


def _make_key_file(key_file: Path) -> None:
    key_id = "k" + secrets.token_hex(4)
    keys = {"seal": secrets.token_hex(32), "index": secrets.token_hex(32)}
    make_private_file(key_file, json.dumps({"current": key_id, "keys": {key_id: keys}}))


def make_private_file(file: Path, text: str) -> None:
    """Write a new file that only its owner can read; a second starter finds the first one's file."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def read_private_file(file: Path) -> str:
    """Give the text of a file of keys; raises ConfigurationError when it is missing or others may read it."""
    if not file.exists():
        raise ConfigurationError(f"the key file {file} is missing", remedy="restore the key file from its backup")
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(
            "the key file can be read by others", remedy=f"chmod 600 {file}, then find out who read it"
        )
    return file.read_text("utf-8")
