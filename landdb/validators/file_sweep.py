"""Communes in GeoParquet files judged by the array rules, on as many workers as there are; nothing is stored."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from pathlib import Path

from landdb.domain.finding import Finding
from landdb.errors import InvalidValue
from landdb.validators.catalogue import load_catalogue
from landdb.validators.checks import units_near_of
from landdb.validators.fabric import Units
from landdb.validators.fingerprint import sorted_findings
from landdb.validators.ground_files import read_ground_file
from landdb.validators.rim import Rim, neighbours_seen
from landdb.validators.rings import Geometries
from landdb.validators.survey import Survey, judge_commune, survey_ground
from landdb.validators.sweep import SweepProgress


@dataclass(frozen=True, slots=True)
class FileResult:
    """What is found about one commune: faults across a seam stand with both."""

    commune_code: str
    parcel_count: int
    findings: tuple[Finding, ...]


def sweep_files(folder: Path, executor: Executor, *, progress: SweepProgress | None = None) -> Iterator[FileResult]:
    """Judge every ``<commune code>.parquet`` of a folder that the workers can read; gives each result as it is there.

    Raises InvalidValue when the folder holds no such file, or one that cannot be read.
    """
    paths = tuple(sorted(folder.glob("*.parquet")))
    if not paths:
        raise InvalidValue(str(folder), "NO_GROUND_FILE", remedy="make files with `landdb export ground --out DIR`")
    surveys: dict[int, Survey] = {}
    for future in as_completed([executor.submit(survey_file, paths, number) for number in range(len(paths))]):
        survey = future.result()
        surveys[survey.commune_id] = survey
        if progress is not None:
            progress("surveyed", len(surveys), len(paths))
    rims = [survey.rim for survey in surveys.values()]
    tasks = [
        executor.submit(judge_file, paths, survey, neighbours_seen(survey.rim, rims)) for survey in surveys.values()
    ]
    for done, judged in enumerate(as_completed(tasks), start=1):
        if progress is not None:
            progress("judged", done, len(paths))
        yield judged.result()


def survey_file(paths: Sequence[Path], number: int) -> Survey:
    """Give the survey of one file's commune."""
    return survey_ground(read_ground_file(paths[number], number), load_catalogue())


def judge_file(paths: Sequence[Path], survey: Survey, neighbours: Sequence[Rim]) -> FileResult:
    """Judge one file's commune with its neighbours; files are read again only where units overlap."""

    def units_near(faces: Geometries) -> tuple[Units, Geometries]:
        numbers = [survey.commune_id, *(rim.commune_id for rim in neighbours)]
        return units_near_of([read_ground_file(paths[number], number).fabric for number in numbers])(faces)

    found = judge_commune(survey, neighbours, units_near, load_catalogue())
    return FileResult(survey.commune_code, survey.parcel_count, tuple(sorted_findings(found)))
