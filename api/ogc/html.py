"""Pages for people: the same documents as tables and links, self-contained, without script."""

import base64
import html
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from starlette.responses import Response

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}nav{margin:1rem 0}nav a{margin-right:1rem}"
    "div.wide{overflow-x:auto}table{border-collapse:collapse}th,td{padding:.25rem .8rem .25rem 0;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #ddd}td.number{text-align:right;font-variant-numeric:tabular-nums}"
    "small{color:#555}"
    "@media(prefers-color-scheme:dark){body{background:#141414;color:#e6e6e6}a{color:#8ab4f8}th,td{border-color:#333}"
    "small{color:#aaa}}"
)
_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
_SHOWN_RELATIONS: Final = (
    "alternate",
    "next",
    "items",
    "data",
    "conformance",
    "service-desc",
    "service-doc",
    "collection",
)


def page(title: str, *parts: str) -> Response:
    """Give a page as a response; the parts are HTML already."""
    body = (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{html.escape(title)} · landdb</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{html.escape(title)}</h1>{''.join(parts)}</body></html>"
    )
    headers = {"Content-Security-Policy": POLICY, "Vary": "Accept, Authorization"}
    return Response(body, headers=headers, media_type="text/html")


def paragraph(text: str) -> str:
    """Give a paragraph of plain text."""
    return f"<p>{html.escape(text)}</p>"


def heading(text: str) -> str:
    """Give a heading."""
    return f"<h2>{html.escape(text)}</h2>"


def links(told: Iterable[Mapping[str, str]]) -> str:
    """Give the links that lead on."""
    shown = [entry for entry in told if entry["rel"] in _SHOWN_RELATIONS]
    return "<nav>" + "".join(anchor(entry["href"], entry["title"]) for entry in shown) + "</nav>"


def anchor(href: str, text: str) -> str:
    """Give a link."""
    return f'<a href="{html.escape(href)}">{html.escape(text)}</a>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table; the cells are HTML already."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in headings)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def cell(value: Any) -> str:
    """Give a cell of a value; numbers stand to the right."""
    if value is None:
        return "<td></td>"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f'<td class="number">{value}</td>'
    told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"<td>{html.escape(told)}</td>"


def linked(href: str, text: str) -> str:
    """Give a cell with a link."""
    return f"<td>{anchor(href, text)}</td>"
