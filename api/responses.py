"""Answers on their way out: bytes pass untouched, and what holds a person is never kept by a cache."""

from typing import Any, Final

from fastapi import Response

from api.access import PUBLIC, Caller
from api.answers import ProblemAnswer
from api.errors import PROBLEM_JSON
from landdb.errors import NotFound
from landdb.lookups import Resolution

_TITLES: Final = {
    400: "a parameter is missing, unknown or malformed",
    401: "no valid token",
    403: "the role may not ask this",
    404: "nothing is known under this key",
    409: "the present state does not allow this",
    412: "a parcel has changed since it was looked at",
    413: "the body is too large",
    408: "the request did not arrive in time",
    414: "the address is too long",
    415: "the body has another media type",
    429: "more was asked than is granted",
    431: "the headers are too large",
    507: "the database has no room",
    428: "the state that the change is meant for is not said",
    503: "the database does not answer in time",
}
SECURITY_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "POST /oauth/token gives one"},
    "session": {"type": "apiKey", "in": "cookie", "name": "landdb_session", "description": "POST /session sets it"},
    "client": {"type": "http", "scheme": "basic", "description": "client id and secret, for POST /oauth/token only"},
}
OPTIONAL_TOKEN: Final[dict[str, Any]] = {"security": [{}, {"bearer": []}, {"session": []}]}
TOKEN: Final[dict[str, Any]] = {"security": [{"bearer": []}, {"session": []}]}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Give the documented problems of an operation."""
    return {status: _documented(status) for status in (400, 401, 408, 413, 414, 429, *statuses, 503)}


def answered(body: bytes, asking: Caller, *, media_type: str = "application/json") -> Response:
    """Give the JSON as a response."""
    headers = {} if asking is PUBLIC else {"Cache-Control": "no-store"}
    return Response(body, headers=headers, media_type=media_type)


def resource(resolution: Resolution, asking: Caller) -> Response:
    """Give the answer about a thing with an address of its own; raises NotFound when there is none."""
    if resolution.status == "NOT_FOUND":
        raise NotFound
    return answered(resolution.body, asking)


def _documented(status: int) -> dict[str, Any]:
    example = {"type": "urn:landdb:problem:example", "title": _TITLES[status], "status": status, "request_id": "9f0c"}
    schema = {"$ref": f"#/components/schemas/{ProblemAnswer.__name__}"}
    return {"description": _TITLES[status], "content": {PROBLEM_JSON: {"schema": schema, "example": example}}}
