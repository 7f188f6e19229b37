"""All array rules over one commune's ground, without a database."""

from collections.abc import Collection

from landdb.domain.finding import Finding
from landdb.validators.arrangement import arrange
from landdb.validators.borders import check_borders
from landdb.validators.catalogue import Catalogue, load_catalogue
from landdb.validators.coverage import check_overlaps
from landdb.validators.fabric import CommuneFabric
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.gaps import check_gaps
from landdb.validators.shapes import check_shapes
from landdb.validators.vertices import check_vertices

#: Faults whose corners are not vertices that somebody forgot; a wide void is none of them.
_EXPLAINS_VERTICES = frozenset({"COV001", "COV002", "COV003", "COV004"})


def check_fabric(
    fabric: CommuneFabric, *, catalogue: Catalogue | None = None, rules: Collection[str] | None = None
) -> list[Finding]:
    """Give the findings of the geometry and coverage rules, sorted; only of `rules` when named.

    The coverage rules look at one arrangement and explain each other, so they run together and the
    selection is made on what they found.
    """
    catalogue = catalogue or load_catalogue()
    chosen = set(catalogue.select(rules))
    findings: list[Finding] = []
    if any(catalogue[rule_id].kind == "geometry" for rule_id in chosen):
        findings += check_shapes(fabric, catalogue)
    if any(catalogue[rule_id].kind == "coverage" for rule_id in chosen):
        arrangement = arrange(fabric)
        apart = [*check_overlaps(arrangement, catalogue), *check_gaps(arrangement, catalogue)]
        explained = [finding for finding in apart if finding.rule_id in _EXPLAINS_VERTICES]
        findings += apart
        findings += check_vertices(arrangement, catalogue, explained)
        findings += check_borders(arrangement, catalogue)
    return sorted_findings(finding for finding in findings if finding.rule_id in chosen)
