"""landdb register: legal changes, previewed by the same code that makes them."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from landdb import registration
from landdb.cli.options import LanguageOption, Tongue
from landdb.cli.output import JsonOption, explained_errors, print_rows, wants_json
from landdb.cli.register_tables import print_outcome
from landdb.cli.session import session
from landdb.domain.identifiers import normalise_commune_code, normalise_number
from landdb.errors import InvalidValue
from landdb.registration import Clerk
from landdb.registration.procedures import procedures
from landdb.store import register_subjects
from landdb.store.sealing_key import open_vault

app = typer.Typer(
    help="Legal changes: split, merge, transfer and the rest. Add --dry-run to see all that would happen.",
    no_args_is_help=True,
)
#: A refused change ends with this code, as errors found by a check do.
REFUSED = 1

Document = Annotated[str, typer.Option("--document", help="The document: DECISION:QĐ 12/2026, DEED:…, SURVEY:…")]
ValidFrom = Annotated[datetime | None, typer.Option("--valid-from", formats=["%Y-%m-%d"], help="In law; today.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, change nothing.")]
Acknowledge = Annotated[
    list[str] | None, typer.Option("--acknowledge", help="Accept this warning by its code; may be repeated.")
]
Consent = Annotated[str | None, typer.Option("--lender-consent", help="Number of the lender's written consent.")]
Key = Annotated[str | None, typer.Option("--key", help="Idempotency key: the same key never acts twice.")]
AsJson = Annotated[bool, JsonOption]
Lang = Annotated[Tongue, LanguageOption]


@app.command("kinds")
def kinds(lang: Lang = Tongue.vi, as_json: AsJson = False) -> None:
    """List the procedures: legal change code, working days, and what stops each."""
    rows = [
        {
            "kind": entry.kind,
            "code": entry.change_code,
            "working_days": entry.working_days,
            "name": entry.label.to(lang.value),
            "stopped_by": ", ".join(sorted(entry.stopped_by)),
        }
        for entry in procedures().values()
    ]
    print_rows("Procedures", rows, as_json=as_json)


@app.command("show")
def show(commune: str, sheet: str, parcel: str, as_json: AsJson = False) -> None:
    """Show a parcel as the door sees it: its tag, edges with lengths, rights and restrictions by number."""
    with explained_errors(), session() as (_, conn):
        subject = register_subjects.read_subjects(conn, [_find(conn, commune, sheet, parcel)])[0]
        print_rows(f"Parcel {subject.number}", registration.describe_subject(subject), as_json=as_json)


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="A change as JSON; `-` reads standard input.")],
    dry_run: DryRun = False,
    draft: Annotated[bool, typer.Option("--draft", help="Keep the request without effect.")] = False,
    acknowledge: Acknowledge = None,
    lang: Lang = Tongue.vi,
    as_json: AsJson = False,
) -> None:
    """Make any change from its JSON form; docs/registration.md shows one for each kind.

    Persons are named in the file, never on the command line, where shell histories keep them.

    Examples:

      landdb register apply transfer.json --dry-run

      landdb register apply - < transfer.json
    """
    with explained_errors():
        request = read_request(file)
        request["acknowledge"] = [*request.get("acknowledge", ()), *(acknowledge or ())]
        _register(request, dry_run=dry_run, draft=draft, lang=lang, as_json=as_json)


@app.command("split")
def split(
    commune: str, sheet: str, parcel: str, document: Document,
    line: Annotated[str | None, typer.Option(help="'E N, E N, …' in the sheet's system.")] = None,
    between: Annotated[str | None, typer.Option(help="Two places on edges: '0@5.25,2@7.10' (edge@metres).")] = None,
    edge: Annotated[int | None, typer.Option(help="Edge to cut parallel to; see `register show`.")] = None,
    ratio: Annotated[str, typer.Option(help="Areas from that edge on, such as 1:2.")] = "1:1",
    valid_from: ValidFrom = None, reason: Reason = None, dry_run: DryRun = False, acknowledge: Acknowledge = None,
    lender_consent: Consent = None, key: Key = None, lang: Lang = Tongue.vi, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Split a parcel by a line, between two places on its edges, or in a ratio parallel to an edge.

    Examples:

      landdb register split 99001 1 12 --edge 0 --ratio 1:1 --document "DECISION:QĐ 12/2026" --dry-run

      landdb register split 99001 1 12 --between 0@5.25,2@7.10 --document "DECISION:QĐ 12/2026"
    """
    with explained_errors():
        request = {
            **_common("split", document, valid_from, reason, acknowledge, lender_consent, key),
            "parcels": [_named(commune, sheet, parcel)],
            "terms": _cut_terms(line, between, edge, ratio),
        }
        _register(request, dry_run=dry_run, draft=False, lang=lang, as_json=as_json)


