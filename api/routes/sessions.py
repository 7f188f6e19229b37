"""Signing in with a local account: a session in a cookie, and a short-lived token for programs of one's own."""

import datetime as dt
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from api.access import PUBLIC, Caller, caller_of
from api.answers import Shape
from api.dependencies import NoQuery, caller, refuse_foreign_page, unauthenticated
from api.desk import SESSION_COOKIE, Busy, Desk
from api.errors import UNAUTHENTICATED, UNAVAILABLE, problem, request_id_of
from api.responses import OPTIONAL_TOKEN, problems
from api.routes.oauth import NEVER_KEPT, TokenAnswer, issued
from api.schemas import Strict, text
from landdb.access import accounts, sessions
from landdb.access.signing import LOCAL_ISSUER
from landdb.errors import AccessDenied

router = APIRouter(tags=["signing in"])


class SignIn(Strict):
    """Who signs in. `totp`: the authenticator's code, where the account has one."""

    account: Annotated[str, text(60)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=256)]
    totp: Annotated[str | None, Field(max_length=10, examples=["123456"])] = None


class SessionAnswer(Shape):
    """Who asks. `communes` null is every commune; `expires_at` is when the session ends at the latest.

    `provider`: the identity provider at which this person signed in, null for an account of ours.
    """

    role: str
    actor: str
    actor_org: str | None
    communes: list[str] | None
    expires_at: dt.datetime | None
    provider: str | None


@router.post("/session", response_model=SessionAnswer, responses=problems(413))
async def sign_in(body: SignIn, request: Request, _none: NoQuery) -> Response:
    """Sign in with a local account; the session is in a cookie that pages cannot read.

    401 with reason CODE_NEEDED when only the code is missing, and BLOCKED with Retry-After after many failures.
    """
    desk: Desk = request.app.state.desk

    def signed_in(conn: psycopg.Connection[Any]) -> tuple[str, dt.datetime]:
        found = accounts.sign_in(conn, desk.vault, body.account, body.password.get_secret_value(), body.totp)
        return sessions.start_session(conn, accounts.subject_of(found.name))

    try:
        cookie, expires_at = await desk.work(signed_in)
    except accounts.SignInFailed as failed:
        wait = {} if failed.retry_after_s is None else {"Retry-After": str(failed.retry_after_s)}
        return problem(UNAUTHENTICATED, request_id_of(request), reason=failed.reason, headers=wait)
    except Busy:
        return problem(UNAVAILABLE, request_id_of(request), reason="BUSY")
    standing = await desk.by_cookie(cookie)
    if standing is None:
        return problem(UNAUTHENTICATED, request_id_of(request), reason="NO_MANDATE")
    answer = _told(caller_of(standing), expires_at)
    return with_session(answer, request, cookie)


@router.get("/session", response_model=SessionAnswer, responses=problems(), openapi_extra=OPTIONAL_TOKEN)
async def session(request: Request, _none: NoQuery) -> Response:
    """Tell who asks; the public when nobody is signed in or the session has ended, whose cookie is then cleared."""
    desk: Desk = request.app.state.desk
    cookie = request.cookies.get(SESSION_COOKIE)
    if "authorization" in request.headers or cookie is None:
        return _told(await caller(request), None)
    held = await desk.session(cookie)
    standing = None if held is None else await desk.register.standing(held)
    if held is None or standing is None:
        return _without_cookie(_told(PUBLIC, None))
    provider = None if held.issuer == LOCAL_ISSUER else held.issuer
    return _told(caller_of(standing), dt.datetime.fromtimestamp(held.until, dt.UTC), provider)


@router.delete("/session", status_code=204, response_class=Response, responses=problems(403))
async def sign_out(request: Request, _none: NoQuery) -> Response:
    """End the session, at once and everywhere; without one there is nothing to end."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is not None and "authorization" not in request.headers:
        refuse_foreign_page(request)
        await request.app.state.desk.work(lambda conn: sessions.end_session(conn, cookie))
    return _without_cookie(Response(status_code=204))


@router.post(
    "/session/token",
    response_model=TokenAnswer,
    responses=problems(403),
    openapi_extra={"security": [{"session": []}]},
)
async def session_token(request: Request, _none: NoQuery) -> Response:
    """Give the signed-in person a short-lived token, for QGIS or a program of their own."""
    desk: Desk = request.app.state.desk
    cookie = request.cookies.get(SESSION_COOKIE)
    held = cookie and await desk.session(cookie)
    if held:
        refuse_foreign_page(request)
    standing = held and await desk.register.standing(held)
    if not held or not standing:
        raise unauthenticated()
    if standing.mandate_id is None:
        # Only the provider's own token says which citizen somebody is.
        raise AccessDenied("ROLE", remedy="use a token of the identity provider")
    return issued(desk, held.subject, of_issuer=held.issuer)


def with_session(answer: Response, request: Request, cookie: str) -> Response:
    """Give the answer with the cookie of a new session, which no script and no foreign page gets."""
    answer.set_cookie(
        SESSION_COOKIE, cookie, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/"
    )
    return answer


def _told(asking: Caller, expires_at: dt.datetime | None, provider: str | None = None) -> Response:
    answer = SessionAnswer(
        role=asking.role,
        actor=asking.actor,
        actor_org=asking.actor_org,
        communes=None if asking.communes is None else list(asking.communes),
        expires_at=expires_at,
        provider=provider,
    )
    return Response(answer.model_dump_json(), headers=NEVER_KEPT, media_type="application/json")


def _without_cookie(answer: Response) -> Response:
    answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return answer
