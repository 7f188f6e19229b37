"""Options that say what somebody may do, shared by accounts, clients and subjects of other issuers."""

import getpass
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from landdb.domain.identifiers import CitizenId
from landdb.errors import ConfigurationError
from landdb.store.access.mandates import Mandate
from landdb.store.vault import Vault

RoleOption = Annotated[str, typer.Option(help="citizen, clerk, analyst, service, auditor or administrator.")]
ActorOption = Annotated[str | None, typer.Option(help="As the record of accesses shall name them; else the name.")]
OrgOption = Annotated[str | None, typer.Option(help="The office they ask for.")]
CommuneOption = Annotated[list[str] | None, typer.Option(help="Only these communes; none given means all.")]
AgreementOption = Annotated[str | None, typer.Option(help="Code of the agreement, for a service.")]
DaysOption = Annotated[int | None, typer.Option(help="Ends after so many days.", min=1, max=3660)]


def operator() -> str:
    """Give who runs the command, as mandates name who granted them."""
    return f"operator {getpass.getuser()}"


def mandate(
    vault: Vault,
    role: str,
    actor: str,
    *,
    org: str | None = None,
    communes: Sequence[str] | None = None,
    agreement: str | None = None,
    days: int | None = None,
) -> Mandate:
    """Give the mandate that the options describe; asks for a citizen's number, which no command line shows."""
    index = vault.index("citizen_id", CitizenId.parse(secret("citizen ID")).reveal()) if role == "citizen" else None
    return Mandate(role, actor, org, communes or None, agreement, index, days)


def secret(what: str, *, confirm: bool = False) -> str:
    """Give what is typed without echo, or the next line of what is piped in."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise ConfigurationError(f"the {what} is missing", remedy="type it when asked, or pipe it in: one line")
    return line
