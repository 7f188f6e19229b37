"""The campaign's words and groups: a scheme as data, and how a commune stands by it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from landdb.errors import ConfigurationError
from landdb.store.quality import PARCEL_TESTS, ParcelTests, Pattern

#: Reasons are bits of a signed 64-bit integer.
_MOST_REASONS = 62


@dataclass(frozen=True, slots=True)
class Reason:
    """One test that a parcel can fail, the words it then misses and the group it then belongs to."""

    code: str
    bit: int
    group: str
    words: tuple[str, ...]
    text: Mapping[str, str]
    field: str | None
    part: str | None
    rules: tuple[str, ...]
    severities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """One criterion of the campaign and what it means here."""

    code: str
    label: Mapping[str, str]
    meaning: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scheme:
    """Groups from best to worst, words, and the reasons that decide both."""

    scheme: str
    title: Mapping[str, str]
    legal_basis: str
    groups: Mapping[str, Mapping[str, str]]
    words: tuple[Word, ...]
    reasons: tuple[Reason, ...]
    late_after_days: int

    def tests(self, *, sheet_rules: Iterable[str]) -> ParcelTests:
        """Give the scheme as the bits that the store tests parcels with."""
        from_findings = [
            (rule, severity, reason.bit)
            for reason in self.reasons
            for rule in reason.rules
            for severity in reason.severities
        ]
        bits = {reason.code: reason.bit for reason in self.reasons if not reason.rules}
        return ParcelTests(bits, from_findings, tuple(sheet_rules), self.late_after_days)

    def reasons_of(self, bits: int) -> tuple[Reason, ...]:
        """Give the reasons that a parcel shows."""
        return tuple(reason for reason in self.reasons if bits & reason.bit)

    def group_of(self, bits: int) -> str:
        """Give the worst group of the reasons; the first without any."""
        order = list(self.groups)
        return order[max((order.index(reason.group) for reason in self.reasons_of(bits)), default=0)]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many parcels are in which group, meet which word and show which reason; `parcels` is the denominator."""

    scheme: str
    parcels: int
    groups: Mapping[str, int]
    words: Mapping[str, int]
    reasons: Mapping[str, int] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Give the standing as plain data."""
        return {
            "parcels": self.parcels,
            "groups": dict(self.groups),
            "words": dict(self.words),
            "reasons": dict(self.reasons),
        }

    @classmethod
    def from_record(cls, scheme: str, record: Mapping[str, Any]) -> "Standing":
        """Give the standing that `to_record` wrote."""
        return cls(scheme, record["parcels"], record["groups"], record["words"], record["reasons"])


def standing_of(scheme: Scheme, patterns: Iterable[Pattern]) -> Standing:
    """Give the standing of all parcels that the patterns count."""
    groups = dict.fromkeys(scheme.groups, 0)
    words = dict.fromkeys((word.code for word in scheme.words), 0)
    reasons: dict[str, int] = {}
    parcels = 0
    for _, bits, count in patterns:
        shown = scheme.reasons_of(bits)
        missed = {word for reason in shown for word in reason.words}
        parcels += count
        groups[scheme.group_of(bits)] += count
        for word in words.keys() - missed:
            words[word] += count
        for reason in shown:
            reasons[reason.code] = reasons.get(reason.code, 0) + count
    return Standing(scheme.scheme, parcels, groups, words, dict(sorted(reasons.items(), key=lambda r: (-r[1], r[0]))))


def add_standings(scheme: Scheme, several: Iterable[Standing]) -> Standing:
    """Give the standing of several communes together."""
    kept = list(several)
    reasons = {reason.code: sum(one.reasons.get(reason.code, 0) for one in kept) for reason in scheme.reasons}
    return Standing(
        scheme=scheme.scheme,
        parcels=sum(one.parcels for one in kept),
        groups={group: sum(one.groups.get(group, 0) for one in kept) for group in scheme.groups},
        words={word.code: sum(one.words.get(word.code, 0) for one in kept) for word in scheme.words},
        reasons={code: count for code, count in sorted(reasons.items(), key=lambda r: (-r[1], r[0])) if count},
    )


@cache
def load_scheme(path: Path | None = None) -> Scheme:
    """Give the packaged scheme, or the one in a file; raises ConfigurationError when it contradicts itself."""
    content = (files("landdb.quality") / "campaign.toml").read_text("utf-8") if path is None else _read(path)
    try:
        return _scheme(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"the scheme is no TOML: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"the scheme lacks or garbles an entry: {error}", remedy="start from landdb/quality/campaign.toml"
        ) from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the scheme {path.name} cannot be read") from error


def _scheme(entries: Mapping[str, Any]) -> Scheme:
    groups = {code: group["title"] for code, group in entries["group"].items()}
    words = tuple(Word(code, word["label"], word["meaning"]) for code, word in entries["word"].items())
    named = entries["reason"].items()
    reasons = tuple(_reason(code, 1 << position, entry) for position, (code, entry) in enumerate(named))
    _check(groups, words, reasons)
    return Scheme(
        scheme=entries["scheme"],
        title=entries["title"],
        legal_basis=entries["legal_basis"],
        groups=groups,
        words=words,
        reasons=reasons,
        late_after_days=int(entries["late_after_days"]),
    )


def _reason(code: str, bit: int, entry: Mapping[str, Any]) -> Reason:
    return Reason(
        code=code,
        bit=bit,
        group=entry["group"],
        words=tuple(entry["words"]),
        text=entry["text"],
        field=entry.get("field"),
        part=entry.get("part"),
        rules=tuple(entry.get("rules", ())),
        severities=tuple(entry.get("severities", ("*",))),
    )


def _check(groups: Mapping[str, Any], words: tuple[Word, ...], reasons: tuple[Reason, ...]) -> None:
    known = {word.code for word in words}
    if not groups or len(reasons) > _MOST_REASONS:
        raise ConfigurationError(f"a scheme has at least one group and at most {_MOST_REASONS} reasons")
    for reason in reasons:
        if reason.group not in groups or not known.issuperset(reason.words):
            raise ConfigurationError(f"the reason {reason.code} names a group or word that the scheme lacks")
        if not reason.rules and reason.code not in PARCEL_TESTS:
            raise ConfigurationError(
                f"{reason.code} is no test", remedy=f"give it rules, or use one of {', '.join(PARCEL_TESTS)}"
            )
