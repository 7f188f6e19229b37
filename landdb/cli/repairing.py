"""landdb repairs: proposals for findings; a person accepts, refuses or undoes them."""

import sys
from getpass import getuser
from typing import Annotated, Any

import psycopg
import typer

from landdb import repairs
from landdb.cli.options import CommunesArgument, LanguageOption, ProvinceOption, Tongue, chosen_communes
from landdb.cli.output import (
    JsonOption,
    err,
    explained_errors,
    print_json,
    print_rows,
    print_table,
    progress_bar,
    wants_json,
)
from landdb.cli.repair_tables import change_rows, document, moves_table, proposal_rows, unsolved_rows
from landdb.cli.session import session
from landdb.errors import RepairRefused
from landdb.repairs import Asked, Within
from landdb.store import proposals
from landdb.store.proposals import ProposalRow

app = typer.Typer(
    no_args_is_help=True,
    help="Repairs for findings: proposed with their evidence, never applied by themselves.",
)
ReasonOption = typer.Option("--reason", help="Why; ten characters or more.")
IdsArgument = Annotated[list[int] | None, typer.Argument(help="Proposal numbers, as `landdb repairs list` shows.")]


@app.command("propose")
def propose(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only for these rules or families, such as COV.")] = None,
    finding: Annotated[list[int] | None, typer.Option(help="Only for findings with these numbers.")] = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Propose repairs for the open findings of communes. Nothing on the map changes.

    Examples:

      landdb repairs propose 99001

      landdb repairs propose 99001 --rule COV004 --lang vi
    """
    with explained_errors(), session() as (_, conn):
        documents = []
        for commune in chosen_communes(conn, communes, province):
            with progress_bar(f"proposing for {commune.commune_code}") as report, conn.transaction():
                made = repairs.propose(
                    conn, commune.commune_id, actor=getuser(), rules=rule, finding_ids=finding, progress=report
                )
            rows = proposals.list_proposals(conn, Asked(proposal_ids=made.proposal_ids))
            documents.append({"commune": commune.commune_code, **_told(made), "proposals": document(conn, rows)})
            if not wants_json(as_json):
                _print_proposed(commune.commune_code, made, rows, lang)
        if wants_json(as_json):
            print_json(documents)


@app.command("list")
def list_proposals(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    rule: Annotated[str | None, typer.Option(help="Only for this rule or family.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as CUT_OVERLAP.")] = None,
    state: Annotated[str, typer.Option(help="open, accepted, refused, superseded or undone.")] = "open",
    acceptable: Annotated[bool, typer.Option("--acceptable", help="Only those that hold in every respect.")] = False,
    alternatives: Annotated[bool, typer.Option("--alternatives", help="Not only the recommended ones.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many per commune.", min=1, max=100_000)] = 100,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List proposals: those that hold in every respect first, then by how far a vertex moves."""
    with explained_errors(), session() as (_, conn):
        found: list[ProposalRow] = []
        for commune in chosen_communes(conn, communes, province):
            asked = Asked(
                commune_id=commune.commune_id,
                states=[state],
                rule_id=rule,
                kind=kind,
                acceptable=True if acceptable else None,
                rank=None if alternatives else 1,
                limit=limit,
            )
            found += proposals.list_proposals(conn, asked)
        if wants_json(as_json):
            print_json(document(conn, found))
        else:
            print_rows("Proposals", proposal_rows(found, lang.value), as_json=False)


@app.command("show")
def show(
    proposal_id: Annotated[int, typer.Argument(help="Proposal number.")],
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Show one proposal: its evidence, what it does to each parcel, which vertices move, what holds and what not."""
    with explained_errors(), session() as (_, conn):
        row = proposals.get_proposal(conn, proposal_id)
        if wants_json(as_json):
            print_json(document(conn, [row], geometry=True)[0])
            return
        changes = proposals.list_changes(conn, [proposal_id])
        print_rows("", proposal_rows([row], lang.value), as_json=False)
        typer.echo(f"\n{row.evidence_vi if lang is Tongue.vi else row.evidence_en}\n")
        print_rows("What changes", change_rows(changes, lang.value), as_json=False)
        moves_table(changes)
        _print_conditions(row, lang)


@app.command("accept")
def accept(
    proposal_ids: IdsArgument = None,
    of_class: Annotated[str | None, typer.Option("--class", help="RULE/KIND, such as COV002/CUT_OVERLAP.")] = None,
    commune: Annotated[list[str] | None, typer.Option(help="With --class: only in these communes.")] = None,
    max_move_m: Annotated[float | None, typer.Option(min=0, help="With --class: farthest a vertex may move.")] = None,
    max_area_m2: Annotated[float | None, typer.Option(min=0, help="With --class: most a parcel may change.")] = None,
    reason: Annotated[str | None, ReasonOption] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Carry out proposals: each one change on record, its finding checked again at once.

    A proposal that needs a survey is accepted alone, with --reason naming the survey. A class holds only
    proposals that need none.

    Examples:

      landdb repairs accept 17 18

      landdb repairs accept --class COV002/CUT_OVERLAP --commune 99001 --max-move-m 0.05 --max-area-m2 0.5
    """
    with explained_errors(), session() as (_, conn):
        if of_class is None and proposal_ids:
            _confirm(_carrying_out(len(proposal_ids)), yes)
            with conn.transaction():
                done = repairs.accept(conn, proposal_ids, actor=getuser(), reason=reason)
            print_rows("Carried out", [_accepted(one) for one in done], as_json=as_json)
        elif of_class is not None and not proposal_ids:
            _accept_class(conn, of_class, commune, _within(max_move_m, max_area_m2), yes=yes, as_json=as_json)
        else:
            raise typer.BadParameter("name proposals, or a class with --class RULE/KIND")


@app.command("refuse")
def refuse(
    proposal_id: Annotated[int, typer.Argument(help="Proposal number.")],
    reason: Annotated[str, ReasonOption],
) -> None:
    """Refuse a proposal; it is not made again while the ground stays as it is.

    Examples:

      landdb repairs refuse 18 --reason "the wall stands where 12/2 has it"
    """
    with explained_errors(), session() as (_, conn):
        repairs.refuse(conn, proposal_id, actor=getuser(), reason=reason)
        err.print(f"proposal {proposal_id} refused", highlight=False)


@app.command("undo")
def undo(
    transactions: Annotated[list[int], typer.Argument(help="Numbers of changes that accepting made.")],
    reason: Annotated[str | None, ReasonOption] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Give parcels their former polygons back, as a new change; the later of several first, all or none.

    `landdb repairs list --state accepted` shows the numbers of changes.

    Examples:

      landdb repairs undo 41 --reason "the owner of 12/3 objected"
    """
    with explained_errors(), session() as (_, conn):
        with conn.transaction():
            undone = [
                {"undone": number, "by": repairs.undo(conn, number, actor=getuser(), reason=reason)}
                for number in sorted(set(transactions), reverse=True)
            ]
        print_rows("Taken back", undone, as_json=as_json)


def _accept_class(
    conn: psycopg.Connection, of_class: str, codes: list[str] | None, within: Within, *, yes: bool, as_json: bool
) -> None:
    """Show what the class holds within the limits, ask, and carry it out commune by commune."""
    rule, slash, kind = of_class.partition("/")
    if not slash:
        raise typer.BadParameter("write RULE/KIND, such as COV002/CUT_OVERLAP", param_hint="--class")
    chosen = chosen_communes(conn, codes, None)
    asked = {c.commune_id: Asked(c.commune_id, states=["open"], rule_id=rule, kind=kind, acceptable=True, rank=1)
             for c in chosen}  # fmt: skip
    found = [row for one in asked.values() for row in proposals.list_proposals(conn, one) if within.holds(row)]
    if not wants_json(as_json):
        print_rows(f"{of_class} within the limits", proposal_rows(found, "en"), as_json=False)
    if found:
        _confirm(_carrying_out(len(found)), yes)
    elif not wants_json(as_json):
        err.print(f"nothing to do: no open proposal of {of_class} within these limits")
        return
    results = []
    for place in chosen:
        with progress_bar(f"repairing {place.commune_code}") as report, conn.transaction():
            done = repairs.accept_class(
                conn, place.commune_id, asked[place.commune_id], within, actor=getuser(), progress=report
            )
        results.append(
            {
                "commune": place.commune_code,
                "carried_out": len(done.accepted),
                "passed_over": done.passed_over,
                "transactions": [one.transaction_id for one in done.accepted],
            }
        )
    print_rows("Carried out", results, as_json=as_json)


def _within(max_move_m: float | None, max_area_m2: float | None) -> Within:
    if max_move_m is None or max_area_m2 is None:
        raise typer.BadParameter("a class needs both limits: --max-move-m and --max-area-m2")
    return Within(max_move_m, max_area_m2)


def _carrying_out(count: int) -> str:
    return f"carry out {count:,} proposal{'s' if count != 1 else ''}"


def _confirm(what: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise RepairRefused("NOT_CONFIRMED", f"nobody confirms to {what}", remedy="add --yes")
    if not typer.confirm(f"{what}?", err=True):
        raise typer.Exit(1)


def _told(made: repairs.Proposed) -> dict[str, Any]:
    return {
        "findings": made.findings,
        "with_proposal": made.solved,
        "acceptable": made.acceptable,
        "without": {str(code): count for code, count in made.unsolved.items()},
    }


def _print_proposed(code: str, made: repairs.Proposed, rows: list[ProposalRow], lang: Tongue) -> None:
    recommended = [row for row in rows if row.rank == 1]
    print_rows(f"Proposals for {code}", proposal_rows(recommended, lang.value), as_json=False)
    if made.unsolved:
        print_rows("\nWithout a proposal", unsolved_rows(made.unsolved, lang.value), as_json=False)
    err.print(
        f"{code}: {made.findings} findings, {made.solved} with a proposal, {made.acceptable} of them acceptable as "
        f"they are; `landdb repairs show NUMBER` tells more",
        highlight=False,
    )


def _print_conditions(row: ProposalRow, lang: Tongue) -> None:
    words = repairs.CONDITIONS
    print_table(
        "\nConditions",
        ("holds", "condition", "measured"),
        [
            ("yes" if one["holds"] else "NO", words[one["code"]].to(lang.value), one["measured"])
            for one in row.conditions
        ],
    )
    for title, told in (("closes", row.closes), ("opens", row.opens)):
        if told:
            err.print(f"{title}: " + ", ".join(f"{one['rule_id']} {one['subject']}" for one in told), highlight=False)


def _accepted(one: repairs.Accepted) -> dict[str, Any]:
    return {"proposal": one.proposal_id, "finding": one.finding_id, "transaction": one.transaction_id}