@app.command("merge")
def merge(
    commune: str, sheet: str, parcels: list[str], document: Document,
    valid_from: ValidFrom = None, reason: Reason = None, dry_run: DryRun = False, acknowledge: Acknowledge = None,
    lender_consent: Consent = None, key: Key = None, lang: Lang = Tongue.vi, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Merge parcels of one sheet that touch and have the same holders:  landdb register merge 99001 1 12 13"""  # noqa: D400, D415
    with explained_errors():
        request = {
            **_common("merge", document, valid_from, reason, acknowledge, lender_consent, key),
            "parcels": [_named(commune, sheet, parcel) for parcel in parcels],
        }
        _register(request, dry_run=dry_run, draft=False, lang=lang, as_json=as_json)


@app.command("adjust")
def adjust(
    commune: str, sheet: str, first: str, second: str, document: Document,
    line: Annotated[str, typer.Option(help="The new common boundary: 'E N, E N, …' in the sheet's system.")],
    valid_from: ValidFrom = None, reason: Reason = None, dry_run: DryRun = False, acknowledge: Acknowledge = None,
    lender_consent: Consent = None, key: Key = None, lang: Lang = Tongue.vi, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Move the common boundary of two neighbours; both keep their numbers.

    Examples:

      landdb register adjust 99001 1 12 13 --line "558147.2 2369390, 558173 2369388" --document "SURVEY:TĐ 7" --dry-run
    """
    with explained_errors():
        request = {
            **_common("boundary_adjustment", document, valid_from, reason, acknowledge, lender_consent, key),
            "parcels": [_named(commune, sheet, parcel) for parcel in (first, second)],
            "terms": {"line": _points(line)},
        }
        _register(request, dry_run=dry_run, draft=False, lang=lang, as_json=as_json)


@app.command("transfer")
def transfer(
    commune: str, sheet: str, parcel: str, document: Document,
    to: Annotated[int, typer.Option("--to", help="Number of the party that receives; new persons: `apply`.")],
    giver: Annotated[int | None, typer.Option("--from", help="Number of the party that gives; none: all.")] = None,
    share: Annotated[str | None, typer.Option(help="Part of the whole right, such as 1/2; none: all he has.")] = None,
    kind: Annotated[str, typer.Option(help="transfer, gift or inheritance.")] = "transfer",
    valid_from: ValidFrom = None, reason: Reason = None, dry_run: DryRun = False, acknowledge: Acknowledge = None,
    lender_consent: Consent = None, key: Key = None, lang: Lang = Tongue.vi, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Let a share change hands between parties on record; `register show` gives their numbers.

    Examples:

      landdb register transfer 99001 1 12 --to 91 --document "DEED:HĐ 5/2026" --dry-run

      landdb register transfer 99001 1 12 --from 90 --to 91 --share 1/2 --kind gift --document "DEED:HĐ 5/2026"
    """
    move: dict[str, Any] = {"to": {"party_id": to}, "from": giver, "share": share}
    with explained_errors():
        request = {
            **_common(kind, document, valid_from, reason, acknowledge, lender_consent, key),
            "parcels": [_named(commune, sheet, parcel)],
            "terms": {"moves": [{name: value for name, value in move.items() if value is not None}]},
        }
        _register(request, dry_run=dry_run, draft=False, lang=lang, as_json=as_json)


@app.command("lay")
def lay(
    kind: Annotated[str, typer.Argument(help="block, dispute, unblock, dispute_end or mortgage_release.")],
    commune: str, sheet: str, parcels: list[str], document: Document,
    reference: Annotated[str | None, typer.Option(help="What a block or dispute rests on.")] = None,
    transaction: Annotated[int | None, typer.Option(help="The transaction whose restriction ends.")] = None,
    valid_from: ValidFrom = None, reason: Reason = None, dry_run: DryRun = False, key: Key = None,
    lang: Lang = Tongue.vi, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Lay or lift a restriction:  landdb register lay block 99001 1 12 --reference 'CV 7/2026' --document …"""  # noqa: D400, D415
    terms = {"reference": reference, "transaction_id": transaction}
    with explained_errors():
        request = {
            **_common(kind, document, valid_from, reason, None, None, key),
            "parcels": [_named(commune, sheet, parcel) for parcel in parcels],
            "terms": {name: value for name, value in terms.items() if value is not None},
        }
        _register(request, dry_run=dry_run, draft=False, lang=lang, as_json=as_json)


def _register(request: Mapping[str, Any], *, dry_run: bool, draft: bool, lang: Tongue, as_json: bool) -> None:
    """Make or preview the change, print what became of it, end with REFUSED when it was refused."""
    with session() as (settings, conn):
        vault = open_vault(conn, settings.key_file)
        change = registration.parse_change(request, find_parcel=partial(register_subjects.find_parcel, conn))
        outcome = registration.register(conn, vault, change, Clerk(getuser()), dry_run=dry_run, draft=draft)
    print_outcome(outcome, lang.value, as_json=wants_json(as_json))
    if outcome["result"] == "REFUSED":
        raise typer.Exit(REFUSED)


def _common(
    kind: str, document: str, valid_from: datetime | None, reason: str | None, acknowledge: Sequence[str] | None,
    lender_consent: str | None, key: str | None,
) -> dict[str, Any]:  # fmt: skip
    source_kind, colon, reference = document.partition(":")
    if not colon:
        raise InvalidValue("document", "NO_KIND", remedy='such as --document "DECISION:QĐ 12/2026"')
    return {
        "kind": kind,
        "document": {"kind": source_kind.strip().upper(), "reference": reference},
        "valid_from": valid_from.date().isoformat() if valid_from else None,
        "reason": reason,
        "acknowledge": list(acknowledge or ()),
        "lender_consent": lender_consent,
        "idempotency_key": key,
    }


def _named(commune: str, sheet: str, parcel: str) -> dict[str, Any]:
    return {
        "commune": normalise_commune_code(commune),
        "sheet": normalise_number(sheet) or sheet,
        "parcel": normalise_number(parcel) or parcel,
    }


def _find(conn: psycopg.Connection, commune: str, sheet: str, parcel: str) -> int:
    named = _named(commune, sheet, parcel)
    return register_subjects.find_parcel(conn, named["commune"], named["sheet"], named["parcel"])


def _cut_terms(line: str | None, between: str | None, edge: int | None, ratio: str) -> dict[str, Any]:
    given = [way for way in (line, between, edge) if way is not None]
    if len(given) != 1:
        raise InvalidValue("split", "ONE_WAY_TO_CUT", remedy="give --line, --between, or --edge with --ratio")
    if line is not None:
        return {"line": _points(line)}
    if between is not None:
        places = [place.partition("@") for place in between.split(",")]
        try:
            return {"between": [{"edge": int(at), "distance_m": float(metres)} for at, _, metres in places]}
        except ValueError as error:
            raise InvalidValue("between", "NOT_TWO_PLACES", remedy="such as 0@5.25,2@7.10") from error
    try:
        return {"edge": edge, "ratio": [float(part) for part in ratio.split(":")]}
    except ValueError as error:
        raise InvalidValue("ratio", "NOT_A_RATIO", remedy="such as 1:1 or 2:1:1") from error


def _points(text: str) -> list[list[float]]:
    try:
        points = [[float(part) for part in pair.split()] for pair in text.split(",")]
    except ValueError as error:
        raise InvalidValue("line", "NOT_POINTS", remedy="'easting northing, easting northing'") from error
    if any(len(point) != 2 for point in points):
        raise InvalidValue("line", "NOT_POINTS", remedy="'easting northing, easting northing'")
    return points


def read_request(file: Path) -> dict[str, Any]:
    """Give the JSON object of a file; raises InvalidValue without repeating any of it."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        request = json.loads(text)
    except OSError as error:
        raise InvalidValue("file", "CANNOT_BE_READ", remedy="name a file that is there") from error
    except ValueError as error:
        raise InvalidValue("file", "NOT_JSON", remedy="see docs/registration.md for the form") from error
    if not isinstance(request, dict):
        raise InvalidValue("file", "NOT_AN_OBJECT", remedy="one change in braces; many: landdb register bulk")
    return request
