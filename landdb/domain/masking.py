"""Masks for personal values: enough to recognise what one already knows, nothing to learn from."""

import re

_VISIBLE_DIGITS = 3
#: Nine or twelve digits, also in groups, as citizen IDs are written; longer numbers are none.
_LIKE_A_CITIZEN_ID = re.compile(r"(?<![0-9])(?:[0-9][ .\-]?){8}(?:(?:[0-9][ .\-]?){3})?[0-9](?![0-9])")


def mask_name(name: str) -> str:
    """Give the name with only each word's first letter left: ``N***** V** A*``."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())


def mask_digits(digits: str) -> str:
    """Give the number with only its last three characters left: ``*********123``.

    A number too short to hide anything behind three characters is masked whole.
    """
    if len(digits) <= 2 * _VISIBLE_DIGITS:
        return "*" * len(digits)
    return "*" * (len(digits) - _VISIBLE_DIGITS) + digits[-_VISIBLE_DIGITS:]


def holds_personal_number(text: str) -> bool:
    """Tell whether a text holds digits that may be somebody's citizen ID."""
    return _LIKE_A_CITIZEN_ID.search(text) is not None
