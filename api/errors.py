"""Every error as RFC 9457 `application/problem+json`, without driver text and without the asker's values."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import psycopg_pool
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.admission import TargetTooLong
from api.bodies import BodyTooLarge, BodyTooSlow, OtherMediaType
from api.door import TooMany
from api.lanes import Crowded
from landdb.errors import (
    AccessDenied,
    Conflict,
    ImportRefused,
    InvalidValue,
    KeyReused,
    LanddbError,
    NotFound,
    StaleState,
)
from landdb.lookups import QuotaUsedUp, SealStale

PROBLEM_JSON: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """How one kind of error is told: a stable type, its status and a title."""

    kind: str
    status: int
    title: str


INVALID: Final = Problem("invalid-request", 400, "The request is not valid")
FILE_REFUSED: Final = Problem("file-refused", 400, "The file cannot be read as what it should be")
UNAUTHENTICATED: Final = Problem("unauthenticated", 401, "A valid token is needed")
FORBIDDEN: Final = Problem("forbidden", 403, "This token may not ask this question")
UNKNOWN: Final = Problem("not-found", 404, "Nothing is known under this key")
METHOD: Final = Problem("method-not-allowed", 405, "This resource does not know the method")
CONFLICT: Final = Problem("conflict", 409, "The present state does not allow this")
REFUSED: Final = Problem("change-refused", 409, "Law or rules stand against the change")
STALE: Final = Problem("stale", 412, "The parcel is not any more as it was seen")
KEY_REUSED: Final = Problem("key-reused", 409, "The idempotency key belongs to another request")
PRECONDITION_MISSING: Final = Problem(
    "precondition-missing", 428, "The change does not say which state it is meant for"
)
TOO_SLOW: Final = Problem("too-slow", 408, "The request did not arrive in time")
TOO_LARGE: Final = Problem("too-large", 413, "The request body is too large")
TARGET_TOO_LONG: Final = Problem("target-too-long", 414, "The address of the request is too long")
MEDIA_TYPE: Final = Problem("media-type", 415, "The body has a media type that this resource does not read")
HEADERS_TOO_LARGE: Final = Problem("headers-too-large", 431, "The headers of the request are too large")
TOO_MANY: Final = Problem("too-many-requests", 429, "More was asked than is granted; wait and ask again")
QUOTA_USED_UP: Final = Problem("quota-used-up", 429, "As many people were asked about as is granted")
SEAL_STALE: Final = Problem("seal-stale", 503, "The record of access cannot be sealed; no clear values until it is")
CROWDED: Final = Problem("crowded", 503, "Too many requests of this kind at the moment; try again")
STORAGE_FULL: Final = Problem("storage-full", 507, "The database has no room to store this")
UNAVAILABLE: Final = Problem("unavailable", 503, "The database does not answer in time; try again")
FAULT: Final = Problem("internal", 500, "The service failed; quote the request id")

#: One error class, one way to tell it; the first that fits applies.
PROBLEMS: Final[tuple[tuple[type[Exception], Problem], ...]] = (
    (InvalidValue, INVALID),
    (ImportRefused, FILE_REFUSED),
    (NotFound, UNKNOWN),
    (AccessDenied, FORBIDDEN),
    (Conflict, CONFLICT),
    (StaleState, STALE),
    (KeyReused, KEY_REUSED),
    (BodyTooLarge, TOO_LARGE),
    (BodyTooSlow, TOO_SLOW),
    (OtherMediaType, MEDIA_TYPE),
    (TargetTooLong, TARGET_TOO_LONG),
    (TooMany, TOO_MANY),
    (QuotaUsedUp, QUOTA_USED_UP),
    (SealStale, SEAL_STALE),
    (Crowded, CROWDED),
    (psycopg.errors.DiskFull, STORAGE_FULL),
    (psycopg_pool.PoolTimeout, UNAVAILABLE),
    (psycopg.errors.QueryCanceled, UNAVAILABLE),
    (psycopg.OperationalError, UNAVAILABLE),
)
_BY_STATUS: Final = {
    p.status: p
    for p in (INVALID, UNAUTHENTICATED, FORBIDDEN, UNKNOWN, METHOD, CONFLICT, TOO_LARGE, MEDIA_TYPE, TOO_MANY)
}
#: A parameter name that cannot itself be a personal value: the asker's own names are not repeated otherwise.
_PLAIN_NAME: Final = re.compile(r"[a-z][a-z_]{0,30}")


def problem(
    told: Problem,
    request_id: str,
    *,
    reason: str | None = None,
    remedy: str | None = None,
    faults: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    oauth_error: str | None = None,
) -> Response:
    """Give the problem as a response; it is never cached. `oauth_error` is what OAuth clients look for."""
    content: dict[str, Any] = {
        "type": f"urn:landdb:problem:{told.kind}",
        "title": told.title,
        "status": told.status,
        "request_id": request_id,
    }
    content |= {
        name: value for name, value in (("reason", reason), ("remedy", remedy), ("error", oauth_error)) if value
    }
    if faults:
        content["faults"] = list(faults)
    return Response(
        json.dumps(content, ensure_ascii=False),
        told.status,
        {"Cache-Control": "no-store", **_retry(told), **(headers or {})},
        media_type=PROBLEM_JSON,
    )


def problem_of(error: Exception) -> Problem | None:
    """Give how this error is told, None for one that nobody foresaw."""
    return next((told for kind, told in PROBLEMS if isinstance(error, kind)), None)


def install(app: FastAPI) -> None:
    """Let the application tell every foreseen error as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    for kind, _ in PROBLEMS:
        app.add_exception_handler(kind, _foreseen)


def request_id_of(request: Request) -> str:
    """Give the id that the middleware gave this request."""
    return str(request.scope.get("landdb.request_id", "-"))


async def _invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [{"field": _field(fault["loc"]), "reason": str(fault["type"]).upper()} for fault in error.errors()]
    return problem(INVALID, request_id_of(request), faults=faults)


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    told = _BY_STATUS.get(error.status_code, Problem("http", error.status_code, "The request was refused"))
    return problem(told, request_id_of(request), headers=error.headers)


async def _foreseen(request: Request, error: Exception) -> Response:
    return told(error, request_id_of(request))


def told(error: Exception, request_id: str) -> Response:
    """Give an error as its problem; one that nobody foresaw as our fault."""
    reason = remedy = None
    faults: list[Mapping[str, str]] = []
    headers: dict[str, str] = {}
    if isinstance(error, InvalidValue):
        faults = [{"field": error.field, "reason": error.reason}]
    if isinstance(error, AccessDenied):
        reason = error.message
    if isinstance(error, Conflict):
        reason = error.reason
    if isinstance(error, ImportRefused):
        reason = error.code
    if isinstance(error, LanddbError):
        remedy = error.remedy
    if isinstance(error, QuotaUsedUp):
        reason = error.quota.scope.upper()
        headers = {"Retry-After": str(math.ceil(error.retry_after_s))}
    if isinstance(error, TooMany):
        headers = {"Retry-After": str(max(1, math.ceil(error.verdict.retry_after_s)))}
    kind = problem_of(error) or FAULT
    return problem(kind, request_id, reason=reason, remedy=remedy, faults=faults, headers=headers)


def _field(location: Sequence[Any]) -> str:
    """Give where the fault is, without repeating a name that the asker made up."""
    named = [str(part) for part in location]
    return ".".join(part if _PLAIN_NAME.fullmatch(part) else "?" for part in named)


def _retry(told: Problem) -> dict[str, str]:
    return {"Retry-After": "2"} if told in {UNAVAILABLE, CROWDED, SEAL_STALE} else {}
