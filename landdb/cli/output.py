"""What commands print: tables for people on a terminal, JSON for pipes and with --json."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import psycopg
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from landdb.errors import LanddbError

#: Results go to standard output, everything said about the work to standard error, so that output pipes.
out = Console(soft_wrap=True)
err = Console(stderr=True)

#: Columns of numbers that name something: printed as they are typed again, without a thousands separator.
_NAMING = frozenset(
    {"no", "id", "row", "batch", "batch_id", "run_id", "proposal", "finding", "transaction", "undone", "by"}
)

JsonOption = typer.Option("--json", help="Print JSON (the default when the output is piped).")


class RateColumn(ProgressColumn):
    """Rows per second, as measured lately."""

    def render(self, task: Task) -> Text:
        """Give the rate, empty in the first second: it says nothing yet."""
        return Text(f"{task.speed:,.0f}/s" if task.speed and (task.elapsed or 0) >= 1 else "")


def wants_json(asked: bool) -> bool:
    """Tell whether to print JSON: asked for, or nobody is looking."""
    return asked or not sys.stdout.isatty()


def print_json(value: Any) -> None:
    """Print one JSON document; dates in ISO form, Vietnamese as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under their headings; numbers to the right."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    kept = [list(row) for row in rows]
    for position, column in enumerate(columns):
        is_number = bool(kept) and all(isinstance(row[position], int | float | None) for row in kept)
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in kept:
        table.add_row(*(_cell(column, value) for column, value in zip(columns, row, strict=True)))
    out.print(table)


def print_rows(title: str, rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print records as JSON or as a table with their keys as headings."""
    if wants_json(as_json):
        print_json(list(rows))
    elif rows:
        print_table(title, list(rows[0]), [list(row.values()) for row in rows])
    else:
        err.print(f"{title}: none")


@contextmanager
def progress_bar(what: str) -> Iterator[Any]:
    """Give a callback (done, total) that draws a bar with rate and time left, on a terminal only."""
    with _bars() as bar:
        task = bar.add_task(what, total=None)

        def report(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield report


@contextmanager
def stage_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Give a callback (stage, done, total) that draws a bar for each stage, on a terminal only."""
    with _bars() as bar:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


def _bars() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


@contextmanager
def explained_errors() -> Iterator[None]:
    """Turn landdb's own errors and the database's into one message with its remedy and exit code 2."""
    try:
        yield
    except LanddbError as error:
        _refuse(error.message, error.remedy)
        raise typer.Exit(2) from error
    except psycopg.Error as error:
        _refuse(_told_by_database(error), "`landdb doctor` examines the database")
        raise typer.Exit(2) from error


def _refuse(message: str | None, remedy: str | None) -> None:
    err.print("[bold red]landdb:[/] ", end="")
    err.print(message, markup=False, highlight=False)
    if remedy:
        err.print(f"  → {remedy}", markup=False, highlight=False)


def _told_by_database(error: psycopg.Error) -> str:
    """Give what the database refused and where; never its own text, which may quote a row."""
    told = error.diag
    place = ".".join(part for part in (told.schema_name, told.table_name, told.column_name) if part)
    where = ", ".join(part for part in (place, told.constraint_name) if part)
    kind = f"{type(error).__name__}, SQLSTATE {error.sqlstate}" if error.sqlstate else type(error).__name__
    return f"the database refused the work ({kind})" + (f" at {where}" if where else "")


def _cell(column: str, value: Any) -> str:
    return str(value) if column in _NAMING and isinstance(value, int) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
