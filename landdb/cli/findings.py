"""landdb findings: what stands out, the worst first, and what became of it."""

import json
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import psycopg
import typer
from typer.core import TyperGroup

from landdb import lookups
from landdb.cli.options import KnownAt, LanguageOption, Tongue, ValidAt, as_of
from landdb.cli.output import JsonOption, err, explained_errors, print_rows, print_table, wants_json
from landdb.cli.session import asked, session
from landdb.domain.finding_filter import OPEN_STATES, STATES, FindingFilter, State
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import InvalidValue
from landdb.lookups import Page, Viewpoint
from landdb.store import admin_units


class ListByDefault(TyperGroup):
    """A commune code right after `landdb findings` means the list of its findings."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Give the command that the first word names."""
        return super().resolve_command(ctx, ["list", *args] if args[0].isdigit() else args)


app = typer.Typer(
    cls=ListByDefault,
    help="Findings: list, show, accept with a reason, assign, comment; each keeps its history.",
    no_args_is_help=True,
)

#: The command line belongs to the office itself.
STAFF = Viewpoint(audience="staff", sees_work=True)

FindingId = Annotated[int, typer.Argument(help="The number that `landdb findings list` shows.", metavar="ID")]
CommuneArgument = Annotated[
    list[str] | None, typer.Argument(help="Commune codes; all when none.", metavar="[COMMUNE]...")
]
Commune = Annotated[list[str] | None, typer.Option(help="Of this commune; may be given more than once.")]
Rule = Annotated[list[str] | None, typer.Option(help="Only these rules or families, such as COV or TEN001.")]
Severity = Annotated[list[str] | None, typer.Option(help="error, warning or info.")]
Sheet = Annotated[str | None, typer.Option(help="Of a parcel on this map sheet.")]
Box = Annotated[str | None, typer.Option("--bbox", help="west,south,east,north in degrees.")]
MinArea = Annotated[float | None, typer.Option(help="Faults of at least so many square metres.", min=0)]
MaxArea = Annotated[float | None, typer.Option(help="Faults of at most so many square metres.", min=0)]
MinWidth = Annotated[float | None, typer.Option(help="Faults at least so many metres wide.", min=0)]
MaxWidth = Annotated[float | None, typer.Option(help="Faults at most so many metres wide.", min=0)]


class SortOrder(StrEnum):
    """What comes first."""

    worst = "worst"
    id = "id"


class Standing(StrEnum):
    """State of a finding; `all` of them."""

    open = "open"
    accepted = "accepted"
    fixed = "fixed"
    regressed = "regressed"
    all = "all"


