"""What a check found, in one screen: communes with the lowest score first, then rules, each with its totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landdb.cli.output import err, print_table
from landdb.quality import Assessment
from landdb.store.finding_list import RuleCount
from landdb.validators.catalogue import load_catalogue
from landdb.validators.rule import Language
from landdb.validators.runner import RunResult

#: Communes shown one by one; a province has more than a screen has lines.
MOST_COMMUNES = 40
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Checked:
    """One commune after its check: what is open now, what the run changed, and the score that this makes."""

    commune: str
    name: str
    parcels: int
    errors: int
    warnings: int
    new: int
    back: int
    fixed: int
    score: float | None

    @classmethod
    def of(cls, result: RunResult, name: str, assessment: Assessment) -> "Checked":
        """Give the line of one run."""
        numbers, stored = assessment.numbers, result.stored
        return cls(
            commune=result.commune_code,
            name=name,
            parcels=result.parcel_count,
            errors=numbers.count("error"),
            warnings=numbers.count("warning"),
            new=stored.new,
            back=stored.regressed,
            fixed=stored.fixed,
            score=assessment.score.value,
        )

    @property
    def badness(self) -> tuple[float, int, str]:
        """Give a sort key: the lowest score first, then the most errors; communes without parcels last."""
        return (101.0 if self.score is None else self.score, -self.errors, self.commune)


def print_communes(checked: Sequence[Checked], whole: Assessment) -> None:
    """Print one line per commune, the worst first, what does not fit on a screen as one line, and all together."""
    worst_first = sorted(checked, key=lambda one: one.badness)
    shown, folded = worst_first[:MOST_COMMUNES], worst_first[MOST_COMMUNES:]
    rows = [_cells(one.commune, one.name, [one], one.score) for one in shown]
    if folded:
        least = next((one.score for one in folded if one.score is not None), None)
        rows.append(_cells("…", f"{len(folded)} more, from", folded, least))
    if len(checked) > 1:
        rows.append(_cells("all", f"{len(checked)} communes", checked, whole.score.value, whole))
    columns = ("commune", "name", "parcels", "errors", "warnings", "new", "back", "fixed", "score")
    print_table("Communes, the lowest score first", columns, rows)


def print_rules(counts: Iterable[RuleCount], language: Language) -> None:
    """Print one line per rule with open findings, the most errors first, and the totals."""
    by_rule: dict[str, dict[str, int]] = {}
    communes: dict[str, set[str]] = {}
    for count in counts:
        by_severity = by_rule.setdefault(count.rule_id, dict.fromkeys(_SEVERITIES, 0))
        by_severity[count.severity] += count.findings
        communes.setdefault(count.rule_id, set()).add(count.commune_code)
    if not by_rule:
        err.print("no open finding")
        return
    rows = [
        [rule, *_blank_zeros(found), len(communes[rule]), _title(rule, language)]
        for rule, found in sorted(by_rule.items(), key=lambda item: (*(-item[1][s] for s in _SEVERITIES), item[0]))
    ]
    totals = {severity: sum(found[severity] for found in by_rule.values()) for severity in _SEVERITIES}
    rows.append(["all", *_blank_zeros(totals), len(set().union(*communes.values())), ""])
    print_table("\nOpen findings by rule", ("rule", "errors", "warnings", "infos", "communes", "what"), rows)


def _cells(
    commune: str, name: str, several: Sequence[Checked], score: float | None, whole: Assessment | None = None
) -> list[Any]:
    """Give the cells of a line that stands for several communes; `whole` counts findings across borders once."""
    errors = sum(one.errors for one in several) if whole is None else whole.numbers.count("error")
    warnings = sum(one.warnings for one in several) if whole is None else whole.numbers.count("warning")
    changes = [sum(getattr(one, name_) for one in several) or None for name_ in ("new", "back", "fixed")]
    return [commune, name, sum(one.parcels for one in several), errors, warnings, *changes, score]


def _blank_zeros(counts: Mapping[str, int]) -> list[int | None]:
    return [counts[severity] or None for severity in _SEVERITIES]


def _title(rule: str, language: Language) -> str:
    known = load_catalogue().rules.get(rule)
    return known.title.to(language) if known else ""
