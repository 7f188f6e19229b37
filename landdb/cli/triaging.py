"""landdb findings accept, revoke, assign, comment: what a person decides, by name and for good."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from getpass import getuser
from typing import Annotated

import psycopg
import typer

from landdb import lookups, triage
from landdb.cli.findings import (
    STAFF,
    Box,
    Commune,
    FindingId,
    MaxArea,
    MaxWidth,
    Rule,
    Severity,
    Sheet,
    chosen,
    must_exist,
)
from landdb.cli.output import JsonOption, err, explained_errors, print_json, print_table, wants_json
from landdb.cli.session import asked, session
from landdb.domain.finding_filter import FindingFilter
from landdb.errors import ConfigurationError
from landdb.triage import Decider
from landdb.validators.catalogue import load_catalogue

Ids = Annotated[
    list[int] | None, typer.Argument(help="Numbers of findings; or choose them by the options.", metavar="[ID]...")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask. Needed when nobody can be asked.")]
AsJson = Annotated[bool, JsonOption]
Decision = Callable[[psycopg.Connection, Sequence[int], Decider], int]


def accept(
    reason: Annotated[str, typer.Option(help="Why it may stay, in at least 10 characters; never a person's number.")],
    ids: Ids = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; open again after it.")
    ] = None,
    margin: Annotated[
        float, typer.Option(help="Open again when it grows by more than this share.", min=0, max=10)
    ] = triage.GROWTH_MARGIN,
    commune: Commune = None, rule: Rule = None, severity: Severity = None, sheet: Sheet = None, box: Box = None,
    max_area: MaxArea = None, max_width: MaxWidth = None, yes: Yes = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Accept findings as they are: by number, or all open ones that the options choose, after a preview.

    Examples:

      landdb findings accept 4711 --reason "agreed on the ground, minutes 12/2026" --until 2027-06-30

      landdb findings accept --commune 99001 --rule COV002 --max-width 0.03 --reason "within the edge limit"
    """
    ends_on = until.date() if until else None
    with explained_errors():
        wanted = chosen(commune, rule, severity, sheet, box, (None, max_area), (None, max_width))
        _decide(
            "accept", ids, wanted,
            lambda conn, them, by: triage.accept(
                conn, them, by=by, reason=reason, ends_on=ends_on, growth_margin=margin
            ),
            yes=yes, as_json=as_json,
        )  # fmt: skip


def assign(
    ids: Ids = None,
    to: Annotated[str | None, typer.Option(help="Who shall look at them.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Take them back from whoever has them.")] = False,
    commune: Commune = None, rule: Rule = None, severity: Severity = None, sheet: Sheet = None, box: Box = None,
    max_area: MaxArea = None, max_width: MaxWidth = None, yes: Yes = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Hand findings to somebody: by number, or all open ones that the options choose, after a preview.

    Examples:

      landdb findings assign 4711 4712 --to "Lê Thị Thu"

      landdb findings assign --commune 99001 --sheet 12 --to "Lê Thị Thu" --yes
    """
    with explained_errors():
        if (to is None) != nobody:
            raise ConfigurationError("say to whom", remedy="--to NAME, or --nobody")
        wanted = chosen(commune, rule, severity, sheet, box, (None, max_area), (None, max_width))
        _decide(
            "assign", ids, wanted, lambda conn, them, by: triage.assign(conn, them, by=by, to=to),
            yes=yes, as_json=as_json,
        )  # fmt: skip


def revoke(
    ids: Annotated[list[int], typer.Argument(help="Numbers of accepted findings.", metavar="ID...")],
    note: Annotated[str | None, typer.Option(help="Why.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open accepted findings again.

    Examples:

      landdb findings revoke 10 --note "the neighbours disagree after all"
    """
    with explained_errors():
        _decide_these(
            "revoke", ids, lambda conn, them, by: triage.revoke(conn, them, by=by, note=note), as_json=as_json
        )


def comment(
    finding_id: FindingId,
    text: Annotated[str, typer.Option(help="The remark; never a person's number.")],
    as_json: AsJson = False,
) -> None:
    """Add a remark to a finding's history.

    Examples:

      landdb findings comment 10 --text "seen on site, the fence stands on the drawn line"
    """
    with explained_errors():
        _decide_these(
            "comment",
            [finding_id],
            lambda conn, them, by: triage.comment(conn, them, by=by, text=text),
            as_json=as_json,
        )


def _decide(
    verb: str, ids: Sequence[int] | None, wanted: FindingFilter, decision: Decision, *, yes: bool, as_json: bool
) -> None:
    """Decide about the numbered findings, or about those chosen once a person has seen how many they are."""
    if ids:
        if wanted != FindingFilter():
            raise ConfigurationError("numbers and options choose two ways", remedy="give numbers, or options")
        _decide_these(verb, ids, decision, as_json=as_json)
        return
    if wanted == FindingFilter():
        raise ConfigurationError("no findings are chosen", remedy=f"landdb findings {verb} ID, or --commune, --rule …")
    with session() as (_, conn):
        must_exist(conn, wanted)
        counts = asked(conn, lambda link: lookups.count_findings(link, wanted, view=STAFF))
    these = [finding_id for count in counts for finding_id in count.finding_ids]
    if not these:
        err.print("no open findings meet these conditions")
        return
    _preview(counts)
    _confirm(f"{verb} these {len(these):,} findings?", yes=yes)
    _decide_these(verb, these, decision, as_json=as_json)


def _decide_these(verb: str, ids: Sequence[int], decision: Decision, *, as_json: bool) -> None:
    with session() as (_, conn), conn.transaction():
        changed = decision(conn, ids, Decider(getuser()))
    if wants_json(as_json):
        print_json({"decision": verb, "findings": changed, "finding_ids": sorted(set(ids))})
    else:
        err.print(f"{verb}: {changed:,} finding{'s' if changed != 1 else ''}", highlight=False)


def _preview(counts: Sequence[lookups.FindingCount]) -> None:
    rules = load_catalogue().rules
    rows = [
        (c.rule_id, c.severity, c.findings, c.largest_area_m2, c.largest_width_m,
         rules[c.rule_id].title.en if c.rule_id in rules else None)
        for c in counts
    ]  # fmt: skip
    if sys.stdout.isatty():
        print_table("", ("rule", "severity", "findings", "largest m²", "widest m", "what"), rows)


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(f"nobody can be asked: {question}", remedy="look at them with `landdb findings list`, "
                                 "then add --yes")  # fmt: skip
    typer.confirm(question[0].upper() + question[1:], abort=True, err=True)
