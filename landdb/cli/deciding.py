"""landdb register approve, reject and the rest: four eyes and deadlines."""

from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from landdb import registration
from landdb.cli.options import LanguageOption, Tongue
from landdb.cli.output import JsonOption, err, explained_errors, print_rows, wants_json
from landdb.cli.register_tables import print_outcome
from landdb.cli.registering import REFUSED, read_request
from landdb.cli.session import session
from landdb.domain.dates import today
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import InvalidValue
from landdb.registration import Clerk
from landdb.registration.procedures import procedures
from landdb.store import admin_units, decisions, register_subjects
from landdb.store.sealing_key import open_vault

Number = Annotated[int, typer.Argument(help="The transaction, as `landdb register due` shows.")]
Note = Annotated[str, typer.Option("--note", help="Why, in ten characters or more; kept with the change.")]
AsJson = Annotated[bool, JsonOption]


def due(
    commune: str,
    within: Annotated[int, typer.Option(help="Due within so many days; overdue ones always.", min=0)] = 30,
    as_json: AsJson = False,
) -> None:
    """List changes that wait for a decision: overdue first, then by the day they are due."""
    with explained_errors(), session() as (_, conn):
        code = admin_units.get_commune(conn, normalise_commune_code(commune)).commune_code
        rows = decisions.list_due(conn, code, on=today(), within_days=within)
    print_rows(f"Waiting in {code}", rows, as_json=as_json)


def approve(transaction: Number, lang: Annotated[Tongue, LanguageOption] = Tongue.vi, as_json: AsJson = False) -> None:
    """Do what another clerk submitted. Exit code 1 when law or rules stand against it by now.

    Examples:

      landdb register due 99001

      landdb register approve 118
    """
    with explained_errors(), session() as (settings, conn):
        vault = open_vault(conn, settings.key_file)
        outcome = registration.approve(conn, vault, transaction, Clerk(getuser()))
    print_outcome(outcome, lang.value, as_json=wants_json(as_json))
    if outcome["result"] == "REFUSED":
        raise typer.Exit(REFUSED)


def reject(transaction: Number, note: Note) -> None:
    """End a waiting change without effect.

    Examples:

      landdb register reject 118 --note "the contract is not notarised"
    """
    with explained_errors(), session() as (_, conn):
        registration.reject(conn, transaction, Clerk(getuser()), note)
    err.print(f"transaction {transaction} is rejected")


def supplement(transaction: Number, note: Note) -> None:
    """Send a submitted change back, as something is missing; its clerk amends and submits it again.

    Examples:

      landdb register supplement 118 --note "a copy of the contract is missing"
    """
    with explained_errors(), session() as (_, conn):
        registration.ask_supplement(conn, transaction, Clerk(getuser()), note)
    err.print(f"transaction {transaction} needs a supplement")


def amend(
    transaction: Number,
    file: Annotated[Path, typer.Argument(help="The change as JSON, whole; `-` reads standard input.")],
    lang: Annotated[Tongue, LanguageOption] = Tongue.vi,
    as_json: AsJson = False,
) -> None:
    """Let a draft, or a change that was sent back, ask for something else; shows what it would do now.

    Only who entered it may; its kind, commune, number and deadline stay. Submit it afterwards.

    Examples:

      landdb register apply transfer.json --draft

      landdb register amend 118 transfer.json

      landdb register submit 118
    """
    with explained_errors(), session() as (settings, conn):
        find = partial(register_subjects.find_parcel, conn)
        change = registration.parse_change(read_request(file), find_parcel=find)
        vault = open_vault(conn, settings.key_file)
        outcome = registration.amend(conn, vault, transaction, change, Clerk(getuser()))
    print_outcome(outcome, lang.value, as_json=wants_json(as_json))


def submit(transaction: Number) -> None:
    """Submit a draft, or a change that was sent back:  landdb register submit 118"""  # noqa: D400, D415
    with explained_errors(), session() as (_, conn):
        registration.submit(conn, transaction, Clerk(getuser()))
    err.print(f"transaction {transaction} is submitted")


def four_eyes(
    wanted: Annotated[bool | None, typer.Option("--on/--off", help="Want a second person, or not.")] = None,
    commune: Annotated[str | None, typer.Option(help="Only in this commune.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only for this procedure.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show where a second person must approve, or set it:  landdb register four-eyes --on --kind transfer"""  # noqa: D400, D415
    with explained_errors(), session() as (_, conn):
        if wanted is not None:
            if kind is not None and kind not in procedures():
                raise InvalidValue("kind", "UNKNOWN_PROCEDURE", remedy="see landdb register kinds")
            code = normalise_commune_code(commune) if commune else None
            commune_id = admin_units.get_commune(conn, code).commune_id if code else None
            decisions.set_rule(conn, commune_id=commune_id, kind=kind, needs_second=wanted)
        rows = decisions.list_rules(conn)
    print_rows("Four eyes", rows, as_json=as_json)
