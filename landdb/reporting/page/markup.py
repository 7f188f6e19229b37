"""HTML and SVG as values: text is escaped unless it is markup already."""

import html
from collections.abc import Iterable
from typing import Final

_VOID: Final = frozenset({"meta", "input", "br", "link"})


class Markup(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]


def element(tag: str, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """Give one element. `class_` is the class; an underscore in a name is a hyphen; None and False leave it out."""
    told = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{told}>")
    return Markup(f"<{tag}{told}>{joined(children)}</{tag}>")


def joined(children: Child) -> Markup:
    """Give children as one text: markup as it is, other text escaped, None as nothing."""
    if children is None:
        return Markup("")
    if isinstance(children, Markup):
        return children
    if isinstance(children, str | int):
        return Markup(html.escape(str(children), quote=False))
    return Markup("".join(joined(child) for child in children))


def _attribute(name: str, value: str | float | None) -> str:
    if value is None or value is False:
        return ""
    named = name.rstrip("_").replace("_", "-")
    # SVG spells some of its attributes in camel case.
    named = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}.get(named, named)
    return f" {named}" if value is True else f' {named}="{html.escape(_told(value))}"'


def _told(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
