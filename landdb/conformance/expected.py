"""What a planted fault must make a validator say, and where: the words of the answer sheet."""

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from landdb.domain.finding import Severity


@dataclass(frozen=True, slots=True)
class Expected:
    """One finding that must come: its rule, its place, whom it names.

    Names are ``commune/sheet/parcel``, of objects ``commune/kind:number``. The finding must name all of
    `names` and, when `any_of` is not empty, at least one of those. `place` is the fault's own geometry.
    """

    rule_id: str
    place: BaseGeometry
    names: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    severity: Severity | None = None
    width_m: float | None = None


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted fault. No `expected` finding means that it lies below every limit: all must be silent.

    Findings of the `tolerated` rules near `site` are consequences that nobody must report and nobody is
    blamed for, such as the hole that an unusable parcel leaves.
    """

    number: int
    kind: str
    size: str
    commune_code: str
    srid: int
    site: BaseGeometry
    names: tuple[str, ...]
    expected: tuple[Expected, ...]
    tolerated: frozenset[str] = field(default=frozenset())
