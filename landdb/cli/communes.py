"""landdb commune: find the codes of communes, register one that the list lacks."""

from dataclasses import asdict
from typing import Annotated

import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.domain.crs import zones_of_province
from landdb.domain.dates import today
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import InvalidValue
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
    with explained_errors():
        commune = admin_units.Commune(0, _five_digits(code), name, kind, province, lon, lat, area_km2)
        with session() as (_, conn):
            if not admin_units.add_commune(conn, commune, valid_from=today()):
                known = admin_units.get_commune(conn, commune.commune_code)
                err.print(f"{known.commune_code} is in force already as {known.kind} {known.name}; nothing was changed")
                return
    err.print(f"{commune.commune_code} {name} can take deliveries now")
    if lon is None or lat is None:
        err.print("without --lon and --lat nobody knows where it lies: maps far away pass unnoticed (rule ADM003)")
    if not zones_of_province(province):
        err.print(
            f"province {province} tells no zone: name it when you import (--crs, --sheet-crs), or give --province"
        )


def _five_digits(code: str) -> str:
    try:
        return normalise_commune_code(code)
    except InvalidValue:
        raise typer.BadParameter("a commune code has five digits, such as 99001", param_hint="CODE") from None
