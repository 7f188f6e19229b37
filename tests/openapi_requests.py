"""Requests made from an OpenAPI document: every operation as it may be asked, and as nobody should ask it."""

import copy
import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode

#: What parsers, databases and formatters have stumbled over.
HOSTILE: tuple[Any, ...] = (
    "", " ", "\x00", "%00", "\ud800", "﷽" * 50, "a" * 5000,
    "'; SELECT pg_sleep(9)--", "../../etc/passwd", "null", "NaN",
    "Infinity", "-1", "0", "1e400", "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "0x10",
    "1_000", "٣", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59+14:00", "infinity", "\\u0000", "{}", "[]", "true",
    "105,21,104,20", "nan,nan,nan,nan", "1,2,3", "*", "%", "_", "$1", "%s", "{0}", "\u202e", "\x7f", "a\r\nX: y",
    None, True, 1.5, 1e308, 2**63, -(2**63), 2**200, [], {}, [[]], {"a": {"a": {}}}, float("inf"), float("nan"),
)  # fmt: skip
HEADERS = (
    ("Accept", "application/geo+json;q=nan, */*"), ("Accept", "\xff"), ("Accept-Encoding", "br;q=7"), ("If-Match", "*"),
    ("If-Match", '"'), ("If-None-Match", '"a", W/'), ("Idempotency-Key", "x" * 300), ("Authorization", "Bearer \xe9"),
    ("Authorization", "Basic Og=="), ("Cookie", "landdb_session=\xff; landdb_session="), ("Range", "bytes=9-1"),
    ("Content-Type", "application/xml"), ("Content-Type", "application/json; charset=utf-99"), ("Host", "[::1"),
    ("X-Forwarded-For", "'"), ("X-Forwarded-Proto", "gopher"), ("traceparent", "00-zz"), ("Content-Encoding", "gzip"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, before it is written."""

    method: str
    template: str
    path: dict[str, Any] = field(default_factory=dict)
    query: list[tuple[str, Any]] = field(default_factory=list)
    body: Any = None
    raw: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"

    @property
    def target(self) -> str:
        """Give path and query as they go over the wire."""
        path = re.sub(r"\{(\w+)\}", lambda found: _quoted(self.path.get(found[1], found[0])), self.template)
        pairs = [(str(name), _plain(value)) for name, value in self.query]
        return path + ("?" + urlencode(pairs, errors="surrogatepass") if pairs else "")

    @property
    def content(self) -> bytes | None:
        """Give the body as it goes over the wire."""
        if self.raw is not None or self.body is None:
            return self.raw
        if self.media_type.endswith("x-www-form-urlencoded") and isinstance(self.body, dict):
            pairs = {name: _plain(value) for name, value in self.body.items()}
            return urlencode(pairs, errors="surrogatepass").encode()
        return json.dumps(self.body).encode("utf-8", "surrogatepass")


def requests(document: Mapping[str, Any], known: Mapping[str, Any], *, whole: bool) -> Iterator[Asked]:
    """Give each operation asked as its document allows: with what is `known` by name, else with its examples.

    `whole`: with every optional parameter too, else with the required ones alone.
    """
    for template, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = [_resolved(document, one) for one in operation.get("parameters", [])]
            values = {(one["in"], one["name"]): _value(document, one, known) for one in parameters}
            wanted = {(one["in"], one["name"]) for one in parameters if whole or one.get("required")}
            media_type, body = _body(document, operation, known)
            yield Asked(
                method.upper(),
                template,
                {name: value for (where, name), value in values.items() if where == "path"},
                [(name, values[where, name]) for where, name in sorted(wanted) if where == "query"],
                body,
                media_type=media_type,
                headers=tuple((name, str(values[where, name])) for where, name in sorted(wanted) if where == "header"),
            )


def mutated(asked: Asked, chance: random.Random) -> Asked:
    """Give the request with one to three things wrong."""
    for _ in range(chance.randint(1, 3)):
        asked = chance.choice(_MUTATIONS)(asked, chance)
    return asked


def send(link: HTTPConnection, asked: Asked, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Give status and body of the answer."""
    content = asked.content
    given = {**headers, **({"Content-Type": asked.media_type} if content is not None else {})}
    given |= dict(asked.headers)
    link.putrequest(asked.method, asked.target, skip_host="Host" in given, skip_accept_encoding=True)
    for name, value in given.items():
        link.putheader(name, value.encode("latin-1", "replace").replace(b"\r", b" ").replace(b"\n", b" "))
    if content is not None:
        link.putheader("Content-Length", str(len(content)))
    link.endheaders(content)
    answer = link.getresponse()
    return answer.status, answer.read()


def _path(asked: Asked, chance: random.Random) -> Asked:
    if not asked.path:
        return _query(asked, chance)
    return replace(asked, path=asked.path | {chance.choice(list(asked.path)): chance.choice(HOSTILE)})


def _query(asked: Asked, chance: random.Random) -> Asked:
    query = list(asked.query)
    place = chance.randrange(len(query) + 1)
    match chance.randrange(4):
        case 0 if query:
            del query[place % len(query)]
        case 1 if query:
            query.append(query[place % len(query)])
        case 2:
            query.insert(place, (str(chance.choice(HOSTILE)), chance.choice(HOSTILE)))
        case _ if query:
            query[place % len(query)] = (query[place % len(query)][0], chance.choice(HOSTILE))
    return replace(asked, query=query)


def _json(asked: Asked, chance: random.Random) -> Asked:
    if asked.body is None:
        return _query(asked, chance)
    body = copy.deepcopy(asked.body)
    places = list(_places(body))
    if not places:
        return replace(asked, body=chance.choice(HOSTILE))
    holder, key = chance.choice(places)
    match chance.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[str(chance.choice(HOSTILE))] = holder[key]
        case 2:
            holder[key] = [holder[key]] * chance.choice((2, 300))
        case _:
            holder[key] = chance.choice(HOSTILE)
    return replace(asked, body=body)


def _bytes(asked: Asked, chance: random.Random) -> Asked:
    content = bytearray(asked.content or b"{}")
    at = chance.randrange(len(content) + 1)
    match chance.randrange(5):
        case 0:
            content = content[:at]
        case 1:
            content[at:at] = chance.randbytes(chance.choice((1, 5, 400)))
        case 2:
            content = bytearray(b"[" * chance.choice((20, 40, 3000)) + content)
        case 3:
            content = content * 2
        case _ if content:
            content[at % len(content)] ^= 1 << chance.randrange(8)
    return replace(asked, raw=bytes(content))


def _header(asked: Asked, chance: random.Random) -> Asked:
    return replace(asked, headers=(*asked.headers, chance.choice(HEADERS)))


def _method(asked: Asked, chance: random.Random) -> Asked:
    return replace(asked, method=chance.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")))


_MUTATIONS = (_path, _query, _query, _json, _json, _bytes, _header, _method)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield value, key
        yield from _places(inner)


def _resolved(document: Mapping[str, Any], part: Any) -> Any:
    while isinstance(part, dict) and "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _value(document: Mapping[str, Any], parameter: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    name = parameter["name"]
    if name in known:
        return known[name]
    if "example" in parameter:
        return parameter["example"]
    return _made(document, parameter.get("schema", {}), known)


def _body(document: Mapping[str, Any], operation: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, described in content.items():
        if "example" in described:
            return media_type, described["example"]
        return media_type, _made(document, described.get("schema", {}), known)
    return "application/json", None


def _made(document: Mapping[str, Any], schema: Any, known: Mapping[str, Any], depth: int = 0) -> Any:
    schema = _resolved(document, schema)
    told = [schema.get("example"), schema.get("default"), schema.get("const")]
    told += [(schema.get(key) or [None])[0] for key in ("examples", "enum")]
    if any(one is not None for one in told):
        return next(one for one in told if one is not None)
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key) and "type" not in schema:
            return _made(document, schema[key][0], known, depth)
    if schema.get("type") == "object" and depth < 6:
        return {
            name: known[name] if name in known else _made(document, inner, known, depth + 1)
            for name, inner in schema.get("properties", {}).items()
        }
    if schema.get("type") == "array":
        return [_made(document, schema.get("items", {}), known, depth + 1)]
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": False}.get(schema.get("type"), "a")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_plain, value))
    return str(value) if not isinstance(value, bool) else str(value).lower()


def _quoted(value: Any) -> str:
    return quote(_plain(value), safe="", errors="surrogatepass")
