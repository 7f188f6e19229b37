"""The OpenAPI 3.1 document as 3.0.3, which the conformance class and older clients ask for."""

from collections.abc import Mapping
from typing import Any, Final

_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
#: Members whose values are data or names, not schemas.
_DATA: Final = frozenset({"default", "example", "enum"})


def to_30(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the document in OpenAPI 3.0.3: null by `nullable`, constants by `enum`, one example in place of several."""
    told = {name: _any(value) for name, value in document.items() if name not in {"webhooks", "jsonSchemaDialect"}}
    return {**told, "openapi": "3.0.3"}


def _any(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list):
        return [_any(part) for part in value]
    return value


def _object(told: Mapping[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for name, value in told.items():
        converted |= _member(name, value)
    if "type" in converted and isinstance(converted["type"], list):
        converted |= _types(converted.pop("type"))
    for name in ("anyOf", "oneOf"):
        if isinstance(converted.get(name), list):
            converted = _without_null(converted, name)
    return converted


def _member(name: str, value: Any) -> dict[str, Any]:
    if name in _DATA:
        return {name: value}
    if name == "const":
        return {"enum": [value]}
    if name == "examples" and isinstance(value, list):
        return {"example": value[0]} if value else {}
    if name in _BOUNDS and isinstance(value, (int, float)) and not isinstance(value, bool):
        return {_BOUNDS[name]: value, name: True}
    if name == "prefixItems" and isinstance(value, list):
        return {"items": {}, "minItems": len(value), "maxItems": len(value)}
    return {name: _any(value)}


def _types(names: list[str]) -> dict[str, Any]:
    kinds = [name for name in names if name != "null"]
    nullable = {"nullable": True} if "null" in names else {}
    if len(kinds) == 1:
        return {"type": kinds[0], **nullable}
    return {"anyOf": [{"type": kind} for kind in kinds], **nullable}


def _without_null(told: dict[str, Any], name: str) -> dict[str, Any]:
    """Give the schema with `nullable` where one of the alternatives was null."""
    alternatives = [part for part in told[name] if part != {"type": "null"}]
    if len(alternatives) == len(told[name]):
        return told
    rest = {key: value for key, value in told.items() if key != name}
    if len(alternatives) == 1 and "$ref" not in alternatives[0]:
        return {**alternatives[0], **rest, "nullable": True}
    joined = "allOf" if len(alternatives) == 1 else name
    return {**rest, joined: alternatives, "nullable": True}
