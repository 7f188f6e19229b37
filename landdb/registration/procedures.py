"""What is common to each procedure: its code, its days, what stops it; and the door's own words."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from landdb.domain.finding import Severity
from landdb.validators.rule import Words


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure: what restrictions stop it, what families of rules look at it, and whether they can refuse it."""

    kind: str
    change_code: str | None
    label: Words
    working_days: int
    stopped_by: frozenset[str]
    judged_by: frozenset[str]
    rules_refuse: bool


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The words for one notice, and how serious it is."""

    severity: Severity
    words: Words


@cache
def procedures() -> Mapping[str, Procedure]:
    """Give the packaged procedures by kind."""
    return MappingProxyType(
        {
            kind: Procedure(
                kind=kind,
                change_code=entry.get("change_code"),
                label=Words(**entry["label"]),
                working_days=int(entry["working_days"]),
                stopped_by=frozenset(entry["stopped_by"]),
                judged_by=frozenset(entry["judged_by"]),
                rules_refuse=bool(entry.get("rules_refuse", True)),
            )
            for kind, entry in _load("procedures").items()
        }
    )


@cache
def notice_texts() -> Mapping[str, NoticeText]:
    """Give the words of the door's own notices by code."""
    return MappingProxyType(
        {
            code: NoticeText(entry["severity"], Words(vi=entry["vi"], en=entry["en"]))
            for code, entry in _load("words").items()
        }
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("landdb.registration").joinpath(f"{name}.toml").read_text("utf-8"))
