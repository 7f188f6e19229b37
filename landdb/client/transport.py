"""HTTP on one kept connection, by the standard library: tokens, waiting where the service says so, problems."""

import base64
import http.client
import json
import random
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from landdb.client.answers import ApiProblem
from landdb.errors import ConfigurationError

NDJSON: Final = "application/x-ndjson"
_LONGEST_WAIT_S: Final = 60.0
#: A token this old is replaced before it ends under way.
_SPARE_S: Final = 30.0
_WORTH_WAITING: Final = frozenset({429, 503})


@dataclass(slots=True)
class Credentials:
    """Who asks: a token that somebody got elsewhere, or a client with its secret; never printed."""

    token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    ends_at: float = float("inf")


class Transport:
    """Asks one service. Not for several threads at once."""

    def __init__(self, url: str, credentials: Credentials, *, timeout_s: float, attempts: int) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError("the address of the service cannot be read", remedy="https://host[:port][/path]")
        self._is_secure = parts.scheme == "https"
        self._host, self._port, self._base = parts.hostname, parts.port, parts.path.rstrip("/")
        self._credentials = credentials
        self._timeout_s, self._attempts = timeout_s, attempts
        self._kept: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Give the connection back."""
        if self._kept is not None:
            self._kept.close()
        self._kept = None

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Give the JSON of a resource."""
        return json.loads(self.ask("GET", _target(path, query)).read())

    def read(self, path: str, query: Mapping[str, Any] | None = None) -> bytes:
        """Give the bytes of a resource."""
        return self.ask("GET", _target(path, query)).read()

    def post(self, path: str, body: Any, query: Mapping[str, Any] | None = None) -> Any:
        """Give the JSON that answers a body."""
        told = json.dumps(body, ensure_ascii=False).encode()
        return json.loads(self.ask("POST", _target(path, query), told, {"Content-Type": "application/json"}).read())

    def follow(self, link: str) -> Any:
        """Give the JSON behind a link of an answer."""
        parts = urlsplit(link)
        return self.get(f"{parts.path.removeprefix(self._base)}?{parts.query}")

    def lines(self, path: str, body: bytes, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Give the JSON of each line as it comes; other questions asked meanwhile go by another connection."""
        response = self.ask("POST", _target(path, query), body, {"Content-Type": NDJSON})
        with self._set_aside():
            for line in response:
                yield json.loads(line)

    @contextmanager
    def _set_aside(self) -> Iterator[None]:
        """Keep the connection of an answer that is still being read out of the way of other questions."""
        busy = self._exchanged(None)
        try:
            yield
        finally:
            idle = self._exchanged(busy)
            if idle is not None:
                idle.close()

    def _exchanged(self, kept: http.client.HTTPConnection | None) -> http.client.HTTPConnection | None:
        """Give the connection that was kept until now."""
        before, self._kept = self._kept, kept
        return before

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """Give the response of a question that may be asked again; raises ApiProblem when it is refused."""
        renewed = False
        for attempt in range(1, self._attempts + 1):
            try:
                response = self._send(method, target, body, {**(headers or {}), **self._authorised()})
            except (http.client.HTTPException, OSError) as error:
                self.close()
                if attempt == self._attempts:
                    raise ConfigurationError("the service does not answer", remedy="is the address right?") from error
                _wait(attempt, None)
                continue
            if response.status < 400:
                return response
            problem = _problem(response)
            if response.status == 401 and self._credentials.client_id and not renewed:
                self._credentials.token, renewed = None, True
            elif response.status not in _WORTH_WAITING or attempt == self._attempts:
                raise problem
            else:
                _wait(attempt, response.headers.get("Retry-After"))
        raise ApiProblem(401, {"title": "no token is accepted"})

    def _send(
        self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        if self._kept is None:
            self._kept = self._connected()
        self._kept.request(method, f"{self._base}{target}", body, {"Accept": "application/json, */*", **headers})
        return self._kept.getresponse()

    def _connected(self) -> http.client.HTTPConnection:
        if self._is_secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=context)
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)

    def _authorised(self) -> dict[str, str]:
        known = self._credentials
        if known.client_id and (known.token is None or time.monotonic() > known.ends_at):
            self._renew()
        return {"Authorization": f"Bearer {known.token}"} if known.token else {}

    def _renew(self) -> None:
        """Get a token for the client's secret."""
        known = self._credentials
        secret = base64.b64encode(f"{known.client_id}:{known.client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/x-www-form-urlencoded"}
        response = self._send("POST", "/oauth/token", b"grant_type=client_credentials", headers)
        if response.status >= 400:
            raise _problem(response)
        told = json.loads(response.read())
        known.token = told["access_token"]
        known.ends_at = time.monotonic() + max(told["expires_in"] - _SPARE_S, 1.0)


def _problem(response: http.client.HTTPResponse) -> ApiProblem:
    body = response.read()
    try:
        told = json.loads(body)
    except ValueError:
        told = {}
    return ApiProblem(response.status, told if isinstance(told, dict) else {})


def _wait(attempt: int, retry_after: str | None) -> None:
    """Wait as long as the service says, else longer each time; a little at random, so that clients do not march."""
    said = float(retry_after) if retry_after and retry_after.isdigit() else 0.25 * 2**attempt
    time.sleep(min(said, _LONGEST_WAIT_S) * (1 + random.random() / 10))  # noqa: S311 - no secret


def _target(path: str, query: Mapping[str, Any] | None) -> str:
    given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(str(one) for one in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
