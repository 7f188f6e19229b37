"""Signing in at an identity provider: OpenID Connect's authorization code flow with PKCE, done by the server.

Neither code nor token reaches the page. What a sign-in needs to come back (state, nonce, PKCE's verifier, where the
person was) is kept by the browser in a sealed cookie: another browser cannot finish it, and nobody can fill a table
by beginning many. Each counts once.
"""

import base64
import hmac
import json
import secrets
import time
import urllib.error
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import quote_plus, urlencode

import psycopg

from landdb.access.fetching import post_form
from landdb.access.issuers import Issuer, SignIn
from landdb.access.verification import InvalidToken, Proof, Verifier
from landdb.errors import ConfigurationError, LanddbError
from landdb.store.access import accounts
from landdb.store.vault import Cell, Vault

#: How long somebody may take at the provider, a new password and a code from the telephone included.
LONGEST_ATTEMPT_S: Final = 900
_LONGEST_CODE: Final = 4096
_CELL: Final[Cell] = ("access.oidc", 0, "cookie")


class SignInRefused(LanddbError):
    """Nobody was signed in.

    `reason`: START_AGAIN (not begun here, too long ago, or over), CANCELLED, PROVIDER_REFUSED, PROVIDER_AWAY,
    CODE_REFUSED, NOT_BELIEVED, BUSY, or NO_MANDATE for `proof`, who is known there and may do nothing here.
    """

    def __init__(self, reason: str, *, proof: Proof | None = None) -> None:
        self.reason = reason
        self.proof = proof
        super().__init__()


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """A sign-in that has begun."""

    issuer: str
    redirect_uri: str
    return_to: str
    state: str
    nonce: str
    verifier: str
    began_at: float

    @classmethod
    def begin(cls, issuer: str, *, redirect_uri: str, return_to: str) -> Self:
        """Give a new one, with values that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(issuer, redirect_uri, return_to, state, nonce, verifier, time.time())

    @classmethod
    def opened(cls, vault: Vault, cookie: str | None, state: str | None) -> Self:
        """Give the attempt that this browser began and the answer belongs to; raises SignInRefused."""
        told = unsealed(vault, cookie)
        if told is None or state is None or set(told) != set(cls.__slots__):
            raise SignInRefused("START_AGAIN")
        attempt = cls(**told)
        is_own = hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "surrogatepass"))
        if not is_own or time.time() > attempt.began_at + LONGEST_ATTEMPT_S:
            raise SignInRefused("START_AGAIN")
        return attempt

    def sealed(self, vault: Vault) -> str:
        """Give the attempt as the browser keeps it."""
        return sealed(vault, asdict(self))

    def use(self, conn: psycopg.Connection[Any]) -> None:
        """Note that the attempt came back; raises SignInRefused when it did before."""
        if not accounts.use_assertion(conn, f"oidc|{self.state}", self.began_at + LONGEST_ATTEMPT_S):
            raise SignInRefused("START_AGAIN")


def authorization_url(sign_in: SignIn, attempt: Attempt) -> str:
    """Give where the browser goes to sign in; raises SignInRefused when the provider is away."""
    challenge = base64.urlsafe_b64encode(sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": sign_in.client_id,
        "redirect_uri": attempt.redirect_uri,
        "scope": sign_in.scopes,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    try:
        return _with_query(sign_in.discovery.metadata().authorization_endpoint, asked)
    except (OSError, ValueError) as error:
        raise SignInRefused("PROVIDER_AWAY") from error


def redeem(issuer: Issuer, sign_in: SignIn, verifier: Verifier, attempt: Attempt, answer: dict[str, str]) -> Proof:
    """Give whom the provider's answer in the callback's query proves; raises SignInRefused. Asks the provider."""
    try:
        about = sign_in.discovery.metadata()
        if answer.get("iss", None if about.names_itself else issuer.issuer) != issuer.issuer:
            raise SignInRefused("NOT_BELIEVED")
        code = _code(answer)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        own, headers = _credential(sign_in, takes_basic=about.takes_basic)
        token = _id_token(post_form(about.token_endpoint, form | own, headers))
        return verifier.verify_id_token(
            token, issuer=issuer.issuer, client_id=sign_in.client_id, nonce=attempt.nonce, since=attempt.began_at
        )
    except InvalidToken as error:
        raise SignInRefused("NOT_BELIEVED") from error
    except urllib.error.HTTPError as error:
        # From None: what urllib tells would name addresses, and the log needs none.
        raise SignInRefused("CODE_REFUSED" if error.code < 500 else "PROVIDER_AWAY") from None
    except (OSError, ValueError) as error:
        raise SignInRefused("PROVIDER_AWAY") from error


def end_url(sign_in: SignIn, *, return_uri: str) -> str | None:
    """Give where the browser signs out at the provider too, None when it offers no such place or is away.

    Without `id_token_hint`: a token in an address is what we avoid, so the provider may ask whether this is meant.
    """
    try:
        end = sign_in.discovery.metadata().end_session_endpoint
    except (OSError, ValueError):
        return None
    return end and _with_query(end, {"client_id": sign_in.client_id, "post_logout_redirect_uri": return_uri})


def sealed(vault: Vault, told: dict[str, Any]) -> str:
    """Give something as a browser may keep it for us: unreadable and unchanged."""
    secret = vault.seal(json.dumps(told), cell=_CELL) or b""
    return base64.urlsafe_b64encode(secret).decode("ascii")


def unsealed(vault: Vault, cookie: str | None) -> dict[str, Any] | None:
    """Give back what was sealed, None for what was not, or was altered."""
    try:
        clear = vault.unseal(base64.urlsafe_b64decode((cookie or "").encode("ascii")), cell=_CELL)
        told: dict[str, Any] = json.loads(clear or "")
    except (ConfigurationError, ValueError):
        return None
    return told


def _code(answer: dict[str, str]) -> str:
    if "error" in answer:
        raise SignInRefused("CANCELLED" if answer["error"] == "access_denied" else "PROVIDER_REFUSED")
    code = answer.get("code", "")
    if not 0 < len(code) <= _LONGEST_CODE or not code.isascii() or not code.isprintable():
        raise SignInRefused("PROVIDER_REFUSED")
    return code


def _credential(sign_in: SignIn, *, takes_basic: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Give the fields and headers that prove which client we are; a public client only says it."""
    if sign_in.client_secret is None:
        return {"client_id": sign_in.client_id}, {}
    if not takes_basic:
        return {"client_id": sign_in.client_id, "client_secret": sign_in.client_secret}, {}
    # RFC 6749 §2.3.1: both are encoded as in a form.
    pair = f"{quote_plus(sign_in.client_id)}:{quote_plus(sign_in.client_secret)}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _id_token(document: bytes) -> str:
    told = json.loads(document)
    token = told.get("id_token") if isinstance(told, dict) else None
    if not isinstance(token, str):
        raise InvalidToken
    return token


def _with_query(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
