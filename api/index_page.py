"""The page at /: every endpoint, self-contained. FastAPI's own pages load scripts from a CDN and stay off."""

import base64
import html
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}code{font-size:.95em}"
    "td{padding:.3rem 1rem .3rem 0;vertical-align:top}td:first-child{white-space:nowrap}"
    "@media(prefers-color-scheme:dark){body{background:#141414;color:#e6e6e6}a{color:#8ab4f8}}"
)
_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def render(document: Mapping[str, Any]) -> str:
    """Give the page that lists the operations of an OpenAPI document."""
    sections: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            sections.setdefault(operation["tags"][0], []).append(_row(method, path, operation))
    listed = "".join(f"<h2>{html.escape(tag)}</h2><table>{''.join(rows)}</table>" for tag, rows in sections.items())
    info = document["info"]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{html.escape(info['title'])} {html.escape(info['version'])}</h1><p>{html.escape(info['description'])}</p>"
        f'<p>Machine-readable: <a href="openapi.json">openapi.json</a></p>{listed}</body></html>'
    )


def _row(method: str, path: str, operation: Mapping[str, Any]) -> str:
    names = ", ".join(
        f"<b>{html.escape(parameter['name'])}</b>" if parameter.get("required") else html.escape(parameter["name"])
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    )
    told = html.escape(operation.get("description", ""))
    return (
        f"<tr><td><code>{method.upper()} {html.escape(path)}</code></td>"
        f"<td>{told}{f'<br><small>{names}</small>' if names else ''}</td></tr>"
    )
