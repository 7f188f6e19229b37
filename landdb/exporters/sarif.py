"""Findings → SARIF 2.1.0, the interchange form of checkers: rules once, results streamed."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

from landdb.exporters.records import FindingRecord, RuleRecord

#: The identifier that the standard gives its schema; nothing is fetched from there.
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
#: The property that carries a finding's identity across runs; its version changes with the way it is made.
FINGERPRINT: Final = "landdbFinding/v1"


def write_sarif(
    findings: Iterable[FindingRecord], rules: Sequence[RuleRecord], target: TextIO, *, version: str, language: str
) -> int:
    """Write one run with the catalogue as the tool's rules, and give the number of results."""
    index = {rule.rule: position for position, rule in enumerate(rules)}
    head = json.dumps({"driver": _driver(rules, version, language)}, ensure_ascii=False)
    target.write(f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"tool": {head},\n')
    target.write(f'"language": "{language}", "columnKind": "unicodeCodePoints", "results": [')
    count = 0
    for count, finding in enumerate(findings, start=1):
        target.write("\n" if count == 1 else ",\n")
        target.write(json.dumps(_result(finding, index), ensure_ascii=False))
    target.write("\n]}]}\n")
    return count


def _driver(rules: Sequence[RuleRecord], version: str, language: str) -> dict[str, Any]:
    return {"name": "landdb", "version": version, "rules": [_rule(rule, language) for rule in rules]}


def _rule(rule: RuleRecord, language: str) -> dict[str, Any]:
    return {
        "id": rule.rule,
        "shortDescription": {"text": rule.title[language]},
        "fullDescription": {"text": rule.why[language]},
        "help": {"text": rule.remedy[language]},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"legalBasis": rule.legal_basis},
    }


def _result(finding: FindingRecord, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"logicalLocations": [_location(*place) for place in _places(finding)]}],
        "fingerprints": {FINGERPRINT: finding.fingerprint},
        "baselineState": "new" if finding.is_new else "unchanged",
        "properties": _properties(finding),
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.state == "accepted":
        result["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return result


def _places(finding: FindingRecord) -> list[tuple[str, str | None]]:
    """Give commune and parcel of what the finding is about, the commune alone when it names no parcel."""
    one = (finding.commune, finding.place or None)
    if not finding.other_parcel_no:
        return [one]
    return [one, (finding.other_commune or finding.commune, f"{finding.other_sheet_no}/{finding.other_parcel_no}")]


def _location(commune: str, place: str | None) -> dict[str, Any]:
    if place is None:
        return {"name": commune, "fullyQualifiedName": commune, "kind": "commune"}
    return {"name": place, "fullyQualifiedName": f"{commune}/{place}", "kind": "parcel"}


def _properties(finding: FindingRecord) -> dict[str, Any]:
    point = None if finding.easting_m is None else [finding.easting_m, finding.northing_m]
    return {
        "findingId": finding.finding_id,
        "state": finding.state,
        "point": point,
        "srid": finding.srid,
        "lonLat": None if finding.lon is None else [finding.lon, finding.lat],
        "measure": finding.measure,
        "unit": finding.unit,
        "areaM2": finding.area_m2,
        "widthM": finding.width_m,
        "reason": finding.reason,
        "remedy": finding.remedy,
        "firstSeen": finding.first_seen.isoformat(timespec="seconds"),
        "lastSeen": finding.last_seen.isoformat(timespec="seconds"),
    }
