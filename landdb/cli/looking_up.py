"""landdb lookup: questions by number, old number, code, place, certificate and holder."""

import json
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from getpass import getpass, getuser
from typing import Annotated, Any

import psycopg
import typer

from landdb import lookups
from landdb.cli.options import KnownAt, ValidAt, as_of
from landdb.cli.output import JsonOption, err, explained_errors, print_table, wants_json
from landdb.cli.session import asked, session
from landdb.domain.identifiers import CitizenId
from landdb.lookups import Resolution, Viewpoint
from landdb.store.sealing_key import open_vault

app = typer.Typer(
    help="Look up parcels: by number, old number, code, place, certificate or holder. Holders are masked.",
    no_args_is_help=True,
)


class Axes(StrEnum):
    """Which coordinate of a point comes first."""

    EN = "EN"
    NE = "NE"


AsJson = Annotated[bool, JsonOption]
Question = Callable[[psycopg.AsyncConnection[Any], Viewpoint], Awaitable[Resolution]]

#: Exit codes, so that scripts need not read the answer: nothing found, or more than one reading.
EXIT_CODES = {"RESOLVED": 0, "NOT_FOUND": 1, "AMBIGUOUS": 3}
#: What helps a clerk on, by the reason of an answer.
_NEXT = {
    "UNKNOWN_COMMUNE": "find its code: landdb commune list NAME",
    "UNKNOWN_SHEET": "a number from an old paper? landdb lookup old COMMUNE SHEET PARCEL",
    "UNKNOWN_PARCEL": "split or merged since? landdb history COMMUNE SHEET PARCEL; an old paper? landdb lookup old",
    "NO_PARCEL_HERE": "longitude comes before latitude; for VN-2000 give --srid, and --axes NE when X is northing",
    "ON_A_BOUNDARY": "ask for a point inside the parcel",
    "SEVERAL_SHEETS": "give the scale on the paper (--scale 500) or the earlier commune it names (--note)",
    "OTHER_SCALE_OR_NOTE": "ask without --scale and --note to see which old sheets are known",
    "NO_CROSSWALK": "the commune's table of old and new sheets is not imported yet: landdb import --help",
}


@app.command("parcel")
def by_number(commune: str, sheet: str, parcel: str, valid_at: ValidAt = None, known_at: KnownAt = None,
              as_json: AsJson = False) -> None:  # fmt: skip
    """By commune code, sheet number and parcel number:  landdb lookup parcel 99001 12 345"""  # noqa: D400, D415
    _answer(lambda conn, view: lookups.parcels_by_number(conn, commune, sheet, parcel, view=view),
            valid_at, known_at, as_json=as_json)  # fmt: skip


