"""Profiles: how one supplier names layers and columns. Data, one TOML per supplier, checked when loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from landdb.errors import ImportRefused
from landdb.importers import wire

#: Tried in this order; the first of equals wins, so the most particular comes first.
PACKAGED: Final = ("vbdlis", "gcadas", "fr_etalab", "fr_edigeo", "generic")
#: Understood by the readers of tables, not by a TOML file.
OF_TABLES: Final = ("pl3",)

NOUNS: Final = ("parcel", "land_object", "sheet", "commune_boundary")

#: The fields a column may feed; the rest of `wire.FEATURE` is made by us.
FIELDS: Final = tuple(
    name
    for name in wire.FEATURE.names[
        wire.FEATURE.get_field_index("commune_code") : wire.FEATURE.get_field_index("object_name") + 1
    ]
)


@dataclass(frozen=True, slots=True)
class Part:
    """One delivered column, or a piece of it, that makes up a field."""

    aliases: tuple[str, ...]
    start: int | None = None
    end: int | None = None
    strip_zeros: bool = False


@dataclass(frozen=True, slots=True)
class LandObjectRule:
    """Which rows of a parcel layer are roads, rivers and the like: ground without a parcel number."""

    flag: tuple[str, ...] = ()
    flag_values: tuple[str, ...] = ()
    uses_without_number: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerProfile:
    """How one kind of layer is named and which columns feed which field."""

    noun: str
    names: tuple[str, ...]
    default: bool
    fields: Mapping[str, tuple[tuple[Part, ...], ...]]  # field → alternatives → parts
    constants: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]  # field → delivered value → ours
    land_object: LandObjectRule = field(default_factory=LandObjectRule)


@dataclass(frozen=True, slots=True)
class Profile:
    """One supplier."""

    name: str
    title: str
    personal: tuple[str, ...]
    layers: tuple[LayerProfile, ...]


def refuse_unknown(name: str | None) -> None:
    """Raise ImportRefused for a profile that is neither packaged nor a TOML file, whatever the file's format."""
    if name is None or name in (*PACKAGED, *OF_TABLES) or name.endswith(".toml"):
        return
    raise ImportRefused(
        "UNKNOWN_PROFILE", "There is no such profile.",
        remedy=f"Use one of: {', '.join((*PACKAGED, *OF_TABLES))}; or the path of a TOML file.",
    )  # fmt: skip


def parse_profile(text: str) -> Profile:
    """Give the profile written in TOML, or raise ImportRefused saying what is wrong with it."""
    try:
        document = tomllib.loads(text)
        layers = tuple(_parse_layer(layer) for layer in document["layer"])
        return Profile(str(document["name"]), str(document["title"]), tuple(document.get("personal", ())), layers)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ImportRefused(
            "PROFILE_INVALID", f"The profile cannot be used: {error}",
            remedy="Compare it with the packaged profiles in landdb/importers/profiles.",
        ) from error  # fmt: skip


def _parse_layer(layer: Mapping[str, Any]) -> LayerProfile:
    if layer["noun"] not in NOUNS:
        raise ValueError(f"noun must be one of {', '.join(NOUNS)}")
    fields = {name: _parse_field(value) for name, value in layer.get("fields", {}).items()}
    unknown = (set(fields) | set(layer.get("constants", {})) | set(layer.get("codes", {}))) - set(FIELDS)
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]}")
    rule = layer.get("land_object", {})
    return LayerProfile(
        noun=layer["noun"],
        names=tuple(layer.get("names", ())),
        default=bool(layer.get("default", False)),
        fields=fields,
        constants=dict(layer.get("constants", {})),
        codes={name: dict(table) for name, table in layer.get("codes", {}).items()},
        land_object=LandObjectRule(**{key: tuple(value) for key, value in rule.items()}),
    )


def _parse_field(value: Any) -> tuple[tuple[Part, ...], ...]:
    alternatives: list[tuple[Part, ...]] = []
    plain = tuple(alias for alias in value if isinstance(alias, str))
    if plain:
        alternatives.append((Part(plain),))
    alternatives += [tuple(_parse_part(part) for part in entry["parts"]) for entry in value if isinstance(entry, dict)]
    return tuple(alternatives)


def _parse_part(part: Mapping[str, Any]) -> Part:
    start, end = part.get("slice", (None, None))
    return Part(tuple(part["column"]), start, end, bool(part.get("strip_zeros", False)))


@lru_cache(maxsize=1)
def packaged_profiles() -> tuple[Profile, ...]:
    """Give the packaged profiles, the most particular first."""
    folder = files("landdb.importers").joinpath("profiles")
    return tuple(parse_profile(folder.joinpath(f"{name}.toml").read_text("utf-8")) for name in PACKAGED)
