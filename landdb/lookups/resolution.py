"""What a question led to: one thing, several, or nothing; and the JSON to send."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from landdb.domain.finding import Finding
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store.lookups import Answer
from landdb.validators.catalogue import load_catalogue

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


def describe(findings: Sequence[dict[str, Any]]) -> None:
    """Add the catalogue's sentence in both languages; null for a rule that this version does not know."""
    rules = load_catalogue().rules
    for finding in findings:
        rule = rules.get(finding["rule_id"])
        told = Finding(
            rule_id=finding["rule_id"],
            severity=finding["severity"],
            commune_id=0,
            subject=finding["subject"],
            **{name: finding[name] for name in ("measure", "unit", "area_m2", "width_m")},
        )
        finding["message"] = rule and {"vi": rule.describe(told, "vi"), "en": rule.describe(told, "en")}


def _cursor(after: int | None) -> str | None:
    return None if after is None else str(after)
