"""One result of the examination, and the three ways it can end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was examined. When not `ok`, `remedy` mends it; `grave` tells a fault from advice."""

    name: str
    ok: bool
    detail: str
    remedy: str | None = None
    grave: bool = True


def fine(name: str, detail: str) -> Check:
    """Give a check that passed."""
    return Check(name, ok=True, detail=detail)


def fault(name: str, detail: str, remedy: str | None) -> Check:
    """Give a check that failed: landdb should not be used before it is mended."""
    return Check(name, ok=False, detail=detail, remedy=remedy)


def advice(name: str, detail: str, remedy: str) -> Check:
    """Give a check that failed in a way one can live with."""
    return Check(name, ok=False, detail=detail, remedy=remedy, grave=False)
