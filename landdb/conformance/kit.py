"""The kit that others can run: a map with planted faults, its answer sheet, and how to score oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from landdb.conformance.answer_sheet import write_answers
from landdb.conformance.commune import SRID, make_fabric
from landdb.conformance.maps import layers_of, write_geojson, write_geopackage
from landdb.conformance.planting import PlantedFabric, plant
from landdb.conformance.variants import with_coarse_boundary
from landdb.errors import InvalidValue
from landdb.validators.catalogue import load_catalogue

#: Fewer parcels have no room for all kinds; each fault keeps its neighbourhood to itself.
FEWEST_PARCELS = 4_000
COMMUNES = 4
#: A fault of each kind and size for so many parcels.
PARCELS_PER_ROUND = 2_500


@dataclass(frozen=True, slots=True)
class Kit:
    """What was written: the files, and how much was planted."""

    files: tuple[Path, ...]
    parcels: int
    faults: int
    kinds: int
    findings_expected: int
    without_site: tuple[str, ...]


def write_kit(folder: Path, *, parcels: int, seed: int, each: int = 0, two_zones: bool = True) -> Kit:
    """Give the kit in a folder, always the same for the same arguments and version.

    `each` 0 plants what fits well. Without `two_zones` all is in one zone, for tools that know no other.
    """
    if parcels < FEWEST_PARCELS:
        raise InvalidValue("parcels", "TOO_FEW", remedy=f"ask for at least {FEWEST_PARCELS:,}")
    fabric = make_planted(parcels, seed, each or max(1, parcels // PARCELS_PER_ROUND), two_zones=two_zones)
    catalogue = load_catalogue()
    folder.mkdir(parents=True, exist_ok=True)
    layers = layers_of(fabric.communes)
    about = {"generator": f"landdb {version('landdb')}", "seed": seed, "parcels": parcels, "srid": SRID}
    files = (
        write_geopackage(folder, layers),
        *(write_geojson(folder, layer) for layer in layers),
        write_answers(folder, fabric.planted, catalogue, about),
        _write_readme(folder, fabric, [layer.name for layer in layers]),
    )
    return Kit(
        files=files,
        parcels=sum(len(commune.parcels) for commune in fabric.communes),
        faults=len(fabric.planted),
        kinds=len({fault.kind for fault in fabric.planted}),
        findings_expected=sum(len(fault.expected) for fault in fabric.planted),
        without_site=fabric.without_site,
    )


def make_planted(parcels: int, seed: int, each: int, *, two_zones: bool = True) -> PlantedFabric:
    """Give the planted fabric of a kit; its commune boundaries are 20 cm coarser than the parcels along them."""
    clean = [with_coarse_boundary(commune) for commune in make_fabric(seed, parcels, communes=COMMUNES)]
    return plant(clean, seed, each=each, two_zones=two_zones)


def _write_readme(folder: Path, fabric: PlantedFabric, layers: Sequence[str]) -> Path:
    kinds = sorted({(fault.kind, fault.size) for fault in fabric.planted})
    lines = "\n".join(f"| {kind} | {size} |" for kind, size in kinds)
    text = _README.format(layers=", ".join(f"`{name}`" for name in layers), kinds=lines)
    path = folder / "README.md"
    path.write_text(text, "utf-8")
    return path


_README = """\
# A parcel map with planted faults

Invented ground: no place, number or area in it is real. Free to use under Apache-2.0.

`fabric.gpkg`, and the same as GeoJSON: {layers}. The number in a layer's name is its EPSG code. Coordinates are
metres to a tenth of a millimetre. Parcels and land objects (roads, water) together cover the communes exactly,
except where something was planted: each place belongs to one of them, neighbours share all vertices.

`expected.json` says what was planted: kind, size, place, who is concerned, and what must be found. Parcels are
called `commune/sheet/number`, objects `commune/kind:name`. A fault with nothing expected lies below every limit.
The limits of each rule are in the same file. `tolerated` rules may speak up near a fault and need not.

## Scoring a tool

Run it on the map and write what it finds, one line each, as CSV

    class,x,y,names
    overlap,543210.12,2331000.50,99001/3/12 99001/3/14

or as JSON `[{{"class": "COV001", "geometry": {{…GeoJSON…}}, "names": ["99001/3/12"], "severity": "error"}}]`, or as
GeoJSON features with these properties. A class is a rule id of `expected.json` or, coarser, one of its `classes`.
Coordinates are in the CRS that `expected.json` names (GeoJSON without a named CRS: WGS 84). Names may be left out:
then the place alone counts. Then

    landdb conformance score . findings.csv

A finding is right when it has the right class, names whom it must, and lies within 5 cm of the fault; one drawn as an
area must also agree with the fault's own area by half.

## Planted

| kind | size |
|---|---|
{kinds}
"""