@app.command("list")
def list_findings(
    communes: CommuneArgument = None, rule: Rule = None, severity: Severity = None,
    state: Annotated[
        list[Standing] | None, typer.Option(help="open, accepted, fixed, regressed or all; without it what is open.")
    ] = None,
    sheet: Sheet = None,
    assigned: Annotated[str | None, typer.Option(help="Assigned to this person.")] = None,
    unassigned: Annotated[bool, typer.Option("--unassigned", help="Assigned to nobody.")] = False,
    box: Box = None, min_area: MinArea = None, max_area: MaxArea = None, min_width: MinWidth = None,
    max_width: MaxWidth = None,
    sort: Annotated[SortOrder, typer.Option(help="What comes first.")] = SortOrder.worst,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 100,
    after: Annotated[int, typer.Option(help="Go on after the finding with this number.")] = 0,
    geojson: Annotated[bool, typer.Option("--geojson", help="Print a map layer: the shape of each fault.")] = False,
    valid_at: ValidAt = None, known_at: KnownAt = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:  # fmt: skip
    """List findings, the worst first: errors before warnings, among them the larger ground first.

    Examples:

      landdb findings list 99001

      landdb findings list --rule COV --min-width 0.5 --unassigned

      landdb findings list 99001 --state accepted

      landdb findings list 99001 --valid-at 2026-06-30    # what stood open at the end of that day

      landdb findings list 99001 --geojson > faults.geojson
    """
    with explained_errors(), session() as (_, conn):
        wanted = chosen(
            communes, rule, severity, sheet, box, (min_area, max_area), (min_width, max_width), states=_states(state),
            assigned_to=assigned, is_assigned=False if unassigned else None,
        )  # fmt: skip
        must_exist(conn, wanted)
        question = lookups.map_findings if geojson else lookups.list_findings
        page, view = Page(limit, after), as_of(STAFF, valid_at, known_at)
        body = asked(conn, lambda link: question(link, wanted, order=sort.value, page=page, view=view))
    if geojson or wants_json(as_json):
        typer.echo(body)
    else:
        _print_list(json.loads(body), lang.value)


@app.command("show")
def show(finding_id: FindingId, lang: Annotated[Tongue, LanguageOption] = Tongue.en,
         as_json: Annotated[bool, JsonOption] = False) -> None:  # fmt: skip
    """Show one finding: what, where, whom it concerns, who decided what."""
    with explained_errors(), session() as (_, conn):
        body = asked(conn, lambda link: lookups.get_finding(link, finding_id, view=STAFF))
    if wants_json(as_json):
        typer.echo(body)
        return
    answer = json.loads(body)
    print_table(f"Finding {finding_id}", ("", ""), [fact for fact in _facts(answer, lang.value) if fact[1]])
    _print_events(answer["events"])


@app.command("history")
def history(finding_id: FindingId, as_json: Annotated[bool, JsonOption] = False) -> None:
    """Show what happened to one finding, the first event first."""
    with explained_errors(), session() as (_, conn):
        answer = json.loads(asked(conn, lambda link: lookups.get_finding(link, finding_id, view=STAFF)))
    if wants_json(as_json):
        typer.echo(json.dumps(answer["events"], ensure_ascii=False, indent=2))
    else:
        _print_events(answer["events"])


@app.command("trend")
def trend(
    commune: Annotated[str, typer.Argument(help="Commune code.")], rule: Rule = None,
    limit: Annotated[int, typer.Option(help="Only the latest so many checks.", min=1)] = 50,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:  # fmt: skip
    """Show how many findings stood after each check of a commune; partial checks and edits make no point."""
    with explained_errors(), session() as (_, conn):
        rules = tuple(text.upper() for text in rule or ())
        code = admin_units.get_commune(conn, normalise_commune_code(commune)).commune_code
        points = asked(conn, lambda link: lookups.list_trend(link, code, rules=rules, view=STAFF))
    rows = [{**asdict(point), "errors_per_1000": point.errors_per_1000} for point in points[-limit:]]
    print_rows(f"Checks of {code}", rows, as_json=as_json)


def chosen(
    communes: list[str] | None,
    rules: list[str] | None,
    severities: list[str] | None,
    sheet: str | None,
    box: str | None,
    area_m2: tuple[float | None, float | None],
    width_m: tuple[float | None, float | None],
    *,
    states: tuple[State, ...] = OPEN_STATES,
    assigned_to: str | None = None,
    is_assigned: bool | None = None,
) -> FindingFilter:
    """Give the filter that the options describe; raises InvalidValue."""
    return FindingFilter(
        communes=tuple(communes or ()),
        rules=tuple(text.upper() for text in rules or ()),
        severities=tuple(severities or ()),
        states=states,
        sheet_no=sheet,
        assigned_to=assigned_to,
        is_assigned=is_assigned,
        box_4326=None if box is None else _box(box),
        min_area_m2=area_m2[0],
        max_area_m2=area_m2[1],
        min_width_m=width_m[0],
        max_width_m=width_m[1],
    )


def must_exist(conn: psycopg.Connection, wanted: FindingFilter) -> None:
    """Raise NotFound for a commune that is not in force: an empty list would say that it is in order."""
    for code in wanted.communes:
        admin_units.get_commune(conn, code)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise InvalidValue("bbox", "NOT_A_BOX", remedy="west,south,east,north in degrees") from error
    return west, south, east, north


def _states(asked_for: list[Standing] | None) -> tuple[State, ...]:
    if not asked_for:
        return OPEN_STATES
    return STATES if Standing.all in asked_for else tuple(s for s in STATES if s in asked_for)


def _print_list(answer: dict[str, Any], lang: str) -> None:
    found = answer["findings"]
    if not found:
        err.print("no findings meet these conditions")
        return
    columns = {
        "id": [str(f["finding_id"]) for f in found],
        "commune": [_commune(f) for f in found],
        "rule": [f["rule_id"] for f in found],
        "severity": [f["severity"] for f in found],
        "state": [f["state"] for f in found],
        "assigned to": [f["assigned_to"] for f in found],
        "finding": [(f["message"] or {}).get(lang) or f["subject"] for f in found],
    }
    # What is the same in every row says nothing and takes the room that the sentence needs.
    for name, usual in (("commune", columns["commune"][0]), ("state", "open"), ("assigned to", None)):
        if set(columns[name]) == {usual}:
            del columns[name]
    print_table("", list(columns), list(zip(*columns.values(), strict=True)))
    if answer["next"]:
        err.print(f"there are more: --after {answer['next']}", highlight=False)


def _commune(finding: dict[str, Any]) -> str:
    other = finding["other_commune"]
    return str(finding["commune"]["code"]) + (f" | {other['code']}" if other else "")


def _facts(answer: dict[str, Any], lang: str) -> list[tuple[str, Any]]:
    finding, waiver, run, rule = (answer[name] for name in ("finding", "waiver", "last_run", "rule"))
    until = waiver and (f" until {waiver['ends_on']}" if waiver["ends_on"] else "")
    place = finding["point"] and "{1:.6f}, {0:.6f}".format(*finding["point"]["coordinates"])
    return [
        ("finding", (finding["message"] or {}).get(lang)),
        ("rule", f"{finding['rule_id']}, {finding['severity']}"),
        ("why", rule and rule["why"][lang]),
        ("what to do", rule and rule["remedy"][lang]),
        ("legal basis", rule and rule["legal_basis"]),
        ("state", finding["state"]),
        ("commune", _commune(finding)),
        *(("parcel", _parcel(parcel)) for parcel in finding["parcels"]),
        ("area", finding["area_m2"] and f"{finding['area_m2']:,.3f} m²"),
        ("width", finding["width_m"] and f"{finding['width_m']} m"),
        ("measure", finding["measure"] and f"{finding['measure']} {finding['unit']}"),
        ("lat, lon", place),
        ("first seen", _moment(finding["first_seen_at"])),
        ("last seen", _moment(finding["last_seen_at"])),
        ("fixed", _moment(finding["fixed_at"])),
        ("came back", f"{finding['times_regressed']} times" if finding["times_regressed"] else None),
        ("assigned to", finding["assigned_to"]),
        ("accepted by", waiver and f"{waiver['actor']}{until}: {waiver['reason']}"),
        ("limits", ", ".join(f"{name} {value}" for name, value in finding["details"].get("limits", {}).items())),
        ("judged by", f"run {run['run_id']}, catalogue {run['catalogue_hash'][:12]}"),
        ("fingerprint", answer["fingerprint"]),
    ]


def _parcel(parcel: dict[str, Any]) -> str:
    holders = parcel["holders"]
    told = "no holder" if not holders else f"{holders} holder{'s' if holders > 1 else ''}"
    return f"{parcel['commune_code']} sheet {parcel['sheet_no']} parcel {parcel['parcel_no']}, {told}"


def _print_events(events: list[dict[str, Any]]) -> None:
    rows = [
        (_moment(e["at"]), e["actor"], e["kind"], _change(e), e["note"], e["run_id"] and f"run {e['run_id']}")
        for e in events
    ]
    print_table("\nHistory", ("when", "who", "what", "state", "note", ""), rows)


def _change(event: dict[str, Any]) -> str | None:
    if event["from_state"] and event["to_state"] and event["from_state"] != event["to_state"]:
        return f"{event['from_state']} → {event['to_state']}"
    return None if event["to_state"] is None else str(event["to_state"])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
