"""Whole sheets that lie elsewhere."""

from collections.abc import Callable

import numpy as np
import shapely

from landdb.conformance.attempt import Attempt
from landdb.conformance.board import NoSiteError
from landdb.conformance.expected import Expected
from landdb.conformance.relief import on_grid
from landdb.conformance.walls import Floats
from landdb.domain.crs import from_wgs84, to_wgs84

#: A sheet of at most so many parcels is spent on it, none of them at the commune's border.
_FEW = 120
#: The zone that the misplaced sheet was really drawn in: VN-2000, central meridian 104°45′.
_REALLY_SRID = 9208
_TOLERATED = {f"COV{number:03}" for number in range(1, 15)} | {"ADM001"}


def wrong_meridian(attempt: Attempt, _: float) -> None:
    """Deliver a sheet in coordinates of another zone than it says."""
    srid = attempt.board.communes[attempt.board.commune[attempt.unit]].srid

    def convert(xy: Floats) -> Floats:
        lon, lat = to_wgs84(srid)(xy[:, 0], xy[:, 1])
        return on_grid(np.stack(from_wgs84(_REALLY_SRID)(lon, lat), axis=1))

    _misplace(attempt, convert)


def swapped_axes(attempt: Attempt, _: float) -> None:
    """Deliver a sheet with northings where eastings belong."""
    _misplace(attempt, lambda xy: xy[:, ::-1])


def _misplace(attempt: Attempt, convert: Callable[[Floats], Floats]) -> None:
    board = attempt.board
    place, sheet = board.commune[attempt.unit], board.key[attempt.unit].split("/")[0]
    members = [unit for unit in board.parcels.tolist() if board.commune[unit] == place]
    members = [unit for unit in members if board.key[unit].split("/")[0] == sheet]
    if len(members) > _FEW or board.zone(attempt.unit) or any(board.geoms[unit] is None for unit in members):
        raise NoSiteError
    for unit in members:
        attempt.draft.changed[unit] = shapely.transform(board.geoms[unit], convert)
        attempt.involved |= {unit, *board.neighbours(unit)}
    drawn = shapely.union_all([attempt.draft.changed[unit] for unit in members]).convex_hull
    attempt.away = shapely.union_all([board.geoms[unit] for unit in members])
    attempt.measured = False
    commune = board.communes[place].commune_code
    severity = attempt.catalogue["ADM003"].severity
    attempt.extra.append(Expected("ADM003", drawn, frozenset({f"{commune}/{sheet}"}), severity=severity))
    attempt.tolerated |= _TOLERATED
