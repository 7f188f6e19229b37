"""What an identity provider says about itself (OpenID Connect Discovery 1.0): asked when first needed, kept a while."""

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final, Self

from landdb.access.fetching import download, is_trusted_address

KEPT_S: Final = 600


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider is asked what. `names_itself`: its answers say who they are from (RFC 9207)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    takes_basic: bool
    names_itself: bool

    @classmethod
    def of(cls, document: bytes, issuer: str) -> Self:
        """Give what the document of this issuer says; raises ValueError when it is another's or cannot be trusted."""
        told = json.loads(document)
        if not isinstance(told, dict) or told.get("issuer") != issuer:
            raise ValueError("not the document of this issuer")
        end = told.get("end_session_endpoint")
        methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return cls(
            authorization_endpoint=_address(told, "authorization_endpoint"),
            token_endpoint=_address(told, "token_endpoint"),
            jwks_uri=_address(told, "jwks_uri"),
            end_session_endpoint=end if is_trusted_address(end) else None,
            takes_basic="client_secret_basic" in methods,
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        )


@dataclass(slots=True)
class Discovery:
    """The metadata of one provider; what it said before counts while it is away."""

    issuer: str
    _known: Metadata | None = None
    _asked_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self) -> Metadata:
        """Give what the provider says; raises OSError or ValueError when it never said anything that can be used."""
        with self._lock:
            if self._known is None or time.monotonic() > self._asked_at + KEPT_S:
                try:
                    document = download(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                    self._known = Metadata.of(document, self.issuer)
                except (OSError, ValueError):
                    if self._known is None:
                        raise
                self._asked_at = time.monotonic()
            return self._known


def _address(told: dict[str, Any], name: str) -> str:
    address = told.get(name)
    if not isinstance(address, str) or not is_trusted_address(address):
        raise ValueError(f"{name} is no https address")
    return address
