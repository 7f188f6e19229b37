"""The loops over every vertex of a province, compiled: numbering, cancelling, touching, winding.

Plain arrays in and out; nothing here knows a parcel. Compiled code is kept beside the modules (or in the
user's cache folder where that is not writable), so only the first check after an installation waits for it.
"""

from landdb.validators.kernels.cancelling import directed_segments, number_vertices, renumbered, uncancelled
from landdb.validators.kernels.corners import sharp_corners, short_edges
from landdb.validators.kernels.inside import cells_inside, lie_inside
from landdb.validators.kernels.rings import rings_from_wkb, unit_measures
from landdb.validators.kernels.touching import join_close, owned, touching
from landdb.validators.kernels.winding import bounds_of, meeting, winding, winding_at

__all__ = [
    "bounds_of",
    "cells_inside",
    "directed_segments",
    "join_close",
    "lie_inside",
    "meeting",
    "number_vertices",
    "owned",
    "renumbered",
    "rings_from_wkb",
    "sharp_corners",
    "short_edges",
    "touching",
    "uncancelled",
    "unit_measures",
    "winding",
    "winding_at",
]
