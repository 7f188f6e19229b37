"""What the door has to say about a change: refusals, warnings, and what the rules found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landdb.domain.finding import Finding, Severity
from landdb.registration.procedures import notice_texts
from landdb.validators.catalogue import load_catalogue
from landdb.validators.rule import Words


@dataclass(frozen=True, slots=True)
class Notice:
    """One statement about a change, by a stable code: one of words.toml, or the id of a rule.

    An error refuses the change; a warning does unless its code is acknowledged. Values are never personal.
    """

    code: str
    severity: Severity
    subject: str
    words: Words
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the notice with its sentence in both languages."""
        return {
            "code": self.code,
            "severity": self.severity,
            "subject": self.subject,
            "message": {"vi": self.words.vi, "en": self.words.en},
            "values": dict(self.values),
        }


class Refused(Exception):
    """The change cannot be made; carries the notice that says why."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(notice.code)


def notice(code: str, subject: str = "", /, **values: Any) -> Notice:
    """Give one of the door's own notices."""
    text = notice_texts()[code]
    told = {"subject": subject, **values}
    words = Words(vi=text.words.vi.format_map(told), en=text.words.en.format_map(told))
    return Notice(code, text.severity, subject, words, values)


def from_finding(finding: Finding) -> Notice:
    """Give what a rule found as a notice under the rule's id."""
    rule = load_catalogue()[finding.rule_id]
    words = Words(vi=rule.describe(finding, "vi"), en=rule.describe(finding, "en"))
    values = {"measure": finding.measure, "unit": finding.unit, "area_m2": finding.area_m2}
    return Notice(finding.rule_id, finding.severity, finding.subject, words, values)


def refusing(notices: Iterable[Notice], acknowledged: frozenset[str]) -> list[Notice]:
    """Give the notices that refuse a change for which these codes are acknowledged."""
    return [
        told
        for told in notices
        if told.severity == "error" or (told.severity == "warning" and told.code not in acknowledged)
    ]
