"""The change door: every procedure of a commune counter as one transaction with history, lineage and proof.

`register` makes a change, or with `dry_run` tells what it would do: the same code, rolled back. What the law forbids
and what the rules find comes back as notices; an error refuses the change, a warning must be acknowledged by name.
"""

from landdb.registration.amending import amend
from landdb.registration.approval import approve, ask_supplement, reject, submit
from landdb.registration.describing import describe_subject
from landdb.registration.door import register
from landdb.registration.parsing import parse_change
from landdb.registration.terms import Change, Clerk, ParcelRef

__all__ = [
    "Change",
    "Clerk",
    "ParcelRef",
    "amend",
    "approve",
    "ask_supplement",
    "describe_subject",
    "parse_change",
    "register",
    "reject",
    "submit",
]
