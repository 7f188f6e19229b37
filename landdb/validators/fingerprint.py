"""The identity of a finding across runs and re-imports."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from landdb.domain.finding import Finding

#: Positions are compared by the centimetre: a recomputed point may differ in the last bits.
_DECIMALS = 2


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings in one order, whatever order the parcels came in: by rule, subject, then place."""
    return sorted(findings, key=_sort_key)


def fingerprints(findings: Sequence[Finding], commune_code: str) -> list[bytes]:
    """Give each finding's SHA-256 identity: rule, commune, subject, and its rank among equal ones by place.

    The place itself stays out, so that redrawing a boundary by a hand's breadth does not make a new finding.
    """
    ranks: Counter[tuple[str, str]] = Counter()
    identities: dict[int, bytes] = {}
    for index in sorted(range(len(findings)), key=lambda index: _sort_key(findings[index])):
        finding = findings[index]
        key = finding.rule_id, "|".join(sorted(finding.subject.split("|")))
        text = "\n".join([finding.rule_id, commune_code, key[1], str(ranks[key])])
        identities[index] = hashlib.sha256(text.encode()).digest()
        ranks[key] += 1
    return [identities[index] for index in range(len(findings))]


def _sort_key(finding: Finding) -> tuple[str, str, bool, float, float, float]:
    x, y = finding.point or (0.0, 0.0)
    measure = finding.measure if finding.measure is not None else 0.0
    return (
        finding.rule_id,
        finding.subject,
        finding.point is None,
        round(x, _DECIMALS),
        round(y, _DECIMALS),
        measure,
    )
