"""Keys of this installation's own tokens: Ed25519, in a file beside the vault's, readable by its owner only."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from landdb.errors import ConfigurationError
from landdb.store.vault import make_private_file, read_private_file

#: Who issues the tokens of local accounts and clients.
LOCAL_ISSUER: Final = "urn:landdb:local"
AUDIENCE: Final = "landdb"
#: Claim of our own tokens: which identity provider knows the subject, when it is none of ours.
OF_ISSUER: Final = "landdb_issuer"
#: The longest that a token lives: whoever steals one has it for so long, and no list of stolen ones is kept.
LIFETIME_S: Final = 600


@dataclass(frozen=True, slots=True, repr=False)
class SigningKeys:
    """The key that signs now, and the public halves of all that may still be believed."""

    key_id: str
    _private: Ed25519PrivateKey
    public: dict[str, Ed25519PublicKey]

    @classmethod
    def make(cls, file: Path) -> Self:
        """Give the keys of this file, made when there is none; raises ConfigurationError when others may read it."""
        if not file.exists():
            make_private_file(file, json.dumps(_new_keys()))
        try:
            content = json.loads(read_private_file(file))
            private = {
                key_id: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
                for key_id, seed in content["keys"].items()
            }
            current = str(content["current"])
            return cls(current, private[current], {key_id: key.public_key() for key_id, key in private.items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                "the file of signing keys is damaged", remedy=f"delete {file}: everybody signs in again"
            ) from error

    def issue(self, subject: str, *, of_issuer: str = LOCAL_ISSUER, lifetime_s: int = LIFETIME_S) -> str:
        """Give an access token for a subject of ours or of another issuer, who has proved to be it."""
        now = int(time.time())
        claims = {
            "iss": LOCAL_ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime_s,
        }
        if of_issuer != LOCAL_ISSUER:
            claims[OF_ISSUER] = of_issuer
        return jwt.encode(claims, self._private, algorithm="EdDSA", headers={"typ": "at+jwt", "kid": self.key_id})

    def jwks(self) -> dict[str, Any]:
        """Give the public keys as a JSON Web Key Set, for other services that are shown our tokens."""
        algorithm = jwt.get_algorithm_by_name("EdDSA")
        keys = [
            {**algorithm.to_jwk(key, as_dict=True), "kid": key_id, "alg": "EdDSA", "use": "sig"}
            for key_id, key in self.public.items()
        ]
        return {"keys": keys}


def signing_file(key_file: Path) -> Path:
    """Give where the signing keys lie, beside the keys for personal data."""
    return key_file.with_name(f"{key_file.stem}.signing.json")


def _new_keys() -> dict[str, Any]:
    key_id = f"s{int(time.time()):x}"
    seed = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return {"current": key_id, "keys": {key_id: seed.hex()}}
