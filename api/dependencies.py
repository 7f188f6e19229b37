"""What a route is given: a connection, the caller, the viewpoint. Small typed functions."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import psycopg
from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import AsyncConnectionPool
from starlette.exceptions import HTTPException

from api.access import PUBLIC, Caller
from api.schemas import AsOf, Listing, Strict
from landdb.errors import AccessDenied
from landdb.lookups import Page, Viewpoint
from landdb.store import tokens

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]


async def connection(request: Request) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Give a pooled connection, taken back when the answer is made."""
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        yield conn


Connection = Annotated[psycopg.AsyncConnection[Any], Depends(connection, scope="function")]


def each_parameter_once(request: Request) -> None:
    """Refuse a query that says one thing twice, since it is open which of the two counts."""
    if len(request.query_params.multi_items()) != len(request.query_params):
        raise RequestValidationError([{"loc": ("query",), "type": "repeated_parameter"}])


async def caller(request: Request, conn: Connection) -> Caller:
    """Give who asks: the public without a token; 401 for a token that is not in force."""
    header = request.headers.get("authorization")
    if header is None:
        return PUBLIC
    scheme, _, token = header.partition(" ")
    holder = await tokens.verify(conn, token.strip()) if scheme.lower() == "bearer" else None
    if holder is None:
        raise _unauthenticated()
    request.scope["landdb.actor"] = f"token {holder.token_id}"
    return Caller(holder.role, holder.actor, holder.actor_org, holder.commune_codes)


AnyCaller = Annotated[Caller, Depends(caller)]


def holder_searcher(asking: AnyCaller) -> Caller:
    """Give a caller who may search by holder; 401 without a token, 403 with one for another role."""
    if asking is PUBLIC:
        raise _unauthenticated()
    if not asking.rights.may_search_holders:
        raise AccessDenied("ND101-61", remedy="parties are searched by clerks and agreed services only")
    return asking


HolderSearcher = Annotated[Caller, Depends(holder_searcher)]


def finding_decider(asking: AnyCaller) -> Caller:
    """Give a caller who may decide about findings; 401 without a token, 403 with one for another role."""
    if asking is PUBLIC:
        raise _unauthenticated()
    if not asking.rights.may_decide_findings:
        raise AccessDenied("ROLE", remedy="findings are decided by clerks and analysts")
    return asking


FindingDecider = Annotated[Caller, Depends(finding_decider)]


def repair_accepter(asking: FindingDecider) -> Caller:
    """Give a caller who may carry out repairs; 401 without a token, 403 with one for another role."""
    if not asking.rights.may_accept_repairs:
        raise AccessDenied("ROLE", remedy="repairs are accepted by clerks")
    return asking


RepairAccepter = Annotated[Caller, Depends(repair_accepter)]


def registrar(asking: AnyCaller) -> Caller:
    """Give a caller who may change the register; 401 without a token, 403 with one for another role."""
    if asking is PUBLIC:
        raise _unauthenticated()
    if not asking.rights.may_register:
        raise AccessDenied("ROLE", remedy="the register is changed by clerks")
    return asking


Registrar = Annotated[Caller, Depends(registrar)]


def subscriber(asking: AnyCaller) -> Caller:
    """Give a caller with a token of any role; 401 without one."""
    if asking is PUBLIC:
        raise _unauthenticated()
    return asking


Subscriber = Annotated[Caller, Depends(subscriber)]


def viewpoint(asked: AsOf, asking: Caller, *, native: bool = False) -> Viewpoint:
    """Give the dates that were asked for, seen with the caller's eyes."""
    return Viewpoint(
        valid_at=asked.valid_at,
        known_at=asked.known_at,
        audience=asking.rights.audience,
        communes=asking.communes,
        native=native,
        sees_work=asking.rights.may_decide_findings,
    )


def page(asked: Listing) -> Page:
    """Give the part of the list that was asked for."""
    return Page(asked.limit, int(asked.after or 0))


def _unauthenticated() -> HTTPException:
    return HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="landdb"'})


NoQuery = Annotated[Strict, Query()]
