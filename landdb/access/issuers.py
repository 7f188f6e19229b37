"""Identity providers whose tokens are believed, and their keys: few fetches, however many tokens are shown.

`LANDDB_OIDC_ISSUERS` names a TOML file with one table for each:

    [[issuer]]
    issuer = "https://sso.example.gov.vn/realms/land"
    audience = "landdb"
    jwks = "https://sso.example.gov.vn/realms/land/protocol/openid-connect/certs"    # or the path of a file
    citizen_id_claim = "citizen_id"    # only for a provider that verifies citizens
    clock_error_s = 30

    [issuer.sign_in]                   # only when people sign in there at the page
    client_id = "landdb-page"
    client_secret_file = "landdb-page.secret"    # none: a public client
    label = "Tài khoản của tỉnh"
    scopes = "openid"

Without `jwks` the provider's discovery document says where the keys are.
"""

import json
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from landdb.access.discovery import Discovery
from landdb.access.fetching import download, is_trusted_address
from landdb.access.signing import AUDIENCE, LOCAL_ISSUER, SigningKeys
from landdb.errors import ConfigurationError
from landdb.store.vault import read_private_file

#: How far the clock of a provider may be off.
LEEWAY_S: Final = 30
LONGEST_LEEWAY_S: Final = 300
#: Keys are fetched anew after so long, and no oftener than so when a token names a key that is not known.
REFRESH_S: Final = 600
PAUSE_S: Final = 60
#: A provider that cannot be reached does not lock everybody out at once; a key it gave up may count so long.
LONGEST_KEPT_S: Final = 24 * 3600
SHORTEST_RSA_BITS: Final = 2048

#: A public key with the algorithms it may have signed with: the token's header does not choose.
Key = tuple[Any, tuple[str, ...]]


@dataclass(slots=True)
class FixedKeys:
    """Keys that are known from the start."""

    keys: Mapping[str, Key]

    def find(self, key_id: str) -> Key | None:
        """Give the key of this id."""
        return self.keys.get(key_id)


@dataclass(slots=True)
class FetchedKeys:
    """Keys that a provider publishes."""

    fetch: Callable[[], bytes]
    clock: Callable[[], float] = time.monotonic
    _keys: Mapping[str, Key] = field(default_factory=dict)
    _fetched_at: float | None = None
    _tried_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key_id: str) -> Key | None:
        """Give the key of this id; an unknown one is looked for at the provider, at most once in PAUSE_S."""
        # While somebody fetches, tokens under known keys do not wait; the first ones of all do.
        if self._is_due(key_id) and self._lock.acquire(blocking=not self._keys):
            try:
                if self._is_due(key_id):
                    self._renew()
            finally:
                self._lock.release()
        return self._keys.get(key_id)

    def _is_due(self, key_id: str) -> bool:
        now = self.clock()
        if self._tried_at is not None and now < self._tried_at + PAUSE_S:
            return False
        return key_id not in self._keys or self._fetched_at is None or now > self._fetched_at + REFRESH_S

    def _renew(self) -> None:
        try:
            keys = keys_of(self.fetch())
        except (OSError, ValueError):
            keys = {}
        self._tried_at = self.clock()
        if keys:
            self._keys, self._fetched_at = keys, self.clock()
        elif self._fetched_at is None or self.clock() > self._fetched_at + LONGEST_KEPT_S:
            self._keys = {}


