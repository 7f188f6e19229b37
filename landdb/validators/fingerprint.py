"""The order of findings, whatever order the parcels came in."""

from collections.abc import Iterable
from itertools import chain

import numpy as np

from landdb.domain.finding import Finding

#: Positions are compared by the centimetre: a recomputed point may differ in the last bits.
_DECIMALS = 2


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings in one order, whatever order the parcels came in: by rule, subject, then place."""
    found = list(findings)
    if not found:
        return found
    points = chain.from_iterable(finding.point or (0.0, 0.0) for finding in found)
    places = np.round(np.fromiter(points, np.float64, 2 * len(found)), _DECIMALS).reshape(-1, 2)
    has_none = np.array([finding.point is None for finding in found])
    measures = np.array([0.0 if finding.measure is None else finding.measure for finding in found])
    names = [f"{finding.rule_id}\0{finding.subject}" for finding in found]
    # places first, at once for all; sorting by name afterwards keeps that order among findings of one name
    order: list[int] = np.lexsort((measures, places[:, 1], places[:, 0], has_none)).tolist()
    order.sort(key=names.__getitem__)
    return [found[index] for index in order]
