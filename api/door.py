"""What the requests of one process share before any connection is taken: counts by asker, lanes by class.

A credential that was good is remembered as a fingerprint for its lane and its count only: each request verifies it.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.types import Scope

from api.access import Caller
from api.lanes import ClientClass, lanes
from api.rates import Buckets, Verdict
from landdb.errors import LanddbError
from landdb.service_limits import Rate, ServiceLimits

_KNOWN_S: Final = 600
_MOST_KNOWN: Final = 10_000
_SESSION_COOKIE: Final = b"landdb_session="
#: Whoever is not named here is staff.
_CLASSES: Final[dict[str, ClientClass]] = {"public": "public", "citizen": "public", "service": "service"}


class TooMany(LanddbError):
    """Whoever asks has asked too often; `verdict` tells when the next request is answered."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(remedy="ask again after the time in Retry-After")


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a credential stands for."""

    client_class: ClientClass
    subject: str
    organisation: str | None
    until: float


class Door:
    """The counts, lanes and known credentials of a service."""

    def __init__(self, limits: ServiceLimits, buckets: Buckets) -> None:
        self.limits = limits
        self.lanes = lanes(limits)
        self._buckets = buckets
        self._known: OrderedDict[bytes, Known] = OrderedDict()

    def known(self, credential: bytes) -> Known | None:
        """Give whom the credential stood for lately."""
        found = self._known.get(credential)
        return found if found is not None and found.until > time.monotonic() else None

    def remember(self, credential: bytes, caller: Caller) -> Known:
        """Note whom a good credential stands for."""
        client_class = _CLASSES.get(caller.role, "staff")
        known = Known(client_class, caller.actor, caller.actor_org, time.monotonic() + _KNOWN_S)
        self._known[credential] = known
        self._known.move_to_end(credential)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return known

    def count(self, known: Known) -> Verdict:
        """Count a request for its subject and its organisation; raises TooMany."""
        verdict = self._take(f"subject {known.subject}", self.limits.subject_rate)
        if known.organisation is not None:
            self._take(f"organisation {known.organisation}", self.limits.organisation_rate)
        return verdict

    def count_address(self, address: str) -> Verdict:
        """Count a request without credential; raises TooMany."""
        return self._take(f"address {address}", self.limits.public_rate)

    def check_failures(self, address: str) -> None:
        """Refuse a new credential from an address whose credentials failed too often; raises TooMany."""
        verdict = self._buckets.take(f"failure {address}", self.limits.failure_rate, cost=0)
        if verdict.remaining == 0:
            raise TooMany(verdict)

    def count_failure(self, address: str, credential: bytes) -> None:
        """Count a credential that was no good, and forget that it ever was."""
        self._known.pop(credential, None)
        self._buckets.take(f"failure {address}", self.limits.failure_rate)

    def _take(self, asker: str, rate: Rate) -> Verdict:
        verdict = self._buckets.take(asker, rate)
        if not verdict.allowed:
            raise TooMany(verdict)
        return verdict


def recognise(scope: Scope, caller: Caller) -> None:
    """Count this request for `caller`, whose credential has just been found good; raises TooMany.

    A credential that was known at the door has been counted there.
    """
    door: Door | None = scope.get("landdb.door")
    credential: bytes | None = scope.get("landdb.credential")
    if door is not None and credential is not None and door.known(credential) is None:
        scope["landdb.rate"] = door.count(door.remember(credential, caller))


def credential_of(headers: dict[bytes, bytes]) -> bytes | None:
    """Give the fingerprint of the token or session that the request carries, None without one."""
    given = headers.get(b"authorization")
    if given is None:
        cookies = (part.strip() for part in headers.get(b"cookie", b"").split(b";"))
        given = next((part for part in cookies if part.startswith(_SESSION_COOKIE)), None)
    return None if given is None else sha256(given).digest()


def address_of(scope: Scope) -> str:
    """Give the address that a request counts for: in IPv6 the network, which one household has whole."""
    client = scope.get("client")
    if client is None:
        return "local"
    try:
        address = ip_address(client[0])
    except ValueError:
        return "local"
    if isinstance(address, IPv6Address):
        return (address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64)).compressed
    return address.compressed
