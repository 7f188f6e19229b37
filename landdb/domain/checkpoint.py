"""Signed roots of the access record, in the form of https://c2sp.org/tlog-checkpoint, which other logs use too.

    landdb-audit
    <number of leaves>
    <root, base64>
    sealed <RFC 3339, UTC>
    previous <root before, base64>

    — landdb-audit <base64 of: first 4 bytes of the key's hash, Ed25519 signature>

The signature covers everything up to and with the line break before the empty line.
"""

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ORIGIN: Final = "landdb-audit"
_KEY_ID_BYTES: Final = 4
_ED25519: Final = b"\x01"
_SIGNED_BY: Final = f"— {ORIGIN} "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed: so many leaves, under this root, after that root, at that moment."""

    tree_size: int
    root: bytes
    previous_root: bytes
    sealed_at: dt.datetime

    def body(self) -> str:
        """Give the text that is signed."""
        moment = self.sealed_at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        lines = (
            ORIGIN,
            str(self.tree_size),
            _b64(self.root),
            f"sealed {moment}",
            f"previous {_b64(self.previous_root)}",
        )
        return "\n".join(lines) + "\n"

    def signed(self, key: Ed25519PrivateKey) -> str:
        """Give the signed note."""
        body = self.body()
        signature = _b64(key_id(key.public_key()) + key.sign(body.encode()))
        return f"{body}\n{_SIGNED_BY}{signature}\n"

    @classmethod
    def opened(cls, note: str, key: Ed25519PublicKey) -> Self | None:
        """Give what a note says, None when `key` did not sign it."""
        body, _, signatures = note.partition("\n\n")
        body += "\n"
        for line in signatures.splitlines():
            if line.startswith(_SIGNED_BY) and _is_signature(line.removeprefix(_SIGNED_BY), body, key):
                return cls._read(body)
        return None

    @classmethod
    def _read(cls, body: str) -> Self | None:
        try:
            origin, size, root, sealed, previous = body.splitlines()
            read = cls(
                int(size),
                base64.b64decode(root, validate=True),
                base64.b64decode(previous.removeprefix("previous "), validate=True),
                dt.datetime.fromisoformat(sealed.removeprefix("sealed ")),
            )
        except ValueError:
            return None
        return read if origin == ORIGIN and read.body() == body else None


def key_id(key: Ed25519PublicKey) -> bytes:
    """Give the four bytes by which a note names the key that signed it."""
    return sha256(f"{ORIGIN}\n".encode() + _ED25519 + key.public_bytes_raw()).digest()[:_KEY_ID_BYTES]


def public_text(key: Ed25519PublicKey) -> str:
    """Give the public key as it is published: `landdb-audit+<key id, hex>+<base64>`."""
    encoded = _b64(_ED25519 + key.public_bytes_raw())
    return f"{ORIGIN}+{key_id(key).hex()}+{encoded}"


def parse_public(text: str) -> Ed25519PublicKey:
    """Give the key of a published text; raises ValueError."""
    origin, named, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    key = Ed25519PublicKey.from_public_bytes(raw[1:])
    if origin != ORIGIN or raw[:1] != _ED25519 or key_id(key).hex() != named:
        raise ValueError("not a key of this log")
    return key


def _is_signature(text: str, body: str, key: Ed25519PublicKey) -> bool:
    try:
        raw = base64.b64decode(text, validate=True)
        if raw[:_KEY_ID_BYTES] != key_id(key):
            return False
        key.verify(raw[_KEY_ID_BYTES:], body.encode())
    except (binascii.Error, InvalidSignature):
        return False
    return True


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
