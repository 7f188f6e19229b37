"""The words of the search box as data, and the names of communes that are known without a database."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from landdb import codelists
from landdb.domain.text import fold


@cache
def vocabulary() -> dict[str, Any]:
    """Give the tables of words.toml."""
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


@cache
def words(table: str, name: str) -> frozenset[str]:
    """Give one list of words."""
    return frozenset(vocabulary()[table][name])


@cache
def folded_words(table: str, name: str) -> frozenset[str]:
    """Give one list of words without accents."""
    return frozenset(fold(word) for word in vocabulary()[table][name])


@cache
def known_names() -> frozenset[str]:
    """Give the folded names of all communes, now and before, that the packaged list has."""
    return frozenset(fold(row["name"]) for row in codelists.load("communes"))


@cache
def known_units() -> frozenset[str]:
    """Give the folded names of districts of before and of provinces, without their kind."""
    districts = {fold(row["district_name"]) for row in codelists.load("communes") if row["district_name"]}
    return frozenset(province_names() | {_without_kind(name) for name in districts})


@cache
def province_names() -> frozenset[str]:
    """Give the folded names of provinces, now and before."""
    return frozenset(fold(row["name"]) for row in codelists.load("provinces"))


def load() -> None:
    """Load the lists now: they take a third of a second, which no question should wait for."""
    known_names()
    known_units()


def message(code: str) -> dict[str, str]:
    """Give the sentence of a refusal, a note or a reason in both languages."""
    texts: dict[str, str] = vocabulary()["messages"][code]
    return texts


_KINDS: Final = ("thanh pho ", "thi xa ", "huyen ", "quan ")


def _without_kind(name: str) -> str:
    return next((name.removeprefix(kind) for kind in _KINDS if name.startswith(kind)), name)
