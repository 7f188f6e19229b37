"""What a route is given: a connection, the caller, the viewpoint. Small typed functions."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any

import psycopg
from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.access import PUBLIC, Caller, caller_of
from api.desk import CSRF_HEADER, SAFE_METHODS, SESSION_COOKIE, Desk
from api.door import recognise
from api.pools import Connections
from api.schemas import AsOf, Listing, ParcelView, Strict
from landdb.errors import AccessDenied
from landdb.lookups import Page, Viewpoint


def each_parameter_once(request: Request) -> None:
    """Refuse a query that says one thing twice, since it is open which of the two counts."""
    if len(request.query_params.multi_items()) != len(request.query_params):
        raise RequestValidationError([{"loc": ("query",), "type": "repeated_parameter"}])


async def caller(request: Request) -> Caller:
    """Give who asks: the public without a token or session; 401 for one that is not in force."""
    desk: Desk = request.app.state.desk
    header = request.headers.get("authorization")
    if header is not None:
        standing = await desk.by_header(header)
    elif cookie := request.cookies.get(SESSION_COOKIE):
        refuse_foreign_page(request)
        standing = await desk.by_cookie(cookie)
    else:
        request.state.asking = PUBLIC.asking
        return PUBLIC
    if standing is None:
        raise unauthenticated()
    request.scope["landdb.actor"] = f"mandate {standing.mandate_id}"
    found = caller_of(standing)
    recognise(request.scope, found)
    request.state.asking = found.asking
    return found


def refuse_foreign_page(request: Request) -> None:
    """Refuse a change that a foreign page may have sent: only ours can add the header."""
    if request.method not in SAFE_METHODS and request.headers.get(CSRF_HEADER) != "1":
        raise AccessDenied("CSRF", remedy="send the header X-Landdb-Csrf: 1")


AnyCaller = Annotated[Caller, Depends(caller)]


async def connection(request: Request, asking: AnyCaller) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Give a connection that knows who asks, taken back when the answer is made."""
    async with Connections(request.app.state.pools, asking.asking).connection() as conn:
        yield conn


async def public_connection(request: Request) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Give a connection for a question that everyone may ask, whoever it is."""
    async with Connections(request.app.state.pools, PUBLIC.asking).connection() as conn:
        yield conn


def opener(request: Request, asking: AnyCaller) -> Callable[[], AbstractAsyncContextManager[Any]]:
    """Give what opens a connection for a part of a long answer, so that none is held while its reader is slow."""
    return Connections(request.app.state.pools, asking.asking).connection


Connection = Annotated[psycopg.AsyncConnection[Any], Depends(connection, scope="function")]
PublicConnection = Annotated[psycopg.AsyncConnection[Any], Depends(public_connection, scope="function")]
Opener = Annotated[Callable[[], AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]], Depends(opener)]


def _entitled(may: Callable[[Caller], bool], *, refused: str, rule: str = "ROLE") -> Any:
    """Give the dependency on a caller who may do something; 401 without a token, 403 when the role may not."""

    def entitled(asking: AnyCaller) -> Caller:
        if asking is PUBLIC:
            raise unauthenticated()
        if not may(asking):
            raise AccessDenied(rule, remedy=refused)
        return asking

    return Depends(entitled)


HolderSearcher = Annotated[
    Caller,
    _entitled(
        lambda asking: asking.rights.may_search_holders,
        rule="ND101-61",
        refused="parties are searched by clerks and agreed services only",
    ),
]
FindingDecider = Annotated[
    Caller,
    _entitled(lambda asking: asking.rights.may_decide_findings, refused="findings are decided by clerks and analysts"),
]
RepairAccepter = Annotated[
    Caller, _entitled(lambda asking: asking.rights.may_accept_repairs, refused="repairs are accepted by clerks")
]
Registrar = Annotated[
    Caller, _entitled(lambda asking: asking.rights.may_register, refused="the register is changed by clerks")
]
Revealer = Annotated[
    Caller,
    _entitled(lambda asking: asking.rights.may_reveal, refused="clear values are shown to clerks, for a purpose"),
]
Importer = Annotated[
    Caller, _entitled(lambda asking: asking.rights.may_import, refused="deliveries are imported by clerks and analysts")
]
DataSubject = Annotated[
    Caller,
    _entitled(
        lambda asking: asking.citizen_id_index is not None,
        refused="sign in as a citizen whose number the identity provider confirms",
    ),
]
#: A caller with a token of any role.
Subscriber = Annotated[Caller, _entitled(lambda _: True, refused="")]


def viewpoint(asked: AsOf, asking: Caller) -> Viewpoint:
    """Give the dates and fields that were asked for, seen with the caller's eyes."""
    shape = asked if isinstance(asked, ParcelView) else None
    return Viewpoint(
        valid_at=asked.valid_at,
        known_at=asked.known_at,
        audience=asking.rights.audience,
        communes=asking.communes,
        native=shape is not None and shape.native,
        sees_work=asking.rights.may_decide_findings,
        is_citizen=asking.citizen_id_index is not None,
        wanted=None if shape is None else shape.wanted,
        granted=None if asking.agreement is None else asking.agreement.fields,
    )


def page(asked: Listing) -> Page:
    """Give the part of the list that was asked for."""
    return Page(asked.limit, int(asked.after or 0))


def unauthenticated() -> HTTPException:
    """Give the refusal of a request that a token could not or did not prove."""
    return HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="landdb"'})


NoQuery = Annotated[Strict, Query()]
