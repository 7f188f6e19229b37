"""Who must wait for whom: one writer per commune, and one per place where ground comes onto the map.

Neither SERIALIZABLE nor a unique index stops two sessions from drawing over each other: PostgreSQL's predicate locks do
not see that two polygons overlap. So whoever draws holds the communes of everything along the boundary, for a
neighbour may be given a vertex. Two clerks of two communes who each draw on ground where nobody is yet hold no common
commune; they meet at the cells of a grid that their ground lies in.
"""

from typing import Final

import psycopg

from landdb.domain.box import Box
from landdb.errors import NotFound, StaleState
from landdb.registration.new_ground import box_of
from landdb.registration.terms import Change, UnitTerms
from landdb.store import admin_units, register_along
from landdb.store.locks import lock_cells, lock_communes

#: Procedures that put vertices on old boundaries.
_DRAWING: Final = frozenset({"split", "boundary_adjustment"})
#: Width of a cell in degrees, about a kilometre.
_CELL: Final = 0.01


def lock_for(conn: psycopg.Connection, change: Change) -> list[int]:
    """Wait for the communes of the change and of its neighbours; gives its own, the one that it belongs to first.

    Raises NotFound when no parcel of the change is in force, StaleState when another commune came into play while
    this change waited: ask again.
    """
    box = None if change.new_ground is None else box_of(conn, change.new_ground)
    if box is not None:
        # Before the communes, so that whoever waited here sees whose ground has come to lie beside it.
        lock_cells(conn, _cells(box))
    wanted = _communes(conn, change, box)
    if not wanted:
        raise NotFound("no such parcel is in force", remedy="look it up again: it may have been split or merged")
    lock_communes(conn, wanted)
    if set(_communes(conn, change, box)) - set(wanted):
        raise StaleState("the parcels' surroundings have changed meanwhile", remedy="ask again")
    return [commune_id for commune_id, is_own in wanted.items() if is_own]


def _communes(conn: psycopg.Connection, change: Change, box: Box | None) -> dict[int, bool]:
    """Give the communes concerned, in the order in which the change names them, and whether each is its own."""
    if isinstance(change.terms, UnitTerms):
        codes = change.terms.old_commune_code, change.terms.new_commune_code
        return {admin_units.get_commune(conn, code).commune_id: True for code in codes}
    if change.new_ground is not None and box is not None:
        own = admin_units.get_commune(conn, change.new_ground.commune_code).commune_id
        return {own: True} | dict.fromkeys(sorted(register_along.list_communes_in(conn, box) - {own}), False)
    parcel_ids = [ref.parcel_id for ref in change.parcels]
    if change.kind in _DRAWING:
        return register_along.list_communes_along(conn, parcel_ids)
    return dict.fromkeys(register_along.list_communes(conn, parcel_ids), True)


def _cells(box: Box) -> list[int]:
    """Give the numbers of the grid cells that the box meets."""
    columns = range(int(box.west / _CELL), int(box.east / _CELL) + 1)
    rows = range(int(box.south / _CELL), int(box.north / _CELL) + 1)
    return [column * 18_000 + row for column in columns for row in rows]
