"""landdb doctor: examine what landdb stands on."""

from dataclasses import asdict
from typing import Annotated

import typer

from landdb.cli.output import JsonOption, err, out, print_json, wants_json
from landdb.doctor import Check, examine
from landdb.settings import Settings


def doctor(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Examine the machine, the database and the keys; say how to mend what is wrong.

    Changes nothing. Ends with 1 when a fault (✗) was found; advice (!) does not count.
    """
    checks = examine(Settings.from_environment())
    if wants_json(as_json):
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            _print(check)
    faults = [check for check in checks if check.grave and not check.ok]
    if faults:
        err.print(f"{len(faults)} fault(s) to mend", highlight=False)
        raise typer.Exit(1)


def _print(check: Check) -> None:
    mark = "[green]✓[/]" if check.ok else "[bold red]✗[/]" if check.grave else "[yellow]![/]"
    out.print(f"{mark} [bold]{check.name:<13}[/]", end="")
    out.print(check.detail, markup=False, highlight=False)
    if check.remedy:
        out.print(f"    → {check.remedy}", markup=False, highlight=False)
