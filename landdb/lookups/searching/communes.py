"""Which communes a typed place can mean: exact spellings first, slips of the finger only when nothing fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landdb import codelists
from landdb.domain.search import Place
from landdb.domain.text import fold, place_tones
from landdb.lookups.parcels import Connection
from landdb.store import lookups as store

MOST_SIMILAR: Final = 5


@dataclass(frozen=True, slots=True)
class NamedCommune:
    """A commune, in force or of before, that a text can mean."""

    commune_id: int
    code: str
    name: str
    kind: str
    district: str | None
    province_code: str
    province: str | None
    in_force: bool
    has_parcels: bool
    lon: float | None
    lat: float | None
    is_similar: bool

    def label(self, language: str = "vi") -> str:
        """Give the name with what tells it from others of the same name."""
        former = {"vi": "trước 1/7/2025", "en": "before 1 July 2025"}[language]
        units = ", ".join(part for part in (f"{self.kind} {self.name}", self.district, self.province) if part)
        return units if self.in_force else f"{units} ({former})"

    @property
    def text(self) -> dict[str, str]:
        """Give the label in both languages."""
        return {language: self.label(language) for language in ("vi", "en")}

    @property
    def point(self) -> dict[str, Any] | None:
        """Give a point of the commune as GeoJSON."""
        return None if self.lon is None or self.lat is None else point_json(self.lon, self.lat)

    @property
    def brief(self) -> dict[str, str]:
        """Give code, name and kind, as other answers name a commune."""
        return {"code": self.code, "name": self.name, "kind": self.kind}

    def to_json(self) -> dict[str, Any]:
        """Give the commune for an answer."""
        return {
            **self.brief,
            "district": self.district,
            "province": self.province,
            "in_force": self.in_force,
            "has_parcels": self.has_parcels,
            "is_similar": self.is_similar,
            "point": self.point,
            "text": self.text,
        }


def point_json(lon: float, lat: float) -> dict[str, Any]:
    """Give a point as GeoJSON."""
    return {"type": "Point", "coordinates": [lon, lat]}


async def find_communes(conn: Connection, place: Place) -> list[NamedCommune]:
    """Give the communes that a place can mean, those in force first; empty when no name is near."""
    if place.code is not None:
        return await _ask(conn, "communes_coded", commune_code=place.code)
    if place.folded is None:
        return []
    exact = await _ask(conn, "communes_named", name_folded=place.folded)
    if not exact:
        exact = await _ask(conn, "communes_similar", name_folded=place.folded, limit=MOST_SIMILAR)
    return _narrow(exact, place)


async def begin_with(conn: Connection, folded: str, limit: int) -> list[NamedCommune]:
    """Give communes in force whose name begins as typed, those with parcels first."""
    return await _ask(conn, "communes_beginning", name_folded=folded, limit=limit)


async def communes_with_sheets(conn: Connection, limit: int) -> list[NamedCommune]:
    """Give communes that hold maps."""
    return await _ask(conn, "communes_with_sheets", limit=limit)


async def _ask(conn: Connection, question: str, **parameters: Any) -> list[NamedCommune]:
    return [NamedCommune(**row) for row in await store.ask_rows(conn, question, parameters)]


def _narrow(found: Sequence[NamedCommune], place: Place) -> list[NamedCommune]:
    """Give those that agree with all that was said; what fits none is no reason to find nothing."""
    kept = list(found)
    for unit in (place.district, place.province):
        kept = _or_all(kept, [one for one in kept if unit is None or _lies_in(one, unit)])
    kept = _or_all(kept, [one for one in kept if not place.is_former or not one.in_force])
    kept = _or_all(kept, [one for one in kept if place.kind in (None, one.kind)])
    name = place.name or ""
    return kept if name.isascii() else _or_all(kept, [one for one in kept if _same(one.name, name)])


def _or_all(all_of: list[NamedCommune], some: list[NamedCommune]) -> list[NamedCommune]:
    return some or all_of


def _same(one: str, other: str) -> bool:
    return place_tones(one).lower() == place_tones(other).lower()


def _lies_in(commune: NamedCommune, unit: str) -> bool:
    folded = fold(unit)
    district = fold(commune.district or "")
    return district.endswith(folded) or commune.province_code in _province_codes(folded)


def _province_codes(folded: str) -> frozenset[str]:
    """Give the codes that a province's name stands for: its own, and that of the province it went into."""
    rows: Iterable[dict[str, str]] = codelists.load("provinces")
    named = [row for row in rows if fold(row["name"]) == folded]
    return frozenset(code for row in named for code in (row["province_code"], row["successor"]) if code)