@app.command("old")
def by_old_number(
    commune: str, sheet: str, parcel: Annotated[str | None, typer.Argument()] = None,
    scale: Annotated[int | None, typer.Option(help="Scale denominator of the old sheet, such as 500.")] = None,
    note: Annotated[str | None, typer.Option(help="An earlier commune named on the paper.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """By the commune, sheet and parcel number of an old paper; never guesses between two readings."""
    _answer(
        lambda conn, view: lookups.resolve_old_number(
            conn, commune, sheet, parcel, scale_denominator=scale, note=note, view=view
        ),
        None, None, as_json=as_json,
    )  # fmt: skip


@app.command("code")
def by_code(code: str, valid_at: ValidAt = None, known_at: KnownAt = None, as_json: AsJson = False) -> None:
    """By the national 12-character parcel code:  landdb lookup code w7fcu7ne864x"""  # noqa: D400, D415
    _answer(lambda conn, view: lookups.parcels_by_code(conn, code, view=view), valid_at, known_at, as_json=as_json)


@app.command("point")
def by_point(
    x: float, y: float,
    srid: Annotated[int, typer.Option(help="4326 (longitude latitude) or a VN-2000 zone such as 9208.")] = 4326,
    axes: Annotated[Axes, typer.Option(help="NE when X is northing, as on paper.")] = Axes.EN,
    valid_at: ValidAt = None, known_at: KnownAt = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """By a point on the ground:  landdb lookup point 105.312895 21.41849"""  # noqa: D400, D415
    _answer(lambda conn, view: lookups.parcels_at_point(conn, x, y, srid=srid, axes=axes.value, view=view),
            valid_at, known_at, as_json=as_json)  # fmt: skip


@app.command("certificate")
def by_certificate(serial: str, valid_at: ValidAt = None, known_at: KnownAt = None, as_json: AsJson = False) -> None:
    """By certificate serial, spelled as you like: 'ab12345678' is AB 12345678."""
    _answer(
        lambda conn, view: lookups.parcels_by_certificate(conn, serial, view=view), valid_at, known_at, as_json=as_json
    )


@app.command("organisation")
def by_organisation(number: str, valid_at: ValidAt = None, known_at: KnownAt = None, as_json: AsJson = False) -> None:
    """By the number of an organisation."""
    _answer(
        lambda conn, view: lookups.parcels_by_organisation(conn, number, view=view), valid_at, known_at, as_json=as_json
    )


@app.command("person")
def by_citizen_id(
    purpose: Annotated[str, typer.Option(help="Why you ask; kept in the audit.")],
    case_ref: Annotated[str, typer.Option(help="The dossier you ask for; kept in the audit.")],
    as_json: AsJson = False,
) -> None:
    """By citizen ID, which is asked for or read from standard input, never given as an argument.

    Arguments end up in shell histories and process lists. The question is recorded before it is answered.
    """
    text = getpass("Citizen ID: ") if sys.stdin.isatty() else sys.stdin.readline()
    with explained_errors(), session() as (settings, conn):
        vault = open_vault(conn, settings.key_file)
        citizen_id = CitizenId.parse(text.strip())
    _answer(
        lambda conn, view: lookups.parcels_by_citizen_id(
            conn, citizen_id, vault=vault, asker=lookups.Asker(getuser(), "clerk"),
            reason=lookups.Reason(purpose, case_ref), request_id=f"cli-{secrets.token_hex(8)}", view=view,
        ),
        None, None, as_json=as_json,
    )  # fmt: skip


def _answer(question: Question, valid_at: datetime | None, known_at: datetime | None, *, as_json: bool) -> None:
    """Ask, print, and end with the exit code that tells how certain the answer is."""
    view = as_of(Viewpoint(audience="staff"), valid_at, known_at)
    with explained_errors(), session() as (_, conn):
        resolution = asked(conn, lambda link: question(link, view))
    if wants_json(as_json):
        typer.echo(resolution.body)
    else:
        _print(json.loads(resolution.body))
    raise typer.Exit(EXIT_CODES[resolution.status])


def _print(answer: dict[str, Any]) -> None:
    if answer["status"] != "RESOLVED":
        err.print(f"{answer['status']}: {answer.get('reason') or 'nothing matches'}", highlight=False)
        if answer.get("reason") in _NEXT:
            err.print(f"  → {_NEXT[answer['reason']]}", highlight=False)
    for candidate in answer.get("candidates") or ():
        err.print(f"  perhaps {_candidate(candidate)}", highlight=False)
    for parcel in answer.get("parcels") or ():
        _print_parcel(parcel)


def _print_parcel(parcel: dict[str, Any]) -> None:
    commune, sheet, areas = parcel["commune"], parcel["sheet"], parcel["areas"]
    old = parcel["old_numbers"]
    facts = [
        ("parcel", f"tờ {sheet['sheet_no']} thửa {parcel['parcel_no']}, {commune['kind']} {commune['name']}"),
        ("code", parcel["parcel_code"]),
        ("old number", f"{old['old_sheet_no']}/{old['old_parcel_no']}" if old["old_parcel_no"] else None),
        ("address", parcel["address"]),
        ("legal area", f"{areas['legal_area_m2']} m²" if areas["legal_area_m2"] is not None else None),
        ("drawn area", f"{areas['computed_area_m2']:.1f} m²" if areas["computed_area_m2"] is not None else None),
        ("boundary", parcel["geometry_fault"]),
        *(("land use", _use(use)) for use in parcel["land_uses"]),
        *(("right", _right(right)) for right in parcel["rights"]),
        *(("finding", f"{found['rule_id']} {found.get('message') or ''}") for found in parcel["findings"]),
        ("delivered", f"{parcel['provenance']['file_name']}, row {parcel['provenance']['source_row']}"),
    ]
    print_table("", ("", ""), [fact for fact in facts if fact[1]])


def _candidate(candidate: dict[str, Any]) -> str:
    place = f"{candidate['commune_kind'] or ''} {candidate['commune_name'] or candidate['commune_code']}".strip()
    number = f"tờ {candidate['sheet_no']} thửa {candidate['parcel_no']}, " if candidate["sheet_no"] else ""
    scale = f"1:{candidate['scale_denominator']}" if candidate["scale_denominator"] else None
    stored = None if candidate["parcel_id"] else "not stored"
    evidence = ", ".join(str(part) for part in (scale, candidate["note"], candidate["evidence"], stored) if part)
    return f"{number}{place} ({evidence})"


def _use(use: dict[str, Any]) -> str:
    area = "" if use["area_m2"] is None else f", {use['area_m2']} m²"
    return f"{use['land_use_code'] or use['land_use_raw']}{area}{', ' + use['term'] if use['term'] else ''}"


def _right(right: dict[str, Any]) -> str:
    party = right["party"] or {}
    number = party.get("citizen_id_masked") or party.get("org_no")
    told = [party.get("name_masked"), number, right["share"], (right["certificate"] or {}).get("serial")]
    return f"{right['rrr_kind']}: " + ", ".join(str(part) for part in told if part)
