"""landdb audit seal, verify, prove …: the record of access, sealed and checked."""

import base64
import json
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from landdb import auditing
from landdb.auditing import AuditKey, audit_key_file, witness_file
from landdb.cli.output import JsonOption, err, explained_errors, out, print_json, print_table, wants_json
from landdb.cli.session import session
from landdb.domain.checkpoint import parse_public, public_text
from landdb.errors import InvalidValue
from landdb.settings import Settings

KeyOption = typer.Option(
    "--key", help="The public key, as `landdb audit key` prints it; this installation's when none."
)
AccessArgument = typer.Argument(metavar="ID", help="The number that `landdb audit list` and /me/accesses show.")


def seal() -> None:
    """Seal what was recorded since the last seal; the API does so by itself every minute."""
    with explained_errors(), session() as (settings, conn):
        key = AuditKey.make(audit_key_file(settings.key_file))
        rounds = list(iter(lambda: auditing.seal_round(conn, key, witness_file(settings.home)), None))
    for sealed in rounds:
        err.print(f"seal {sealed.seal_id}: {sealed.records:,} records", highlight=False)
    if not rounds:
        err.print("nothing waits for a seal")


def verify(
    roots: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Another copy of the seals, such as the second organisation's."),
    ] = None,
    key: Annotated[str | None, KeyOption] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Compare every record of access with its seal; exit code 1 when one was edited, deleted or put in.

    Compared with the seals that this installation keeps outside the database, or with another copy of them.

    Examples:

      landdb audit verify

      landdb audit verify --roots seals-of-the-inspectorate.jsonl --key 'landdb-audit+5f0e1a2b+AQ…'
    """
    with explained_errors(), session() as (settings, conn):
        own = witness_file(settings.home)
        file = roots or (own if own.exists() else None)
        with conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            found = auditing.verify(conn, _public(settings, key), file)
    if wants_json(as_json):
        print_json(
            {
                "records": found.records,
                "sealed": found.sealed,
                "waiting": found.waiting,
                "seals": found.seals,
                "root": base64.b64encode(found.root).decode(),
                "faults": [{name: getattr(one, name) for name in one.__slots__} for one in found.faults],
            }
        )
    else:
        _tell(found, file)
    raise typer.Exit(1 if found.faults else 0)


def prove(
    access_id: Annotated[int, AccessArgument],
    file: Annotated[Path | None, typer.Option("--out", help="Write the proof here instead of to the terminal.")] = None,
) -> None:
    """Prove that a record stands under a signed root, for somebody who does not trust this installation.

    Example:

      landdb audit prove 118 --out access-118.proof.json
    """
    with explained_errors(), session() as (settings, conn), conn.transaction():
        proof = auditing.prove(conn, _public(settings, None), access_id)
    text = json.dumps(proof, ensure_ascii=False, indent=2) + "\n"
    if file is None:
        typer.echo(text, nl=False)
    else:
        file.write_text(text, "utf-8")
        err.print(f"proof of record {access_id}: {file}", highlight=False)


def check_proof(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `landdb audit prove` wrote.")],
    key: Annotated[str | None, KeyOption] = None,
) -> None:
    """Check a proof without any database; exit code 1 when it does not hold."""
    with explained_errors():
        try:
            proof = json.loads(file.read_text("utf-8"))
        except ValueError as error:
            raise InvalidValue("file", "NOT_A_PROOF", remedy="landdb audit prove ID --out FILE") from error
        signed = auditing.check_proof(proof, _public(Settings.from_environment(), key))
    if signed is None:
        err.print("[bold red]the proof does not hold[/]")
        raise typer.Exit(1)
    err.print(
        f"holds: under a root over {signed.tree_size:,} records, sealed {signed.sealed_at.isoformat()}", highlight=False
    )


def key() -> None:
    """Print the public key that seals are verified with; give it to whoever keeps a copy of them."""
    with explained_errors():
        typer.echo(public_text(AuditKey.make(audit_key_file(Settings.from_environment().key_file)).public))


def _public(settings: Settings, given: str | None) -> Ed25519PublicKey:
    if given is None:
        return AuditKey.make(audit_key_file(settings.key_file)).public
    try:
        return parse_public(given)
    except ValueError as error:
        raise InvalidValue("key", "NOT_A_KEY", remedy="as `landdb audit key` prints it") from error


def _tell(found: auditing.Verified, file: Path | None) -> None:
    against = f"the seals in {file}" if file else "the seals in the database: no copy outside it was found"
    out.print(f"{found.records:,} records against {against}", highlight=False)
    out.print(f"{found.seals:,} seals · {found.sealed:,} records as sealed · {found.waiting:,} wait", highlight=False)
    if found.faults:
        rows = [(one.kind, one.access_id, one.seal_id, _place(one)) for one in found.faults]
        print_table("Not as sealed", ("fault", "id", "no", "where"), rows)
    else:
        out.print("[green]nothing was edited, deleted or put in[/]")


def _place(one: auditing.Fault) -> str:
    if one.access_id is not None:
        return f"record {one.access_id}"
    if one.first_access_id is None:
        return f"seal {one.seal_id}"
    return f"seal {one.seal_id}: one or more of the records {one.first_access_id} to {one.last_access_id}"
