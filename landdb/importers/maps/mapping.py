"""Which delivered column feeds which field: one supplier's profile laid over one layer's columns."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from landdb.errors import ImportRefused
from landdb.importers import ImportJob
from landdb.importers.maps.profile import FIELDS, LandObjectRule, LayerProfile, Part, Profile

_DBF_NAME_LENGTH = 10
_DBF_NUMBERED_LENGTH = 8  # a second column that cuts to the same ten letters becomes "SoHieuTo_1"

#: What makes a row of each noun findable; the job can stand in for commune and sheet.
REQUIRED: dict[str, tuple[str, ...]] = {
    "parcel": ("commune_code", "sheet_no", "parcel_no"),
    "land_object": ("commune_code",),
    "sheet": ("commune_code", "sheet_no"),
    "commune_boundary": ("commune_code",),
}


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One delivered column, or a piece of it."""

    column: str
    start: int | None = None
    end: int | None = None
    strip_zeros: bool = False


@dataclass(frozen=True, slots=True)
class LayerMapping:
    """How one delivered layer is read."""

    noun: str
    profile: str
    named: bool  # the layer was recognised by its name, not only by its columns
    fields: Mapping[str, tuple[SourcePart, ...]]
    personal: tuple[str, ...]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    land_object: LandObjectRule = field(default_factory=LandObjectRule)
    flag_column: str | None = None

    @property
    def score(self) -> int:
        """Give how well the profile fits: what is required counts most."""
        required = sum(name in self.fields for name in REQUIRED[self.noun])
        return 3 * required + len(self.fields) + 5 * self.named - 4 * len(self.missing)

    def described(self) -> dict[str, str]:
        """Give field → delivered column, pieces joined by "+"."""
        return {name: "+".join(dict.fromkeys(p.column for p in parts)) for name, parts in self.fields.items()}


def column_key(name: str) -> str:
    """Give a name reduced to its letters and digits: no case, accent, blank or underscore."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in plain.lower() if c.isalnum() and not unicodedata.combining(c))


def find_column(aliases: Sequence[str], columns: Mapping[str, str], taken: set[str]) -> str | None:
    """Give the first free column that an alias names: whole, cut to a DBF name, or cut and numbered.

    `columns` maps `column_key` to the delivered name.
    """
    for cut in (
        column_key,
        lambda alias: column_key(alias[:_DBF_NAME_LENGTH]),
        lambda alias: column_key(alias[:_DBF_NUMBERED_LENGTH] + "_1"),
    ):
        for alias in aliases:
            if cut is not column_key and len(alias) <= _DBF_NAME_LENGTH:
                continue
            found = columns.get(cut(alias))
            if found is not None and found not in taken:
                return found
    return None


def map_layer(
    profile: Profile, name: str, columns: Sequence[str], job: ImportJob, personal: set[str]
) -> LayerMapping | None:
    """Give how this profile reads the layer; None when it does not know such a layer."""
    for layer in profile.layers:
        if _is_named(layer, name):
            return _lay(profile, layer, columns, job, personal, named=True)
    for layer in profile.layers:
        if layer.default:
            return _lay(profile, layer, columns, job, personal, named=False)
    return None


def is_known_layer(profiles: Sequence[Profile], name: str) -> bool:
    """Tell whether any profile has a use for a layer of this name."""
    return any(_is_named(layer, name) for profile in profiles for layer in profile.layers)


def _is_named(layer: LayerProfile, name: str) -> bool:
    key = column_key(name)
    return any(fnmatch.fnmatchcase(key, _pattern(known)) for known in layer.names)


def _pattern(name: str) -> str:
    return "*".join(column_key(piece) for piece in name.split("*"))


def _lay(
    profile: Profile, layer: LayerProfile, columns: Sequence[str], job: ImportJob, personal: set[str], *, named: bool
) -> LayerMapping:
    by_key = {column_key(column): column for column in reversed(columns)}
    private = tuple(column for column in columns if _is_personal(column, personal))
    taken = set(private)
    fields = _overrides(job, by_key, personal)
    taken |= {part.column for parts in fields.values() for part in parts}
    for name, alternatives in layer.fields.items():
        if name not in fields and (parts := _first_complete(alternatives, by_key, taken)):
            fields[name] = parts
            taken |= {part.column for part in parts if part.start is None}
    flag = find_column(layer.land_object.flag, by_key, taken)
    used = {part.column for parts in fields.values() for part in parts} | {flag, *private}
    known = set(fields) | set(layer.constants) | {n for n in ("commune_code", "sheet_no") if getattr(job, n)}
    return LayerMapping(
        noun=layer.noun,
        profile=profile.name,
        named=named,
        fields=fields,
        personal=private,
        ignored=tuple(column for column in columns if column not in used),
        missing=tuple(name for name in REQUIRED[layer.noun] if name not in known),
        constants=layer.constants,
        codes=layer.codes,
        land_object=layer.land_object,
        flag_column=flag,
    )


def _first_complete(
    alternatives: Sequence[tuple[Part, ...]], by_key: Mapping[str, str], taken: set[str]
) -> tuple[SourcePart, ...] | None:
    """Give the first way to fill a field for which every column is there; a piece may share its column."""
    for parts in alternatives:
        found = [(find_column(part.aliases, by_key, taken if part.start is None else set()), part) for part in parts]
        if found and all(column is not None for column, _ in found):
            return tuple(SourcePart(column, part.start, part.end, part.strip_zeros) for column, part in found if column)
    return None


def _overrides(job: ImportJob, by_key: Mapping[str, str], personal: set[str]) -> dict[str, tuple[SourcePart, ...]]:
    fields: dict[str, tuple[SourcePart, ...]] = {}
    for name, wanted in job.columns.items():
        if name not in FIELDS:
            raise ImportRefused(
                "UNKNOWN_FIELD", f"There is no field {name}.", remedy=f"Use one of: {', '.join(FIELDS)}."
            )
        if _is_personal(wanted, personal):
            raise ImportRefused(
                "PERSONAL_COLUMN", f"The column for {name} holds names of persons.",
                remedy="Deliver holders as a table of certificates; a map layer keeps none.",
            )  # fmt: skip
        column = by_key.get(column_key(wanted))
        if column is not None:
            fields[name] = (SourcePart(column),)
    return fields


def _is_personal(column: str, personal: set[str]) -> bool:
    return column_key(column) in personal


def personal_keys(profiles: Sequence[Profile]) -> set[str]:
    """Give the keys of all columns that hold personal data, by any supplier's name, whole or cut."""
    names = [name for profile in profiles for name in profile.personal]
    return {column_key(name) for name in names} | {column_key(name[:_DBF_NAME_LENGTH]) for name in names}
