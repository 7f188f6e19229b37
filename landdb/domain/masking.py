"""Masks for personal values: enough to recognise what one already knows, nothing to learn from."""

_VISIBLE_DIGITS = 3


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
