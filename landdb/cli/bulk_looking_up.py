"""landdb lookup bulk: a table of sheet and parcel numbers, filled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_json, progress_bar, wants_json
from landdb.cli.session import asked, session
from landdb.lookups.bulk import fill_table


def bulk(
    table: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX, XLS or CSV.")],
    to: Annotated[Path | None, typer.Option("--to", help="Where to write; .xlsx or .csv.")] = None,
    commune: Annotated[str | None, typer.Option(help="Commune code of rows that have none.")] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Fill a table: each row gets the parcel that its numbers name.

    landdb lookup bulk danh_sach.xlsx --commune 99001

    Columns are known by their headings: Mã xã, Số tờ, Số thửa; Số phát hành; Mã định danh thửa đất; Tờ cũ, Thửa cũ.
    Nothing about persons is read or written. Ends with 0 when every row was found, 3 when some are ambiguous, 1 when
    some were not found or could not be read.
    """
    target = to or table.with_name(f"{table.stem}_ket_qua.xlsx")
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise typer.BadParameter("write .xlsx or .csv", param_hint="--to")
    with explained_errors(), session() as (_, conn), progress_bar("rows") as report:

        async def fill(link: psycopg.AsyncConnection[Any]) -> Any:
            @asynccontextmanager
            async def connections() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
                yield link

            return await fill_table(connections, table, target, commune_code=commune, progress=report)

        counts = asked(conn, fill)
    if wants_json(as_json):
        print_json({"file": str(target), "rows": dict(counts)})
    else:
        told = ", ".join(f"{status} {count:,}" for status, count in counts.most_common())
        err.print(f"{target}: {told or 'no rows'}", highlight=False)
    if counts["NOT_FOUND"] or counts["INVALID"]:
        raise typer.Exit(1)
    raise typer.Exit(3 if counts["AMBIGUOUS"] else 0)
