"""landdb audit quota, embargo: how many people may be asked about, and which cases citizens are not told yet."""

import secrets
from datetime import UTC, datetime, timedelta
from getpass import getuser
from typing import Annotated, Final, Literal, cast

import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.domain.dates import VIETNAM
from landdb.errors import InvalidValue
from landdb.store import audit

#: No decision of today keeps a citizen in the dark for longer; another decision may follow.
_LONGEST_EMBARGO: Final = timedelta(days=730)


def quota(
    name: Annotated[
        str | None, typer.Argument(help="Whose: as tokens name them, 'role:service' for a role, '*' for all others.")
    ] = None,
    scope: Annotated[str, typer.Option(help="person or organisation.")] = "person",
    per_hour: Annotated[int | None, typer.Option("--hour", help="People in an hour.", min=0)] = None,
    per_day: Annotated[int | None, typer.Option("--day", help="People in a day.", min=0)] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show how many people somebody may ask about, or grant another number.

    Examples:

      landdb audit quota

      landdb audit quota 'clerk An' --hour 120 --day 600

      landdb audit quota 'UBND phường Mẫu Giang' --scope organisation --hour 500 --day 3000
    """
    with explained_errors(), session() as (_, conn):
        if name is not None:
            if scope not in ("person", "organisation"):
                raise InvalidValue("scope", "UNKNOWN_SCOPE", remedy="person or organisation")
            if per_hour is None or per_day is None or per_hour > per_day:
                raise InvalidValue("hour", "OUT_OF_RANGE", remedy="--hour N --day M, N not above M")
            kind = cast("Literal['person', 'organisation']", scope)
            audit.set_quota(conn, kind, name, per_hour=per_hour, per_day=per_day)
        print_rows("Quotas", audit.list_quotas(conn), as_json=as_json)


def embargo(
    case_ref: Annotated[str | None, typer.Argument(help="The case, as the questions about people name it.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day in Vietnam from which citizens are told.")
    ] = None,
    decision: Annotated[str | None, typer.Option(help="The written decision that allows it.")] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show which cases citizens are not told of yet, or set until when one is not told.

    A day that has come ends an embargo early. Each is on record itself, under your name, and sealed.

    Example:

      landdb audit embargo 'VA-2026-031' --until 2027-03-01 --decision 'QĐ 12/QĐ-CSĐT ngày 25/11/2026'
    """
    with explained_errors(), session() as (_, conn):
        if case_ref is not None:
            if until is None or not decision:
                raise InvalidValue(
                    "until", "MISSING", remedy="--until DATE --decision 'number and date of the decision'"
                )
            moment = until.replace(tzinfo=VIETNAM)
            if moment > datetime.now(UTC) + _LONGEST_EMBARGO:
                raise InvalidValue("until", "OUT_OF_RANGE", remedy="at most two years ahead; decide again then")
            asker = audit.Asker(getuser(), "operator")
            audit.set_embargo(
                conn, asker=asker, case_ref=case_ref, until=moment, decision=decision,
                request_id=f"cli-{secrets.token_hex(8)}",
            )  # fmt: skip
            err.print(f"citizens are told of case {case_ref} from {until:%Y-%m-%d}", highlight=False)
        print_rows("Embargoes", audit.list_embargoes(conn), as_json=as_json)
