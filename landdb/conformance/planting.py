"""All kinds of faults, and a fabric with some of each, every one apart from all others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landdb.conformance.attempt import Attempt
from landdb.conformance.board import Board, NoSiteError
from landdb.conformance.commune import FabricCommune
from landdb.conformance.expected import Planted
from landdb.conformance.faults import borders, gaps, overlaps, shapes, sheets, vertices
from landdb.conformance.variants import in_zone, sheets_in_zone
from landdb.validators.catalogue import Catalogue, load_catalogue

Pool = Literal["inland", "border", "rim", "host"]
#: VN-2000, central meridian 105°30′.
OTHER_SRID = 9209
#: A fault that finds no site among so many parcels has none in this fabric.
_TRIES = 1_500


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: how it is planted, in which sizes, where, and the rule it needs."""

    name: str
    plant: Callable[[Attempt, float], None]
    sizes: tuple[float, ...] = (0.0,)
    unit: str = "m"
    pool: Pool = "inland"
    needs: str | None = None
    once: bool = False

    def label(self, size: float) -> str:
        """Give a size in words, such as ``4 mm``; empty for kinds of one size."""
        if not size:
            return ""
        if self.unit != "m":
            return f"{size:g} {self.unit}"
        return f"{size * 1000:g} mm" if size < 0.01 else f"{size * 100:g} cm" if size < 1 else f"{size:g} m"


_WIDTHS_M = (0.001, 0.004, 0.012, 0.05, 0.3, 1.0, 2.0)

KINDS: tuple[Kind, ...] = (
    # faults that need much room or a rare site are planted first
    Kind("wrong_meridian", sheets.wrong_meridian, once=True),
    Kind("swapped_axes", sheets.swapped_axes, once=True),
    Kind("seam_overlap", borders.seam_overlap, (0.3, 3.0), pool="border", needs="COV009"),
    Kind("zone_overlap", borders.zone_overlap, (0.3, 3.0), needs="COV013"),
    Kind("zone_gap", borders.zone_gap, (0.3, 1.2), needs="COV014"),
    Kind("zone_seam_overlap", borders.zone_seam_overlap, (0.3, 3.0), pool="border", needs="COV009"),
    Kind("seam_gap", borders.seam_gap, (0.3, 3.0), pool="border", needs="COV010"),
    Kind("zone_seam_gap", borders.zone_seam_gap, (0.3, 3.0), pool="border", needs="COV010"),
    Kind("seam_vertex", borders.seam_vertex, pool="border", needs="COV011"),
    Kind("in_two_communes", borders.in_two_communes, pool="border", needs="COV009"),
    Kind("outside", borders.outside, (5.0, 40.0), pool="rim"),
    Kind("rim_gap", borders.rim_gap, (0.5,), pool="rim"),
    Kind("rim_missing", borders.rim_missing, pool="rim"),
    Kind("gore_to_outside", borders.gore_to_outside, (0.3, 1.5), pool="rim"),
    Kind("hole_filled", overlaps.hole_filled, pool="host"),
    Kind("missing_object", gaps.missing_object, pool="host"),
    Kind("gap_open_to_void", gaps.gap_open_to_void, (0.3, 1.2)),
    Kind("gore_to_void", gaps.gore_to_void, (0.6, 1.5)),
    Kind("wrong_commune", borders.wrong_commune),
    Kind("parcel_shifted", overlaps.parcel_shifted, (0.05, 0.4)),
    Kind("parcel_turned", overlaps.parcel_turned, (0.5,), unit="°"),
    Kind("duplicate_shifted", overlaps.duplicate_shifted, (0.02,)),
    Kind("sliver_parcel", shapes.sliver_parcel, (0.02,)),
    Kind("overlap", overlaps.overlap, _WIDTHS_M),
    Kind("overlap_chain", overlaps.overlap_chain, (0.02, 0.5)),
    Kind("overlap_object", overlaps.overlap_object, (0.05, 0.5)),
    Kind("overlap_several", overlaps.overlap_several, (0.6,)),
    Kind("duplicate", overlaps.duplicate),
    Kind("duplicate_rotated_start", overlaps.duplicate_rotated_start),
    Kind("duplicate_reversed", overlaps.duplicate_reversed),
    Kind("contained", overlaps.contained),
    Kind("contained_at_the_edge", overlaps.contained_at_the_edge),
    Kind("gap", gaps.gap, _WIDTHS_M),
    Kind("gap_chain", gaps.gap_chain, (0.02, 0.5)),
    Kind("gap_object", gaps.gap_object, (0.05, 0.5)),
    Kind("hole", gaps.hole, (0.5, 4.0)),
    Kind("missing_parcel", gaps.missing_parcel),
    Kind("extra_vertex", vertices.extra_vertex),
    Kind("extra_vertices", vertices.extra_vertices, (3.0,), unit="vertices"),
    Kind("missing_on_straight", vertices.missing_on_straight),
    Kind("missing_bend", vertices.missing_bend, (0.001, 0.08)),
    Kind("missing_at_junction", vertices.missing_at_junction),
    Kind("vertex_moved", vertices.vertex_moved, (0.001, 0.005, 0.05, 0.5)),
    Kind("junction_moved", vertices.junction_moved, (0.005, 0.05)),
    Kind("bowtie", shapes.bowtie),
    Kind("unclosed_ring", shapes.unclosed_ring, needs="GEO007"),
    Kind("hole_outside", shapes.hole_outside),
    Kind("hole_crossing", shapes.hole_crossing),
    Kind("spike_line", shapes.spike_line, (2.0,)),
    Kind("spike", shapes.spike, (2.5,)),
    Kind("repeated_point", shapes.repeated_point, (0.0, 0.005)),
    Kind("short_edge", shapes.short_edge, (0.03,), needs="GEO008"),
    Kind("degenerate", shapes.degenerate, (0.12,)),
    Kind("multipart", shapes.multipart),
    Kind("hole_touching", shapes.hole_touching, needs="GEO009"),
)


