"""Pages that people read: made in a worker thread, one at a time, on a connection of their own that only reads."""

from dataclasses import replace
from typing import Final

import anyio
import anyio.to_thread
import psycopg
from fastapi import Request, Response

from api.access import Caller
from api.lanes import Lane
from landdb import reporting
from landdb.domain.identifiers import normalise_commune_code
from landdb.store.statements import load
from landdb.validators.rule import Language

#: Drawing a commune takes the better part of a second of a core, which questions need more.
AT_ONCE: Final = 1
POLICY: Final = f"{reporting.POLICY}; frame-ancestors 'none'"
_READS: Final = "-c default_transaction_read_only=on -c statement_timeout=10s -c jit=off"


#: Requests that may wait for their turn, and how long: more of them would keep their class out of its lane.
MOST_WAITING: Final = 2
QUEUE_S: Final = 20


async def commune_page(request: Request, code: str, language: Language, asking: Caller) -> Response:
    """Give the report of a commune; findings about holders and rights are only for staff of that commune.

    Raises Crowded when others wait for a page already.
    """
    # Counts by quality of people's data read whole tables, of which no reader sees all rows.
    url: str = request.app.state.login_urls["writer"]
    lane: Lane = request.app.state.page_lane
    context = request.app.state.signer.sign(replace(asking.asking, login="writer"))
    tenure = _is_staff_of(asking, normalise_commune_code(code))

    def made() -> str:
        with psycopg.connect(url, application_name="landdb-api", connect_timeout=5, options=_READS) as conn:
            conn.execute(load("access")["enter_context"], context)
            return reporting.commune_page(conn, code, language=language, tenure=tenure)

    await lane.enter()
    try:
        page = await anyio.to_thread.run_sync(made)
    finally:
        lane.leave()
    cached = {} if asking.role == "public" else {"Cache-Control": "no-store"}
    headers = {"Content-Security-Policy": POLICY, "Content-Language": language, **cached}
    return Response(page, headers=headers, media_type="text/html")


def _is_staff_of(asking: Caller, code: str) -> bool:
    return asking.rights.audience == "staff" and (asking.communes is None or code in asking.communes)
