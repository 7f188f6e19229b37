"""The key that signs the roots: Ed25519, in a file of its own that only its owner reads, never in the database."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from landdb.errors import ConfigurationError
from landdb.store.vault import make_private_file, read_private_file


@dataclass(frozen=True, slots=True, repr=False)
class AuditKey:
    """The key of this installation's record."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """Give the half that anybody may have."""
        return self.private.public_key()

    @classmethod
    def make(cls, file: Path) -> Self:
        """Give the key of this file, made when there is none; raises ConfigurationError when others may read it."""
        if not file.exists():
            make_private_file(file, Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_private_file(file))))
        except ValueError as error:
            raise ConfigurationError(
                "the key of the access record is damaged", remedy="restore it from its backup"
            ) from error


def audit_key_file(key_file: Path) -> Path:
    """Give where the key lies, beside the keys for personal data."""
    return key_file.with_name(f"{key_file.stem}.audit.key")
