"""What a question led to: one thing, several, or nothing; and the JSON to send."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from landdb.domain.finding import Finding
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store.lookups import Answer
from landdb.validators.catalogue import load_catalogue
from landdb.validators.rule import Language

LANGUAGES: Final[tuple[Language, ...]] = ("vi", "en")

Status = Literal["RESOLVED", "AMBIGUOUS", "NOT_FOUND"]
Evidence = Literal["CROSSWALK_PARCEL", "CROSSWALK_SHEET", "RECORDED_OLD_NUMBER", "UNCHANGED_COMMUNE", "SUCCESSOR"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place where an old number may have gone, and the evidence for it.

    Without `sheet_no` only the commune is known; without `parcel_id` no such parcel is stored.
    """

    commune_code: str
    evidence: Evidence
    sheet_no: str | None = None
    parcel_no: str | None = None
    scale_denominator: int | None = None
    note: str | None = None
    commune_name: str | None = None
    commune_kind: str | None = None
    sheet_is_stored: bool = False
    parcel_id: int | None = None

    @property
    def place(self) -> tuple[str, str | None, str | None]:
        """Give where it points, whatever the evidence."""
        return (self.commune_code, self.sheet_no, self.parcel_no)

    def to_json(self) -> dict[str, Any]:
        """Give the candidate for an answer."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The outcome of a question. `reason` is a stable code that says why it is not RESOLVED."""

    status: Status
    body: bytes
    reason: str | None = None
    candidates: tuple[Candidate, ...] = ()
    next_after: int | None = None


def status_of(subjects: int) -> Status:
    """Give how certain an answer about that many subjects is."""
    if subjects == 0:
        return "NOT_FOUND"
    return "RESOLVED" if subjects == 1 else "AMBIGUOUS"


def resolution(
    answer: Answer, view: Viewpoint, *, status: Status, reason: str | None = None, page: Page | None = None
) -> Resolution:
    """Give the outcome with its JSON envelope around the parcels."""
    next_after = page.next_after(answer.rows, answer.last_id) if page else None
    head = {"status": status, "reason": reason, "as_of": view.described(), "next": _cursor(next_after)}
    return Resolution(status, envelope(head, "parcels", described(answer)), reason, next_after=next_after)


def envelope(head: dict[str, Any], name: str, array: bytes) -> bytes:
    """Give `head` as a JSON object with one more member, whose bytes are not touched."""
    start = json.dumps(head, ensure_ascii=False).encode()
    return b'%s, "%s": %s}' % (start[:-1], name.encode(), array)


def page_of(answer: Answer, page: Page, name: str) -> bytes:
    """Give one page of a list with the cursor of the next."""
    return envelope({"next": _cursor(page.next_after(answer.rows, answer.last_id))}, name, answer.array)


def described(answer: Answer) -> bytes:
    """Give the parcels; when they have findings, each with the catalogue's sentence."""
    if not answer.findings:
        return answer.array
    parcels = json.loads(answer.array)
    for parcel in parcels:
        describe(parcel["findings"] or [])
    return json.dumps(parcels, ensure_ascii=False).encode()


def described_each(answer: Answer) -> bytes:
    """Give one parcel, a JSON object; when it has findings, each with the catalogue's sentence."""
    if not answer.findings:
        return answer.array
    parcel = json.loads(answer.array)
    describe(parcel["findings"] or [])
    return json.dumps(parcel, ensure_ascii=False).encode()


def describe(findings: Sequence[dict[str, Any]]) -> None:
    """Add the catalogue's sentence in both languages; null for a rule that this version does not know."""
    rules = load_catalogue().rules
    for finding in findings:
        rule, told = rules.get(finding["rule_id"]), _told(finding)
        finding["message"] = rule and {language: rule.describe(told, language) for language in LANGUAGES}


def explain(finding: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give what the catalogue says of the finding's rule: its title, why it matters, what to do, on which basis."""
    rule = load_catalogue().rules.get(finding["rule_id"])
    if rule is None:
        return None
    told = _told(finding)
    return {
        "title": {language: rule.title.to(language) for language in LANGUAGES},
        "why": {language: rule.why.to(language) for language in LANGUAGES},
        "remedy": {language: rule.remedy_for(told, language) for language in LANGUAGES},
        "legal_basis": rule.legal_basis,
    }


def _told(finding: Mapping[str, Any]) -> Finding:
    names = ("rule_id", "severity", "subject", "measure", "unit", "area_m2", "width_m", "details")
    return Finding(commune_id=0, **{name: finding[name] for name in names})


def _cursor(after: int | None) -> str | None:
    return None if after is None else str(after)
