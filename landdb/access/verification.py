"""Tokens: believed only when an issuer that we know signed them, for us, for a short time."""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import jwt

from landdb.access.issuers import Issuer
from landdb.access.signing import LIFETIME_S
from landdb.domain.identifiers import CitizenId
from landdb.errors import InvalidValue, LanddbError
from landdb.store.vault import Vault

#: Ours has 500 bytes; providers put much into theirs.
LONGEST_TOKEN: Final = 8192
LEEWAY_S: Final = 30
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
_REQUIRED: Final = ("iss", "aud", "sub", "iat", "exp")
#: Verified tokens that are remembered by their hash; a signature costs a tenth of a millisecond and more.
MOST_REMEMBERED: Final = 4096


class InvalidToken(LanddbError):
    """The token is not one that is believed here."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Who was proved to ask: a subject of an issuer, since when and until when (seconds since 1970).

    `citizen_id_index`: blind index of the citizen whom the issuer identified, if it does that.
    """

    issuer: str
    subject: str
    issued_at: float
    until: float
    citizen_id_index: bytes | None = None


class Verifier:
    """Verifies tokens of the issuers that are believed here."""

    def __init__(self, issuers: Sequence[Issuer], vault: Vault) -> None:
        self._issuers = {one.issuer: one for one in issuers}
        self._vault = vault
        self._remembered: OrderedDict[bytes, Proof] = OrderedDict()

    def remembered(self, token: str) -> Proof | None:
        """Give what this very token proved a moment ago, None when it must be verified."""
        proof = self._remembered.get(_hash(token))
        return proof if proof is not None and time.time() < proof.until + LEEWAY_S else None

    def verify(self, token: str) -> Proof:
        """Give what the token proves; raises InvalidToken. May ask the issuer for its keys: call it in a thread."""
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken
        try:
            proof = self._verified(token)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise InvalidToken from error
        self._remembered[_hash(token)] = proof
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return proof

    def _verified(self, token: str) -> Proof:
        header = jwt.get_unverified_header(token)
        if str(header.get("typ", "")).lower() not in _TYPES or "crit" in header or "b64" in header:
            raise InvalidToken
        # Only which keys to try is read before the signature is; both must then fit the verified claims.
        unverified = jwt.decode(token, options={"verify_signature": False})
        issuer = self._issuers.get(_text(unverified.get("iss")))
        key = None if issuer is None else issuer.keys.find(_text(header.get("kid")))
        if issuer is None or key is None:
            raise InvalidToken
        claims = jwt.decode(
            token,
            key[0],
            algorithms=list(key[1]),
            issuer=issuer.issuer,
            audience=issuer.audience,
            leeway=LEEWAY_S,
            options={"require": list(_REQUIRED)},
        )
        return self._proof(issuer, claims)

    def _proof(self, issuer: Issuer, claims: dict[str, Any]) -> Proof:
        subject, issued_at, until = _text(claims["sub"]), _moment(claims["iat"]), _moment(claims["exp"])
        if until - issued_at > LIFETIME_S or until > time.time() + LIFETIME_S + LEEWAY_S:
            raise InvalidToken
        return Proof(issuer.issuer, subject, issued_at, until, self._citizen(issuer, claims))

    def _citizen(self, issuer: Issuer, claims: dict[str, Any]) -> bytes | None:
        if issuer.citizen_id_claim is None or issuer.citizen_id_claim not in claims:
            return None
        try:
            citizen_id = CitizenId.parse(_text(claims[issuer.citizen_id_claim]))
        except InvalidValue:
            raise InvalidToken from None
        return self._vault.index("citizen_id", citizen_id.reveal())


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255 or not value.isprintable():
        raise InvalidToken
    return value


def _moment(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**40:
        raise InvalidToken
    return float(value)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
