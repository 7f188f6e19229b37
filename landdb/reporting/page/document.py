"""The frame of a page: head, style and script by their hashes, contents, footer."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from landdb.reporting.page.markup import Child, Markup, element, joined
from landdb.reporting.page.wording import Wording


def _packaged(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()


_STYLE: Final = _packaged("style.css")
_SCRIPT: Final = _packaged("page.js")
#: Nothing is loaded and nothing runs but this very style and script; a style attribute would be refused.
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_hash(_STYLE)}'; script-src 'sha256-{_hash(_SCRIPT)}'; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page, listed in its contents."""

    anchor: str
    title: str
    content: Child


def document(wording: Wording, *, title: str, above: Child, below: Child, sections: Sequence[Section]) -> str:
    """Give the whole file."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{title} – {wording('report')}"),
        element("style", Markup(_STYLE)),
    )
    contents = element(
        "nav",
        element("ul", (element("li", element("a", one.title, href=f"#{one.anchor}")) for one in sections)),
        aria_label=wording("contents"),
    )
    body = element(
        "body",
        element("a", wording("skip"), href="#main", class_="skip"),
        element("header", above, contents),
        element("main", (_section(one) for one in sections), id="main"),
        element("footer", element("p", wording("footer", version=version("landdb"))), below),
        element("script", Markup(_SCRIPT)),
    )
    return f"<!doctype html>\n{element('html', head, body, lang=wording.language)}\n"


def table(
    heads: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[Child]],
    *,
    caption: str,
    shows_caption: bool = False,
    foot: Sequence[Child] | None = None,
    anchor: str | None = None,
    row_anchors: Sequence[str | None] = (),
    sorts: bool = False,
) -> Markup:
    """Give a table that scrolls by itself on a narrow screen; `heads` say of each column whether it is a number."""
    anchors = [*row_anchors, *[None] * (len(rows) - len(row_anchors))]
    made = element(
        "table",
        element("caption", caption, class_=None if shows_caption else "unseen"),
        element("thead", element("tr", (_head(name, is_number) for name, is_number in heads))),
        element("tbody", (_row(heads, row, one) for row, one in zip(rows, anchors, strict=True))),
        None if foot is None else element("tfoot", _row(heads, foot, None)),
        id=anchor,
        data_sorts=sorts,
    )
    return element("div", made, class_="scroll", tabindex="0", role="region", aria_label=caption)


def card(title: str, value: Child, note: Child = None, *, tone: str | None = None) -> Markup:
    """Give one key figure."""
    told = element("dd", note, class_="note") if note else None
    return element("div", element("dl", element("dt", title), element("dd", value, class_=tone), told), class_="card")


def _section(one: Section) -> Markup:
    return element(
        "section", element("h2", one.title, id=f"{one.anchor}-title"), joined(one.content),
        id=one.anchor, aria_labelledby=f"{one.anchor}-title",
    )  # fmt: skip


def _head(name: str, is_number: bool) -> Markup:  # noqa: FBT001 - one of a pair
    return element("th", name, scope="col", class_="n" if is_number else None)


def _row(heads: Sequence[tuple[str, bool]], cells: Sequence[Child], anchor: str | None) -> Markup:
    made = [
        element("td", cell, class_="n" if is_number else None)
        for cell, (_, is_number) in zip(cells, heads, strict=True)
    ]
    return element("tr", made, id=anchor)
