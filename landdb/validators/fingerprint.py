"""The order of findings, whatever order the parcels came in."""

from collections.abc import Iterable

from landdb.domain.finding import Finding

#: Positions are compared by the centimetre: a recomputed point may differ in the last bits.
_DECIMALS = 2


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings in one order, whatever order the parcels came in: by rule, subject, then place."""
    return sorted(findings, key=_sort_key)


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
