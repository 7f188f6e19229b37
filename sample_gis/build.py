"""Draw, populate, spoil and deliver both invented communes: ``python -m sample_gis.build [OUTDIR]``."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path

from landdb.domain import crs
from sample_gis import fabric, preview
from sample_gis.deliver import deliver, write_csv
from sample_gis.desk import Expected, ExpectedReject
from sample_gis.faults import spoilt
from sample_gis.papers import Survey
from sample_gis.recipes import RECIPES
from sample_gis.records import surveyed, with_holders

COMMUNE_COLUMNS = ("commune_code", "name", "kind", "province_code", "lat", "lon", "area_km2")


def commune_row(survey: Survey) -> list[object]:
    """Give a commune's line in the local list of communes."""
    recipe, boundary = survey.fabric.recipe, survey.fabric.boundary
    lon, lat = crs.to_wgs84(recipe.srid)([boundary.centroid.x], [boundary.centroid.y])
    place = [f"{lat[0]:.6f}", f"{lon[0]:.6f}", f"{boundary.area / 1e6:.4f}"]
    return [recipe.code, recipe.name, recipe.kind, recipe.province_code, *place]


def build(folder: Path) -> Counter[str]:
    """Write everything below `folder` and give the number of expected findings per rule."""
    expected: list[Expected] = []
    rejects: list[ExpectedReject] = []
    surveys = [surveyed(fabric.build(recipe)) for recipe in RECIPES]
    for survey in surveys:
        deliver(survey, folder / "clean")
        broken, findings, rows = spoilt(survey)
        broken.parcels = with_holders(broken.parcels, broken.certificates)
        deliver(broken, folder / "broken")
        expected += findings
        rejects += rows
    for copy in ("clean", "broken"):
        write_csv(folder / copy / "communes.csv", COMMUNE_COLUMNS, map(commune_row, surveys))
    _write_list(folder / "expected_findings.csv", Expected, expected)
    _write_list(folder / "expected_rejects.csv", ExpectedReject, rejects)
    (folder / "preview.svg").write_text(preview.drawn([survey.fabric for survey in surveys]), encoding="utf-8")
    return Counter(finding.rule_id for finding in expected)


def _write_list(path: Path, kind: type, rows: Iterable[Expected | ExpectedReject]) -> None:
    write_csv(path, [column.name for column in fields(kind)], sorted(astuple(row) for row in rows), delimiter=",")


def main(arguments: list[str]) -> None:
    """Build into the folder named, by default the one of this package."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    for rule_id, count in sorted(build(folder).items()):
        print(f"{rule_id} {count}")


if __name__ == "__main__":
    main(sys.argv[1:])
