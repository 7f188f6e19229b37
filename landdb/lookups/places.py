"""Communes in force on a date, and how good their data are."""

from landdb.domain.identifiers import normalise_commune_code
from landdb.domain.text import fold
from landdb.lookups.parcels import FIRST_PAGE, NOW, Connection
from landdb.lookups.resolution import page_of
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store import lookups as store


async def list_communes(
    conn: Connection,
    *,
    province_code: str | None = None,
    name: str | None = None,
    page: Page = FIRST_PAGE,
    view: Viewpoint = NOW,
) -> bytes:
    """Give one page of the communes in force: of a province, or of a name written with or without accents."""
    key = {"province_code": province_code, "name_folded": None, "limit": page.limit, "after": page.after}
    question = "communes" if province_code is None else "communes_of_province"
    if name is not None:
        question, key["name_folded"] = "communes_by_name", fold(name)
    return page_of(await store.ask_page(conn, question, {**view.parameters(), **key}), page, "communes")


async def get_commune(conn: Connection, commune_code: str, *, view: Viewpoint = NOW) -> bytes | None:
    """Give the commune that the code denotes on the viewpoint's date, with its predecessors, successors and sheets."""
    key = {"commune_code": normalise_commune_code(commune_code), "valid_on": view.valid_on}
    return await store.ask_json(conn, "commune", key)


async def get_quality(conn: Connection, commune_code: str, *, days: int = 30, view: Viewpoint = NOW) -> bytes | None:
    """Give the commune's last stored score with its numbers and campaign standing, and the last days before it."""
    key = {"commune_code": normalise_commune_code(commune_code), "valid_on": view.valid_on, "days": days}
    return await store.ask_json(conn, "quality", key)