@dataclass(frozen=True, slots=True, repr=False)
class SignIn:
    """As which client of a provider we send people there; `client_secret` None is a public client."""

    client_id: str
    label: str
    discovery: Discovery
    scopes: str = "openid"
    client_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are believed, for whom they must be made, and where the keys come from."""

    issuer: str
    audience: str
    keys: FixedKeys | FetchedKeys
    citizen_id_claim: str | None = None
    clock_error_s: float = LEEWAY_S
    sign_in: SignIn | None = None


def local_issuer(signing: SigningKeys) -> Issuer:
    """Give ourselves as an issuer."""
    keys: dict[str, Key] = {key_id: (key, ("EdDSA",)) for key_id, key in signing.public.items()}
    return Issuer(LOCAL_ISSUER, AUDIENCE, FixedKeys(keys))


def load_issuers(file: Path | None) -> list[Issuer]:
    """Give the identity providers of this file; raises ConfigurationError with what is wrong in it."""
    if file is None:
        return []
    try:
        tables = tomllib.loads(file.read_text("utf-8"))["issuer"]
        issuers = [_issuer(file.parent, **table) for table in tables]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            "the file of LANDDB_OIDC_ISSUERS cannot be read as [[issuer]] tables",
            remedy="each needs issuer and audience, and sign_in a client_id and a label; docs/security.md shows one",
        ) from error
    if len({one.issuer for one in issuers} | {LOCAL_ISSUER}) != len(issuers) + 1:
        raise ConfigurationError("LANDDB_OIDC_ISSUERS names an issuer twice, or ours")
    return issuers


def _issuer(
    folder: Path,
    *,
    issuer: str,
    audience: str,
    jwks: str | None = None,
    citizen_id_claim: str | None = None,
    clock_error_s: float = LEEWAY_S,
    sign_in: dict[str, str] | None = None,
) -> Issuer:
    if not 0 <= clock_error_s <= LONGEST_LEEWAY_S:
        raise ValueError("clock_error_s is out of range")
    discovery = Discovery(issuer)
    if (jwks is None or sign_in is not None) and not is_trusted_address(issuer):
        raise ValueError("a provider that is asked must have an https address")
    client = None if sign_in is None else _sign_in(folder, discovery, **sign_in)
    return Issuer(issuer, audience, _keys(folder, jwks, discovery), citizen_id_claim, clock_error_s, client)


def _keys(folder: Path, jwks: str | None, discovery: Discovery) -> FixedKeys | FetchedKeys:
    if jwks is None:
        return FetchedKeys(lambda: download(discovery.metadata().jwks_uri))
    if is_trusted_address(jwks):
        return FetchedKeys(lambda: download(jwks))
    if urlsplit(jwks).scheme:
        raise ValueError("jwks is no https address and no file")
    keys = keys_of((folder / jwks).read_bytes())
    if not keys:
        raise ValueError("jwks holds no usable key")
    return FixedKeys(keys)


def _sign_in(
    folder: Path,
    discovery: Discovery,
    *,
    client_id: str,
    label: str,
    scopes: str = "openid",
    client_secret_file: str | None = None,
) -> SignIn:
    if "openid" not in scopes.split() or not client_id or not label:
        raise ValueError("sign_in needs client_id, label and the scope openid")
    secret = None if client_secret_file is None else read_private_file(folder / client_secret_file).strip()
    return SignIn(client_id, label, discovery, scopes, secret)


def keys_of(document: bytes) -> dict[str, Key]:
    """Give the usable public signature keys of a JSON Web Key Set by id; raises ValueError when it is none."""
    found = json.loads(document)
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("no key set")
    keys: dict[str, Key] = {}
    for jwk in found["keys"]:
        key = key_of(jwk)
        if key is not None and isinstance(jwk.get("kid"), str):
            keys[jwk["kid"]] = key
    return keys


def key_of(jwk: Any) -> Key | None:
    """Give the key with the algorithms it may have signed with, None for what is no strong public signature key."""
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig" or "d" in jwk or jwk.get("kty") == "oct":
        return None
    algorithm = {"OKP": "EdDSA", "EC": "ES256", "RSA": "RS256"}.get(str(jwk.get("kty")), "")
    try:
        key = jwt.PyJWK(jwk, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    allowed = tuple(one for one in _algorithms(key) if jwk.get("alg") in (None, one))
    return (key, allowed) if allowed else None


def _algorithms(key: Any) -> tuple[str, ...]:
    if isinstance(key, Ed25519PublicKey):
        return ("EdDSA",)
    if isinstance(key, EllipticCurvePublicKey):
        return ("ES256",) if isinstance(key.curve, SECP256R1) else ()
    return ("RS256", "PS256") if isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_RSA_BITS else ()
