"""What small zooms show instead of parcels: the ground of each sheet by land use, and communes with counts.

Made from the rendered parcels, after them; a second or so behind the register, while parcels themselves never are.
"""

from functools import cache
from typing import Final, LiteralString

import psycopg

from landdb.codelists.land_use import colour_groups
from landdb.store.statements import load, render, without_comments

#: The ground as rendered, and mended where GEOS does not take it so: a ring may touch itself once it is in EPSG:3857.
_AS_RENDERED: Final = "r.geom_3857"
_MENDED: Final = "ST_Buffer(ST_MakeValid(r.geom_3857), 0)"


def list_changed_sheets(conn: psycopg.Connection, commune_id: int) -> list[tuple[int, int]]:
    """Give the sheets of the commune that are not drawn as they are, each with the fingerprint of what it is now."""
    return conn.execute(_statement("list_changed_sheets"), {"commune_id": commune_id}).fetchall()


def draw_sheet(conn: psycopg.Connection, commune_id: int, sheet_id: int, print_now: int) -> None:
    """Draw a sheet and its ground by land use anew."""
    row = conn.execute(load("summaries")["cover_box"], {"sheet_id": sheet_id}).fetchone()
    conn.execute(load("summaries")["remove_cover"], {"sheet_id": sheet_id})
    groups = colour_groups()
    values = {"commune_id": commune_id, "sheet_id": sheet_id, "codes": list(groups), "groups": list(groups.values())}
    try:
        with conn.transaction():
            conn.execute(_cover(_AS_RENDERED), values)
    except psycopg.errors.InternalError_:
        conn.execute(_cover(_MENDED), values)
    drawn = {"sheet_id": sheet_id, "print": print_now, "cover_before": row[0] if row else None}
    conn.execute(load("summaries")["draw_sheet"], drawn)


def remove_sheets(conn: psycopg.Connection, commune_id: int) -> None:
    """Remove the drawings of sheets that the commune has not any more."""
    conn.execute(load("summaries")["remove_sheets"], {"commune_id": commune_id})


def draw_commune(conn: psycopg.Connection, commune_id: int) -> None:
    """Draw the commune with its counts, if anything about it changed."""
    conn.execute(_statement("draw_commune"), {"commune_id": commune_id})


@cache
def _statement(name: str) -> LiteralString:
    texts = load("summaries")
    public_rule = without_comments(load("tiles")["public_rule"])
    return render(texts[name], {"prints": without_comments(texts["prints"]), "public_rule": public_rule})


@cache
def _cover(ground: LiteralString) -> LiteralString:
    return render(load("summaries")["draw_cover"], {"ground": ground})
