"""landdb export parcels: a commune's map as it stood on any day, to be looked at or checked again elsewhere."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from landdb.cli.options import KnownAt, ValidAt
from landdb.cli.output import err, explained_errors
from landdb.cli.session import session
from landdb.domain.dates import today
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import NotFound
from landdb.exporters.parcel_layers import write_parcel_layers
from landdb.store.parcel_export import list_parcels


def parcels(
    commune: Annotated[str, typer.Argument(help="Commune code, read on the day asked for.")],
    out: Annotated[Path, typer.Option("--out", help="The GeoPackage to write.")],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> None:
    """Write the parcels of a commune as they stood: a layer per zone, without holders, in words that import knows.

    Examples:

      landdb export parcels 99001 --valid-at 2026-01-31 --out 99001-january.gpkg

      LANDDB_HOME=/tmp/then landdb import 99001-january.gpkg && LANDDB_HOME=/tmp/then landdb check 99001
    """
    with explained_errors(), session() as (_, conn):
        day = valid_at.date() if isinstance(valid_at, datetime) else today()
        moment = known_at.replace(tzinfo=UTC) if known_at else None
        rows = list_parcels(conn, normalise_commune_code(commune), valid_at=day, known_at=moment)
        if not rows:
            raise NotFound("no parcel stood there on that day", remedy="ask for another day, or another commune")
        count = write_parcel_layers(rows, out)
    err.print(f"{count:,} parcels as of {day.isoformat()} in {out}", highlight=False)
