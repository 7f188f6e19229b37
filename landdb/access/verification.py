"""Tokens: believed only when an issuer that we know signed them, for us, for a short time."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import jwt

from landdb.access.issuers import Issuer
from landdb.access.signing import LIFETIME_S, LOCAL_ISSUER, OF_ISSUER
from landdb.domain.identifiers import CitizenId
from landdb.errors import InvalidValue, LanddbError
from landdb.store.vault import Vault

#: Ours has 500 bytes; providers put much into theirs.
LONGEST_TOKEN: Final = 8192
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
#: An ID token says so or nothing: a token for access, or about a sign-out, is none.
_ID_TYPES: Final = frozenset({"", "jwt"})
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
        return proof if proof is not None and time.time() < proof.until else None

    def verify(self, token: str) -> Proof:
        """Give what the token proves; raises InvalidToken. May ask the issuer for its keys: call it in a thread."""
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken
        try:
            proof = self._proof(*self._claims(token, _TYPES))
        except _FAULTS as error:
            raise InvalidToken from error
        self._remembered[_hash(token)] = proof
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return proof

    def verify_id_token(self, token: str, *, issuer: str, client_id: str, nonce: str, since: float) -> Proof:
        """Give whom the ID token of a sign-in that began at `since` proves; raises InvalidToken.

        It proves that once (OpenID Connect Core 3.1.3.7) and never opens anything by itself.
        """
        if len(token) > LONGEST_TOKEN:
            raise InvalidToken
        try:
            told_by, claims = self._claims(token, _ID_TYPES, client_id)
            issued_at, until = _moment(claims["iat"]), _moment(claims["exp"])
            has_others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
            fits = (
                told_by.issuer == issuer
                and hmac.compare_digest(_text(claims.get("nonce")).encode(), nonce.encode())
                and claims.get("azp", None if has_others else client_id) == client_id
                and issued_at >= since - told_by.clock_error_s
            )
            subject, citizen = _text(claims["sub"]), self._citizen(told_by, claims)
        except _FAULTS as error:
            raise InvalidToken from error
        if not fits:
            raise InvalidToken
        return Proof(issuer, subject, issued_at, until, citizen)

    def _claims(self, token: str, types: frozenset[str], client_id: str | None = None) -> tuple[Issuer, dict[str, Any]]:
        """Give what a believed issuer signed, for `client_id` or else for its audience; raises one of _FAULTS."""
        header = jwt.get_unverified_header(token)
        if str(header.get("typ", "")).lower() not in types or "crit" in header or "b64" in header:
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
            audience=client_id or issuer.audience,
            leeway=issuer.clock_error_s,
            options={"require": list(_REQUIRED)},
        )
        return issuer, claims

    def _proof(self, issuer: Issuer, claims: dict[str, Any]) -> Proof:
        subject, issued_at, until = _text(claims["sub"]), _moment(claims["iat"]), _moment(claims["exp"])
        if until - issued_at > LIFETIME_S or until > time.time() + LIFETIME_S + issuer.clock_error_s:
            raise InvalidToken
        return Proof(self._who_knows(issuer, claims), subject, issued_at, until, self._citizen(issuer, claims))

    def _who_knows(self, issuer: Issuer, claims: dict[str, Any]) -> str:
        """Give whose subject it is: our own tokens may speak of somebody who signed in at a provider."""
        if issuer.issuer != LOCAL_ISSUER or OF_ISSUER not in claims:
            return issuer.issuer
        named = _text(claims[OF_ISSUER])
        if named not in self._issuers:
            raise InvalidToken
        return named

    def _citizen(self, issuer: Issuer, claims: dict[str, Any]) -> bytes | None:
        if issuer.citizen_id_claim is None or issuer.citizen_id_claim not in claims:
            return None
        try:
            citizen_id = CitizenId.parse(_text(claims[issuer.citizen_id_claim]))
        except InvalidValue:
            raise InvalidToken from None
        return self._vault.index("citizen_id", citizen_id.reveal())


_FAULTS: Final = (
    InvalidToken, jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, RecursionError,
)  # fmt: skip


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
