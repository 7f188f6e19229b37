"""landdb find: the search box on the command line."""

import json
from typing import Annotated, Any

import typer

from landdb import lookups
from landdb.cli.looking_up import EXIT_CODES
from landdb.cli.output import JsonOption, err, explained_errors, print_table, wants_json
from landdb.cli.session import asked, session
from landdb.lookups import Viewpoint


def find(
    text: Annotated[list[str], typer.Argument(help="As you would say it, quoted or not.")],
    commune: Annotated[str | None, typer.Option(help="Code of the commune that you work in.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Hits to list.")] = 20,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Find parcels and communes by what is written on a paper or a map.

    landdb find "tờ 12 thửa 345 xã Đông Anh"
    landdb find 12/345 --commune 99001
    landdb find "tờ cũ 7 thửa 98 Dũng Liệt"
    landdb find 21.41849,105.312895

    Says how the text was understood. Ends with 0 when one thing was meant, 3 when several fit, 1 when nothing is
    found. People are searched with `landdb lookup person`.
    """
    with explained_errors(), session() as (_, conn):
        view = Viewpoint(audience="staff")
        body = asked(
            conn, lambda link: lookups.search(link, " ".join(text), commune_code=commune, limit=limit, view=view)
        )
    answer = json.loads(body)
    if wants_json(as_json):
        typer.echo(body)
    else:
        _print(answer)
    raise typer.Exit(EXIT_CODES.get(answer["status"], 2))


def _print(answer: dict[str, Any]) -> None:
    for reading in answer["readings"]:
        err.print(f"hiểu là: {reading['text']['vi']}", highlight=False)
    if answer["message"]:
        err.print(answer["message"]["vi"], highlight=False)
    for note in answer["notes"]:
        err.print(f"  {note['vi']}", highlight=False)
    _print_hits(answer)
    for question in answer["questions"]:
        err.print(f"{question['text']['vi']}", highlight=False)
        for option in question["choices"][:20]:
            err.print(f'  {option["label"]["vi"]}:  landdb find "{option["q"]}"', highlight=False)


def _print_hits(answer: dict[str, Any]) -> None:
    if answer["hits"]:
        rows = [(hit["parcel_id"], _number(hit), hit["parcel_code"], hit["why"]["vi"]) for hit in answer["hits"]]
        print_table("", ("id", "parcel", "code", "why"), rows)
        if answer["total"] > len(rows):
            err.print(f"  {answer['total']} in all; say more, or --limit", highlight=False)


def _number(hit: dict[str, Any]) -> str:
    commune = hit["commune"]
    return f"tờ {hit['sheet_no']} thửa {hit['parcel_no']}, {commune['kind']} {commune['name']}"
