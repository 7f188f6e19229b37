"""Signing in at an identity provider: the browser goes there and comes back, the server does the rest.

The steps are for browsers, so they always end on the page, at an address that tells nothing; why somebody was not
signed in waits in a sealed cookie until the page asks for it.
"""

import re
import shlex
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.answers import Shape
from api.dependencies import NoQuery
from api.desk import Busy, Desk
from api.responses import problems
from api.routes.oauth import NEVER_KEPT
from api.routes.sessions import with_session
from landdb.access import oidc, sessions
from landdb.access.issuers import SignIn
from landdb.access.oidc import Attempt, SignInRefused
from landdb.access.verification import Proof
from landdb.errors import InvalidValue, NotFound
from landdb.store.access.mandates import Subject

router = APIRouter(tags=["signing in"])

PAGE: Final = "/app"
#: Where the page shows the ways to sign in, and why one failed.
SIGN_IN_PAGE: Final = "/app/sign-in"
ATTEMPT_COOKIE: Final = "landdb_oidc"
REFUSAL_COOKIE: Final = "landdb_oidc_refusal"
_REFUSAL_KEPT_S: Final = 300
#: Addresses of the page, and nothing that a browser could take for another server.
_OWN_PLACE: Final = re.compile(r"/(?:app|p)(?:[/?#][A-Za-z0-9/?#&=%.,:;_~+-]*)?")
_LONGEST_PLACE: Final = 600


class ProviderAnswer(Shape):
    """An identity provider at which people may sign in, and how it is called here."""

    issuer: str
    label: str


class RefusalAnswer(Shape):
    """Why the last sign-in of this browser failed.

    NO_MANDATE names who came, and the command with which an administrator lets them in.
    """

    reason: str
    issuer: str | None
    subject: str | None
    command: str | None


class WaysAnswer(Shape):
    """The identity providers, and why the last sign-in at one of them failed, told once."""

    providers: list[ProviderAnswer]
    refusal: RefusalAnswer | None


@router.get("/auth/oidc", response_model=WaysAnswer, responses={400: problems()[400]})
async def ways(request: Request, _none: NoQuery) -> Response:
    """Tell at which identity providers people may sign in, and why this browser's last sign-in failed."""
    desk: Desk = request.app.state.desk
    kept = oidc.unsealed(desk.vault, request.cookies.get(REFUSAL_COOKIE))
    told = WaysAnswer(
        providers=[
            ProviderAnswer(issuer=one.issuer, label=one.sign_in.label)
            for one in desk.providers.values()
            if one.sign_in is not None
        ],
        refusal=None if kept is None or set(kept) != set(RefusalAnswer.model_fields) else RefusalAnswer(**kept),
    )
    answer = Response(told.model_dump_json(), headers=NEVER_KEPT, media_type="application/json")
    if REFUSAL_COOKIE in request.cookies:
        answer.delete_cookie(REFUSAL_COOKIE, path="/auth/oidc", httponly=True, samesite="lax")
    return answer


@router.get("/auth/oidc/start", include_in_schema=False)
async def start(
    request: Request,
    issuer: Annotated[str, Query(max_length=255)],
    return_to: Annotated[str, Query(max_length=_LONGEST_PLACE)] = PAGE,
) -> Response:
    """Send the browser to the provider; `return_to` is where on the page it comes back to."""
    if not _OWN_PLACE.fullmatch(return_to):
        raise InvalidValue("return_to", "FORM", remedy="an address of the page, such as /app")
    desk: Desk = request.app.state.desk
    client = _client(desk, issuer)
    attempt = Attempt.begin(issuer, redirect_uri=_own(request, "/auth/oidc/callback"), return_to=return_to)
    try:
        to = await desk.ask_provider(lambda: oidc.authorization_url(client, attempt))
    except SignInRefused as refused:
        return _refusal(request, desk, refused)
    answer = _to(to)
    _keep(answer, request, ATTEMPT_COOKIE, attempt.sealed(desk.vault), oidc.LONGEST_ATTEMPT_S)
    return answer


@router.get("/auth/oidc/callback", include_in_schema=False)
async def callback(request: Request) -> Response:
    """Sign in whom the provider's answer proves; ends on the page in any case.

    Providers add parameters of their own to the answer, so none is refused.
    """
    desk: Desk = request.app.state.desk
    try:
        attempt = Attempt.opened(desk.vault, request.cookies.get(ATTEMPT_COOKIE), request.query_params.get("state"))
        proof = await _proved(desk, attempt, dict(request.query_params))
        if await desk.register.standing(proof) is None:
            raise SignInRefused("NO_MANDATE", proof=proof)
        cookie, _ = await desk.work(
            lambda conn: sessions.start_session(
                conn, Subject(proof.issuer, proof.subject), citizen_id_index=proof.citizen_id_index
            )
        )
        answer = with_session(_to(attempt.return_to), request, cookie)
    except SignInRefused as refused:
        answer = _refusal(request, desk, refused)
    except Busy:
        answer = _refusal(request, desk, SignInRefused("BUSY"))
    answer.delete_cookie(ATTEMPT_COOKIE, path="/auth/oidc", httponly=True, samesite="lax")
    return answer


@router.get("/auth/oidc/end", include_in_schema=False)
async def end(request: Request, issuer: Annotated[str, Query(max_length=255)]) -> Response:
    """Send the browser on to sign out at the provider too, or to the page where it offers none.

    The session here has been ended before, by DELETE /session: whoever sends a browser here ends nothing of ours.
    """
    desk: Desk = request.app.state.desk
    client = _client(desk, issuer)
    there = await desk.ask_provider(lambda: oidc.end_url(client, return_uri=_own(request, PAGE)))
    return _to(PAGE if there is None else there)


async def _proved(desk: Desk, attempt: Attempt, told: dict[str, str]) -> Proof:
    """Give whom the answer to an attempt proves, which then is over."""
    await desk.work(attempt.use)
    known = desk.providers.get(attempt.issuer)
    if known is None or known.sign_in is None:
        raise SignInRefused("START_AGAIN")
    client = known.sign_in
    return await desk.ask_provider(lambda: oidc.redeem(known, client, desk.verifier, attempt, told))


def _client(desk: Desk, issuer: str) -> SignIn:
    known = desk.providers.get(issuer)
    if known is None or known.sign_in is None:
        raise NotFound("nobody signs in at this issuer", remedy="GET /auth/oidc lists the identity providers")
    return known.sign_in


def _refusal(request: Request, desk: Desk, refused: SignInRefused) -> Response:
    """Give the way to the page, which will be told why."""
    told = RefusalAnswer(reason=refused.reason, issuer=None, subject=None, command=None)
    if (who := refused.proof) is not None:
        told.issuer, told.subject = who.issuer, who.subject
        told.command = f"landdb account grant {shlex.quote(who.subject)} --issuer {shlex.quote(who.issuer)} --role …"
    answer = _to(SIGN_IN_PAGE)
    _keep(answer, request, REFUSAL_COOKIE, oidc.sealed(desk.vault, told.model_dump()), _REFUSAL_KEPT_S)
    return answer


def _to(address: str) -> Response:
    return RedirectResponse(address, 303, headers=NEVER_KEPT)


def _own(request: Request, path: str) -> str:
    """Give an address of ours as the browser knows it."""
    host = request.headers.get("host") or "localhost"
    return f"{request.url.scheme}://{host}{request.scope.get('root_path', '')}{path}"


def _keep(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    """Let the browser keep something sealed. Lax: it comes back with somebody who comes from the provider."""
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/auth/oidc",
    )
