"""GEOS through shapely: coverage validation, and validity."""

import numpy as np
import shapely

from benchmarks.tools.answers import Answer, Ground
from landdb.conformance.scoring import ToolFinding

GAP_WIDTH_M = 2.5


def find(ground: Ground) -> Answer:
    """Give the edges that break the coverage, connected ones of a polygon together; GEOS does not say how."""
    valid = np.flatnonzero(ground.valid)
    edges = shapely.coverage_invalid_edges(ground.geoms[valid], gap_width=GAP_WIDTH_M)
    found = ground.invalid()
    for unit in np.flatnonzero(~shapely.is_empty(edges)):
        for line in shapely.get_parts(shapely.line_merge(edges[unit])):
            found.append(ToolFinding("coverage", line, ground.named([int(valid[unit])])))
    version = f"GEOS {'.'.join(map(str, shapely.geos_version))}, shapely {shapely.__version__}"
    return Answer(version, f"shapely.coverage_invalid_edges(gap_width={GAP_WIDTH_M}), shapely.is_valid", found)
