"""landdb history: what became of a parcel, as a tree and a timeline."""

import asyncio
import json
from typing import Annotated, Any

import psycopg
import typer
from rich.tree import Tree

from landdb import lookups
from landdb.cli.output import JsonOption, explained_errors, out, print_table, wants_json
from landdb.cli.session import session
from landdb.registration.procedures import procedures


def history(
    commune: Annotated[str, typer.Argument(help="Commune code, present or former.")],
    sheet: Annotated[str, typer.Argument(help="Sheet number.")],
    parcel: Annotated[str, typer.Argument(help="Parcel number, present or former.")],
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show where a parcel came from, what became of it, and every change with who, when and why.

    A number that a split or merge retired is found too:  landdb history 99001 1 12
    """
    with explained_errors(), session() as (_, conn):
        body = asyncio.run(_ask(conn.info.dsn, conn.info.password, commune, sheet, parcel))
    if wants_json(as_json):
        typer.echo(body)
        return
    told = json.loads(body)
    out.print(_tree(told))
    print_table("\nChanges", ("law", "recorded", "what", "document", "clerk", "reason"), _changes(told))
    print_table("\nVersions", ("v", "law from", "to", "known from", "to", "number", "legal m²"), _versions(told))


async def _ask(dsn: str, password: str, commune: str, sheet: str, parcel: str) -> bytes:
    connection = await psycopg.AsyncConnection.connect(dsn, password=password, autocommit=True)
    async with connection:
        parcel_id = await lookups.find_former(connection, commune, sheet, parcel)
        return await lookups.parcel_history(connection, parcel_id, view=lookups.Viewpoint(audience="staff"))


def _tree(told: dict[str, Any]) -> Tree:
    """Give the ancestors above and the descendants below the parcel; a parcel met twice is named once more only."""
    parcels = {parcel["parcel_id"]: parcel for parcel in told["parcels"]}
    children: dict[int, list[int]] = {}
    for edge in told["lineage"]:
        children.setdefault(edge["parent_id"], []).append(edge["child_id"])
    roots = sorted(set(parcels) - {edge["child_id"] for edge in told["lineage"]})
    top = Tree("Lineage", guide_style="dim")
    for root in roots:
        _grow(top, root, parcels, children, told["parcel_id"], set())
    return top


def _grow(
    branch: Tree, at: int, parcels: dict[int, Any], children: dict[int, list[int]], asked: int, seen: set[int]
) -> None:
    parcel = parcels[at]
    until = f" – {parcel['valid_to']}" if parcel["valid_to"] else ""
    name = f"{parcel['sheet_no']}/{parcel['parcel_no']}"
    style = ("bold" if at == asked else "") if parcel["is_in_force"] else ("bold dim" if at == asked else "dim")
    grown = branch.add(f"{name}  {parcel['valid_from']}{until}  {parcel['parcel_code'] or ''}", style=style)
    if at in seen:
        return
    for child in children.get(at, []):
        _grow(grown, child, parcels, children, asked, seen | {at})


def _changes(told: dict[str, Any]) -> list[list[Any]]:
    return [
        [
            change["valid_from"],
            change["recorded_at"][:16].replace("T", " "),
            _label(change["kind"]),
            (change["document"] or {}).get("reference"),
            " / ".join(filter(None, (change["actor"], change["approver"]))),
            change["reason"],
        ]
        for change in told["transactions"]
    ]


def _label(kind: str) -> str:
    procedure = procedures().get(kind)
    return kind if procedure is None else procedure.label.vi


def _versions(told: dict[str, Any]) -> list[list[Any]]:
    return [
        [
            version["version"],
            version["valid_from"],
            version["valid_to"],
            version["recorded_at"][:16].replace("T", " "),
            (version["superseded_at"] or "")[:16].replace("T", " "),
            f"{version['sheet_no']}/{version['parcel_no']}",
            version["legal_area_m2"],
        ]
        for version in told["versions"]
    ]
