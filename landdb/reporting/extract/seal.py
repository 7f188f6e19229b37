"""The signature of an extract: Ed25519 over its facts, with a key that only this installation has.

The key lies beside the keys for personal data. Its public half is handed out, so that a bank or a court checks an
extract without asking anybody.
"""

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from landdb.errors import ConfigurationError
from landdb.reporting.extract.facts import Facts, canonical
from landdb.store.vault import make_private_file, read_private_file

#: Signed before the facts, so that a signature made for another purpose never fits here.
_PURPOSE: Final = b"landdb extract v1\n"


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """The key that extracts are signed with."""

    key_id: str
    _private: Ed25519PrivateKey

    @classmethod
    def make(cls, file: Path) -> Self:
        """Give the seal of this file, made when there is none; raises ConfigurationError when it is damaged."""
        if not file.exists():
            make_private_file(file, json.dumps({"seed": Ed25519PrivateKey.generate().private_bytes_raw().hex()}))
        try:
            private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(json.loads(read_private_file(file))["seed"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                "the key file of extracts is damaged",
                remedy=f"restore {file} from its backup: without it extracts issued before cannot be checked offline",
            ) from error
        return cls(sha256(private.public_key().public_bytes_raw()).hexdigest()[:16], private)

    @property
    def public_key(self) -> bytes:
        """Give the public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, facts: Facts) -> dict[str, Any]:
        """Give the facts with their signature, as an extract carries them."""
        signature = self._private.sign(_PURPOSE + canonical(facts))
        return {"facts": facts, "key_id": self.key_id, "signature": base64.b64encode(signature).decode()}


def seal_file(key_file: Path) -> Path:
    """Give where the key of extracts lies, beside the keys for personal data."""
    return key_file.with_name(f"{key_file.stem}.extracts.json")


def is_signed_by(signed: dict[str, Any], public_key: bytes) -> bool:
    """Tell whether the facts are as this key signed them."""
    try:
        signature = base64.b64decode(signed["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _PURPOSE + canonical(signed["facts"]))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True
