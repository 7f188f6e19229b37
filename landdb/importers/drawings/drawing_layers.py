"""What each layer of a drawing holds: DGN levels by decree, DXF layers by the names people give them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from landdb import codelists
from landdb.errors import ImportRefused
from landdb.importers.tables.headings import plain


@dataclass(frozen=True, slots=True)
class LayerRole:
    """The content of a layer. `is_boundary`: its lines bound parcels."""

    role: str
    object_kind: str | None = None
    is_boundary: bool = False


#: field of a staged row → role of the layer that its text stands on
_ROLE_OF_FIELD: Final = {
    "boundary": "parcel_boundary",
    "geom": "parcel_boundary",
    "registered_area_m2": "area",
    "label": "label_point",
}
_UNKNOWN: Final = LayerRole("unknown")


def roles_of(layers: Iterable[str], wanted: Mapping[str, str]) -> dict[str, LayerRole]:
    """Give the role of each layer; the caller's choice (`role=layer,layer`) comes first, then number, then name."""
    names = sorted(set(layers))
    chosen = _chosen(names, wanted)
    taken = {role.role for role in chosen.values()}
    roles = {}
    for name in names:
        role = _by_convention(name)
        roles[name] = chosen.get(name) or (_UNKNOWN if role.role in taken else role)
    return _with_one_boundary(roles)


def _chosen(names: list[str], wanted: Mapping[str, str]) -> dict[str, LayerRole]:
    chosen = {}
    for field, given in wanted.items():
        role = _ROLE_OF_FIELD.get(field, field)
        for layer in given.split(","):
            found = next((name for name in names if plain(name) == plain(layer)), None)
            if found is None:
                raise ImportRefused(
                    "UNKNOWN_COLUMN",
                    f"The drawing has no layer {layer.strip()}. Layers found: {', '.join(names)}.",
                    remedy=f"Name one of them: --column {field}=…",
                )
            chosen[found] = LayerRole(role, is_boundary=role == "parcel_boundary")
    return chosen


def _by_convention(name: str) -> LayerRole:
    key = plain(name)
    for prefix in _prefixes():
        if key.removeprefix(prefix).isdigit():
            key = key.removeprefix(prefix)
            break
    if key.isdigit():
        return _levels().get(str(int(key)), _UNKNOWN)
    return _aliases().get(key, _UNKNOWN)


def _with_one_boundary(roles: dict[str, LayerRole]) -> dict[str, LayerRole]:
    """Give the roles with the legal boundary standing in only where the drawing has no current one."""
    has_current = any(role.role == "parcel_boundary" for role in roles.values())
    return {
        name: _UNKNOWN if has_current and role.role == "legal_parcel_boundary" else role for name, role in roles.items()
    }


@cache
def _levels() -> dict[str, LayerRole]:
    return {
        row["code"]: LayerRole(row["role"], row["object_kind"] or None, row["is_parcel_boundary"] == "true")
        for row in codelists.load("dgn_level")
    }


@cache
def _aliases() -> dict[str, LayerRole]:
    config = _config()
    named = {
        plain(alias): LayerRole(role, is_boundary=role.endswith("parcel_boundary"))
        for role, aliases in config["layers"].items()
        for alias in aliases
    }
    objects = {
        plain(alias): LayerRole("land_object", kind, is_boundary=True)
        for kind, aliases in config["objects"].items()
        for alias in aliases
    }
    return named | objects


@cache
def _prefixes() -> tuple[str, ...]:
    return "", *(plain(prefix) for prefix in _config()["level_prefixes"])


@cache
def _config() -> dict[str, Any]:
    return tomllib.loads(files("landdb.importers.drawings").joinpath("drawing.toml").read_text(encoding="utf-8"))
