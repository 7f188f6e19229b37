"""Arguments that several commands share, and what they mean."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import psycopg
import typer

from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import NotFound
from landdb.lookups import Viewpoint
from landdb.store import admin_units
from landdb.store.admin_units import Commune


class Tongue(StrEnum):
    """The language of messages."""

    vi = "vi"
    en = "en"


ValidAt = Annotated[
    datetime | None, typer.Option("--valid-at", formats=["%Y-%m-%d"], help="As true in law on this day.")
]
KnownAt = Annotated[datetime | None, typer.Option("--known-at", help="As recorded by this moment (UTC).")]
LanguageOption = typer.Option(help="Language of the messages.")
CommunesArgument = Annotated[list[str] | None, typer.Argument(help="Commune codes; all that hold parcels when none.")]
ProvinceOption = Annotated[
    str | None, typer.Option("--province", help="Two digits: the communes of this province that hold parcels.")
]

SchemeOption = typer.Option("--scheme", help="A scheme of your own in TOML; landdb/quality/campaign.toml shows how.")


def chosen_communes(conn: psycopg.Connection, codes: Sequence[str] | None, province: str | None) -> list[Commune]:
    """Give the communes that were named, those of the province, or all that hold parcels; by code.

    Raises NotFound for a code that is not in force, and when nothing holds parcels.
    """
    if codes and province:
        raise typer.BadParameter("name communes or a province, not both", param_hint="--province")
    if codes:
        return [admin_units.get_commune(conn, normalise_commune_code(code)) for code in dict.fromkeys(codes)]
    found = [
        commune
        for commune in admin_units.list_communes(conn, with_parcels=True)
        if province is None or commune.province_code == province
    ]
    if not found:
        where = "no commune" if province is None else f"no commune of province {province}"
        raise NotFound(f"{where} holds parcels", remedy="import deliveries first: landdb import --help")
    return found


def as_of(view: Viewpoint, valid_at: datetime | None, known_at: datetime | None) -> Viewpoint:
    """Give the viewpoint moved to the dates that were asked for."""
    day = None if valid_at is None else valid_at.date()
    return replace(view, valid_at=day, known_at=None if known_at is None else known_at.replace(tzinfo=UTC))
