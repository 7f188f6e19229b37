"""landdb commune: find the codes of communes, register one that the list lacks."""

from dataclasses import asdict
from typing import Annotated

import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.domain.dates import today
from landdb.domain.identifiers import normalise_commune_code
from landdb.store import admin_units

app = typer.Typer(help="Communes: find codes, register one that the list lacks.", no_args_is_help=True)


@app.command("list")
def list_communes(
    name: Annotated[str | None, typer.Argument(help="Part of the name; accents do not matter.")] = None,
    with_parcels: Annotated[bool, typer.Option("--with-parcels", help="Only communes that hold parcels.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List communes in force."""
    with explained_errors(), session() as (_, conn):
        found = admin_units.list_communes(conn, name=name, with_parcels=with_parcels)
        print_rows("Communes", [asdict(commune) for commune in found], as_json=as_json)


@app.command("add")
def add_commune(
    code: Annotated[str, typer.Argument(help="Five digits.")],
    name: Annotated[str, typer.Argument(help="The commune's name.")],
    kind: Annotated[str, typer.Option(help="xã, phường or đặc khu.")] = "xã",
    province: Annotated[str, typer.Option(help="Two digits; decides the zones of its sheets.")] = "00",
    lon: Annotated[float | None, typer.Option(help="A point in the commune, degrees.")] = None,
    lat: Annotated[float | None, typer.Option(help="A point in the commune, degrees.")] = None,
    area_km2: Annotated[float | None, typer.Option(help="About how large, km².")] = None,
) -> None:
    """Register a commune that the packaged list does not have (a new one, or one for trials)."""
    with explained_errors(), session() as (_, conn):
        commune = admin_units.Commune(0, normalise_commune_code(code), name, kind, province, lon, lat, area_km2)
        admin_units.add_commune(conn, commune, valid_from=today())
        err.print(f"{commune.commune_code} {name} can take deliveries now")
