"""Why this one gives and that one takes, in a sentence or two for the clerk; and the words of every code."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Final

from landdb.repairs.assessment import Proposal
from landdb.validators.rule import Words


@cache
def load_words() -> Mapping[str, Mapping[str, Words]]:
    """Give the packaged words by group and code."""
    table = tomllib.loads(files("landdb.repairs").joinpath("words.toml").read_text("utf-8"))
    return {group: {code: Words(**words) for code, words in codes.items()} for group, codes in table.items()}


KINDS: Final = load_words()["kind"]
REASONS: Final = load_words()["reason"]
CONDITIONS: Final = load_words()["condition"]
UNSOLVED: Final = load_words()["unsolved"]
VERDICTS: Final = load_words()["verdict"]


def evidence(proposal: Proposal) -> Words:
    """Give why it is proposed and, where conditions do not hold, which."""
    reason = REASONS[proposal.draft.reason]
    values = dict.fromkeys(_fields(reason), "–") | dict(proposal.draft.values)
    told = Words(vi=reason.vi.format_map(values), en=reason.en.format_map(values))
    if proposal.is_acceptable:
        return told
    failed = [CONDITIONS[code] for code in proposal.failed]
    note = load_words()["note"]["NEEDS_SURVEY"]
    vi = note.vi.format(told="; ".join(words.vi for words in failed))
    en = note.en.format(told="; ".join(words.en for words in failed))
    return Words(vi=f"{told.vi} {vi}", en=f"{told.en} {en}")


def _fields(words: Words) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words.vi + words.en) if name}
