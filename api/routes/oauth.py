"""Tokens for services: OAuth 2.0 client credentials, by secret or by signature."""

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

import psycopg
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.answers import Shape
from api.dependencies import NoQuery
from api.desk import Busy, Desk
from api.errors import INVALID, UNAUTHENTICATED, UNAVAILABLE, problem, request_id_of
from api.responses import problems
from landdb.access import clients
from landdb.access.signing import LIFETIME_S, LOCAL_ISSUER

router = APIRouter(tags=["signing in"])

NEVER_KEPT: Final = {"Cache-Control": "no-store"}
_FORM: Final = "application/x-www-form-urlencoded"
_BEARER_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM_BODY: Final[dict[str, Any]] = {
    "security": [{}, {"client": []}],
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                        "client_assertion_type": {"type": "string", "enum": [_BEARER_ASSERTION]},
                        "client_assertion": {"type": "string"},
                    },
                }
            }
        },
    },
}


class TokenAnswer(Shape):
    """A token that is sent as `Authorization: Bearer …` until it expires."""

    access_token: str
    token_type: str
    expires_in: int


def issued(desk: Desk, subject: str, *, of_issuer: str = LOCAL_ISSUER) -> Response:
    """Give a token for a subject of ours or of another issuer, who has proved to be it."""
    told = {
        "access_token": desk.signing.issue(subject, of_issuer=of_issuer),
        "token_type": "Bearer",
        "expires_in": LIFETIME_S,
    }
    return JSONResponse(told, headers=NEVER_KEPT)


@router.post("/oauth/token", response_model=TokenAnswer, responses=problems(413), openapi_extra=_FORM_BODY)
async def token(request: Request, _none: NoQuery) -> Response:
    """Give a client a token for its secret or its signed assertion (OAuth 2.0 client credentials).

    The secret comes by HTTP Basic or as `client_secret`; the assertion as `client_assertion` (private_key_jwt). The
    problem's member `error` is what OAuth clients look for.
    """
    desk: Desk = request.app.state.desk
    form = _form(request, await request.body())
    if form is None or form.get("grant_type") != "client_credentials":
        error = "invalid_request" if form is None else "unsupported_grant_type"
        return problem(INVALID, request_id_of(request), reason="FORM", oauth_error=error)
    subject, check = None, _check(form, request)
    try:
        if check is not None:
            subject = await desk.work(check)
    except clients.InvalidClient:
        pass
    except Busy:
        return problem(UNAVAILABLE, request_id_of(request), reason="BUSY")
    if subject is None:
        asked = {"WWW-Authenticate": 'Basic realm="landdb"'}
        return problem(UNAUTHENTICATED, request_id_of(request), oauth_error="invalid_client", headers=asked)
    return issued(desk, subject)


@router.get("/.well-known/jwks.json", response_class=JSONResponse, responses={400: problems()[400]})
async def keys(request: Request, _none: NoQuery) -> Response:
    """Give the public keys of our own tokens, for services that are shown them."""
    return JSONResponse(request.app.state.desk.signing.jwks())


def _check(form: dict[str, str], request: Request) -> Callable[[psycopg.Connection[Any]], str] | None:
    """Give how the client proves who it is, None when it does not try."""
    if form.get("client_assertion_type") == _BEARER_ASSERTION and "client_assertion" in form:
        audience = str(request.url.replace(query=""))
        return lambda conn: clients.check_assertion(conn, form["client_assertion"], audience=audience)
    client_id, secret = _basic(request) or (form.get("client_id"), form.get("client_secret"))
    if not client_id or not secret:
        return None
    return lambda conn: clients.check_secret(conn, client_id, secret)


def _form(request: Request, body: bytes) -> dict[str, str] | None:
    """Give the fields of the form, None when it is none or says a thing twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=16)
    except ValueError:
        return None
    return dict(pairs) if len(dict(pairs)) == len(pairs) else None


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(coded.strip(), validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        return None
    # RFC 6749 §2.3.1: both are encoded as in a form.
    return (unquote_plus(client_id), unquote_plus(secret)) if colon else None
