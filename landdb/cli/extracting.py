"""landdb extract: signed extracts of the cadastral map, and the check of one that somebody shows."""

import base64
import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from landdb import lookups
from landdb.cli.options import KnownAt, ValidAt
from landdb.cli.output import JsonOption, err, explained_errors, print_json, wants_json
from landdb.cli.session import asked, session
from landdb.errors import ConfigurationError, InvalidValue, NotFound
from landdb.reporting import extract
from landdb.reporting.extract import Checked, Seal, Wanted, seal_file
from landdb.settings import Settings
from landdb.validators.rule import Language

app = typer.Typer(help="Extracts of the cadastral map: issue one, check one that is shown.", no_args_is_help=True)

_TOLD = {
    "GENUINE": "genuine: issued and unaltered",
    "ALTERED": "ALTERED: it is not as it was issued",
    "FOREIGN": "signed by another installation: ask for its public key (landdb extract key) and give it with --key",
    "UNKNOWN": "no record of it is left",
}


@app.command("issue")
def issue(
    commune: str,
    sheet: str,
    parcel: str,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PDF to write.")],
    language: Annotated[Language, typer.Option("--lang", help="Language of the paper.")] = "vi",
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    url: Annotated[str, typer.Option(help="Address of the service that checks codes.")] = "http://127.0.0.1:8000",
    with_holders: Annotated[bool, typer.Option(help="Print holders, masked, and restrictions.")] = False,
) -> None:
    """Issue the extract of a parcel as PDF, with sketch, sides, corners in VN-2000, signature and a code.

    Example: landdb extract issue 99001 12 345 -o trich_luc.pdf
    """
    view = lookups.Viewpoint(
        valid_at=valid_at.date() if valid_at else None,
        known_at=known_at,
        audience="staff" if with_holders else "public",
        native=True,
    )
    with explained_errors(), session() as (settings, conn):
        found = asked(conn, lambda link: lookups.parcels_by_number(link, commune, sheet, parcel, view=view))
        if found.status == "NOT_FOUND":
            raise NotFound("there is no such parcel", remedy="landdb find helps with old numbers and names")
        wanted = Wanted(language, extract.moment_of(view.valid_at, known_at), "operator", url, with_holders)
        told: dict[str, Any] = json.loads(found.body)["parcels"][0]
        with conn.transaction():
            issued = extract.issue_extract(conn, told, wanted, seal=Seal.make(seal_file(settings.key_file)))
        output.write_bytes(issued.pdf)
    err.print(f"{output}: extract {issued.code}", highlight=False)


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The PDF as it was issued.")],
    key: Annotated[Path | None, typer.Option(help="Public key of the installation that issued it.")] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Check a PDF without any database: its signature, and that every printed number is the signed one.

    Exit code 1 when it is not genuine.

    Example: landdb extract verify trich_luc.pdf --key hanoi.key.json
    """
    with explained_errors():
        checked = extract.check_file(file.read_bytes(), _public_key(key))
    _tell(checked, as_json=as_json)


@app.command("check")
def check(code: Annotated[str, typer.Argument(help="The code on the paper.")],
          as_json: Annotated[bool, JsonOption] = False) -> None:  # fmt: skip
    """Tell when the extract with this code was issued and whether the register has changed since.

    Example: landdb extract check K7QF-2M9X-P4TD
    """
    with explained_errors(), session() as (_, conn):
        checked = extract.check_code(conn, code)
    _tell(checked, as_json=as_json)


@app.command("key")
def key() -> None:
    """Print the public key as a JSON Web Key: hand it to whoever checks extracts by themselves."""
    with explained_errors():
        seal = Seal.make(seal_file(Settings.from_environment().key_file))
    told = base64.urlsafe_b64encode(seal.public_key).rstrip(b"=").decode()
    print_json({"kty": "OKP", "crv": "Ed25519", "kid": seal.key_id, "x": told})


def _public_key(file: Path | None) -> bytes:
    """Give the key to check with: of a file, or this installation's own."""
    if file is None:
        own = seal_file(Settings.from_environment().key_file)
        if not own.exists():
            raise ConfigurationError("no extract was ever issued here", remedy="give the issuer's key with --key")
        return Seal.make(own).public_key
    try:
        told = json.loads(file.read_text("utf-8"))["x"]
        return base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidValue(
            "key", "NO_PUBLIC_KEY", remedy="a JSON Web Key, as `landdb extract key` prints it"
        ) from error


def _tell(checked: Checked, *, as_json: bool) -> NoReturn:
    if wants_json(as_json):
        print_json({"standing": checked.standing, "code": checked.code, "issued_at": checked.issued_at,
                    "valid_at": checked.valid_at, "parcel_id": checked.parcel_id,
                    "has_changed": checked.has_changed})  # fmt: skip
    else:
        typer.echo(f"{checked.code or 'extract'}: {_TOLD[checked.standing]}")
        if checked.issued_at:
            typer.echo(f"issued {checked.issued_at:%Y-%m-%d %H:%M}, as in force on {checked.valid_at}")
        if checked.has_changed:
            typer.echo("the register has changed since: ask for a new extract")
    raise typer.Exit(0 if checked.standing == "GENUINE" else 1)
