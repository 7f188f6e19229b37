"""The coverage cleaner as a last resort: run on the units around one fault, its difference taken as a draft."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from landdb.domain.finding import Finding
from landdb.repairs.drafts import Draft
from landdb.repairs.neighbourhood import Neighbourhood

#: What the cleaner changes below this is its own noding, not a repair.
_NOISE_M2: Final = 1e-6
_GAP_MARGIN: Final = 1.05
_AT_FAULT_M: Final = 0.05


def propose_cleaning(near: Neighbourhood, finding: Finding) -> Iterator[Draft]:
    """Give the draft that `coverage_clean` comes to for the units at the fault; nothing when it loses one of them.

    The cleaner rewrites what was right and empties duplicates, so only what it changed at the fault counts.
    """
    if finding.geometry is None or finding.width_m is None:
        return
    members = np.array(near.near(finding.geometry, _AT_FAULT_M))
    if len(members) < 2:
        return
    before = near.geoms[members]
    after = shapely.coverage_clean(before, snapping_distance=0.0, gap_width=finding.width_m * _GAP_MARGIN)
    if shapely.is_empty(after).any() or not shapely.is_valid(after).all():
        return
    changed = shapely.area(shapely.symmetric_difference(before, after)) > _NOISE_M2
    redrawn = {int(unit): geom for unit, geom in zip(members[changed], after[changed], strict=True)}
    if redrawn:
        names = ", ".join(near.units[unit].label for unit in redrawn)
        yield Draft("CLEAN_COVERAGE", redrawn, "CLEANED", place=finding.geometry, values={"giver": names})