@dataclass(frozen=True, slots=True)
class PlantedFabric:
    """A fabric with its faults: what to judge, and what must be found."""

    communes: list[FabricCommune]
    planted: list[Planted]
    without_site: tuple[str, ...]
    without_rule: tuple[str, ...]


def plant(
    communes: Sequence[FabricCommune],
    seed: int,
    *,
    each: int = 2,
    catalogue: Catalogue | None = None,
    kinds: Sequence[Kind] = KINDS,
    two_zones: bool = False,
) -> PlantedFabric:
    """Give a fabric with up to `each` faults of every kind and size; deterministic for equal input.

    With `two_zones` the last commune, and one sheet of every other, are delivered in another zone; the records
    stay in the fabric's own.
    """
    catalogue = catalogue or load_catalogue()
    rng = np.random.default_rng([seed, len(communes)])
    last = len(communes) - 1
    other_zone = {last} if two_zones and last else set()
    zone_sheets = {place: _zone_sheet(commune) for place, commune in enumerate(communes[:last]) if other_zone}
    board = Board(communes, other_zone=other_zone, zone_sheets=zone_sheets.items())
    usable = [kind for kind in kinds if kind.needs is None or kind.needs in catalogue.rules]
    planted = [_natural(board, number, unit, catalogue) for number, unit in enumerate(board.in_parts(), start=1)]
    homeless = []
    for kind in usable:
        for size in kind.sizes:
            found = 0
            for fault in _plant_some(board, kind, size, 1 if kind.once else each, catalogue, rng, len(planted)):
                planted.append(fault)
                found += 1
            if not found:
                homeless.append(f"{kind.name} {kind.label(size)}".strip())
    ruleless = tuple(kind.name for kind in kinds if kind not in usable)
    delivered = board.result()
    for place, sheet in zone_sheets.items():
        delivered[place] = sheets_in_zone(delivered[place], [sheet], OTHER_SRID)
    for place in other_zone:
        delivered[place] = in_zone(delivered[place], OTHER_SRID)
    return PlantedFabric(delivered, planted, tuple(homeless), ruleless)


def _zone_sheet(commune: FabricCommune) -> int:
    """Give the sheet with about a tenth of the commune's parcels."""
    counts = np.bincount(commune.sheet_no)
    return int(np.argmin(np.abs(counts - len(commune.parcels) / 10)))


def _natural(board: Board, number: int, unit: int, catalogue: Catalogue) -> Planted:
    """Give the record of a parcel that the fabric has in two parts, as real ones do."""
    attempt = Attempt(board, catalogue, np.random.default_rng(0), unit)
    board.reserve([unit])
    attempt.expect("GEO005", board.original[unit], unit)
    commune = board.communes[board.commune[unit]]
    return Planted(
        number=number,
        kind="multipart",
        size="",
        commune_code=commune.commune_code,
        srid=commune.srid,
        site=board.original[unit],
        names=(board.name(unit),),
        expected=tuple(attempt.extra),
    )


def _plant_some(
    board: Board, kind: Kind, size: float, count: int, catalogue: Catalogue, rng: np.random.Generator, before: int
) -> Iterator[Planted]:
    """Give up to `count` faults of one kind and size."""
    made = 0
    for unit in rng.permutation(board.pool(kind.pool)).tolist()[:_TRIES]:
        if made == count:
            return
        if not board.is_free([unit]):
            continue
        attempt = Attempt(board, catalogue, rng, unit)
        try:
            kind.plant(attempt, size)
            fault = attempt.planted(before + made + 1, kind.name, kind.label(size))
        except NoSiteError:
            continue
        made += 1
        yield fault
