"""landdb conformance: a map with planted faults for any validator, and the score of what it finds."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landdb.cli.output import JsonOption, err, explained_errors, out, print_json, print_table, wants_json

if TYPE_CHECKING:
    from landdb.conformance.scoring import Score, ToolFinding

app = typer.Typer(help="Planted faults for any validator, and its score.", no_args_is_help=True)
#: Exit code when something was missed, misnamed or invented.
NOT_PERFECT = 1
_SHOWN = 20


@app.command()
def write(
    folder: Annotated[Path, typer.Argument(help="Where the kit goes; existing kit files are written anew.")],
    parcels: Annotated[int, typer.Option(help="Size of the invented map.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Another number, another map.")] = 1,
    each: Annotated[int, typer.Option(help="Faults of each kind and size; 0: as many as fit well.")] = 0,
    one_zone: Annotated[
        bool, typer.Option("--one-zone", help="All in one zone, for tools that know one only.")
    ] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Write an invented parcel map with planted faults, and what must be found on it.

    GeoPackage and GeoJSON for any tool, expected.json for whoever scores it, README.md for people.

    Examples:

      landdb conformance write kit

      landdb conformance write kit50k --parcels 50000 --seed 7
    """
    from landdb.conformance.kit import write_kit  # other commands load no rules and no numpy for it

    with explained_errors(), err.status("inventing ground and planting faults"):
        kit = write_kit(folder, parcels=parcels, seed=seed, each=each, two_zones=not one_zone)
    told: dict[str, Any] = {
        "folder": str(folder),
        "parcels": kit.parcels,
        "faults": kit.faults,
        "kinds": kit.kinds,
        "findings_expected": kit.findings_expected,
        "without_site": list(kit.without_site),
        "files": [path.name for path in kit.files],
    }
    if wants_json(as_json):
        print_json(told)
    else:
        _print_kit(told)


def _print_kit(told: dict[str, Any]) -> None:
    counts = f"{told['parcels']:,} parcels, {told['faults']} faults of {told['kinds']} kinds"
    lines = [
        f"{told['folder']}: {counts}, {told['findings_expected']} findings expected",
        f"files: {', '.join(told['files'])}",
    ]
    if told["without_site"]:
        lines.append(f"no site was found for: {', '.join(told['without_site'])}")
    for line in lines:
        out.print(line, highlight=False)


@app.command("score")
def show_score(
    folder: Annotated[Path, typer.Argument(help="The kit.")],
    findings: Annotated[Path, typer.Argument(help="What the tool found: CSV, JSON or GeoJSON; see the kit's README.")],
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Say how many planted faults a tool found, how many it called right, what it missed and invented.

    Exit code 1 unless everything was found under its right class and nothing else.

    Examples:

      landdb conformance score kit findings.csv

      landdb export findings 99001 99002 99003 99004 --out found.geojson && landdb conformance score kit found.geojson
    """
    from landdb.conformance.answer_sheet import read_answers  # see `write`
    from landdb.conformance.scoring import score
    from landdb.conformance.tool_findings import read_findings

    with explained_errors():
        planted, srid = read_answers(folder)
        result = score(planted, read_findings(findings, srid))
    if wants_json(as_json):
        print_json(_document(result))
    else:
        _print(result)
    if not result.is_perfect:
        raise typer.Exit(NOT_PERFECT)


def _document(result: "Score") -> dict[str, Any]:
    return {
        "total": result.total(),
        "kinds": [tally.as_row() for tally in result.tallies.values()],
        "missed": [
            {"fault": fault.number, "kind": fault.kind, "size": fault.size, "rule": expected.rule_id}
            for fault, expected in result.missed
        ],
        "misnamed": [
            {"fault": fault.number, "kind": fault.kind, "rule": expected.rule_id, "said": found.rule_id}
            for fault, expected, found in result.misnamed
        ],
        "invented": [
            {
                "said": found.rule_id,
                "names": sorted(found.names),
                "at": next(iter(found.place.representative_point().coords)),
            }
            for found in result.invented
        ],
    }


def _print(result: "Score") -> None:
    rows = [tally.as_row() for tally in result.tallies.values()]
    print_table("What was planted and found", list(rows[0]), [list(row.values()) for row in rows])
    _print_some(
        f"missed: {expected.rule_id}, {fault.kind} {fault.size}, fault {fault.number}"
        for fault, expected in result.missed
    )
    _print_some(
        f"misnamed: {expected.rule_id} was called {found.rule_id}, {fault.kind} {fault.size}, fault {fault.number}"
        for fault, expected, found in result.misnamed
    )
    _print_some(
        f"invented: {found.rule_id} {' '.join(sorted(found.names))} at {_at(found)}" for found in result.invented
    )
    out.print(
        " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.total().items()), highlight=False
    )


def _print_some(lines: Iterable[str]) -> None:
    """Print the first lines, and how many more there are."""
    kept = list(lines)
    for line in kept[:_SHOWN]:
        out.print(line, highlight=False, markup=False)
    if len(kept) > _SHOWN:
        out.print(f"… and {len(kept) - _SHOWN} more (--json lists them all)", highlight=False)


def _at(found: "ToolFinding") -> str:
    place = found.place.representative_point()
    return f"{place.x:.2f} {place.y:.2f}"
