"""landdb quality: scores of communes, the campaign's groups and words, and what stands in the way."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from landdb.cli.options import CommunesArgument, LanguageOption, ProvinceOption, SchemeOption, Tongue, chosen_communes
from landdb.cli.output import JsonOption, err, explained_errors, print_json, print_rows, print_table, wants_json
from landdb.cli.session import session
from landdb.exporters.tables import write_rows_csv
from landdb.quality import Assessment, Numbers, Standing, load_formula, load_scheme, record, together, unmet_fields
from landdb.quality.assessing import parcel_standings
from landdb.quality.campaign import Scheme
from landdb.store.admin_units import Commune
from landdb.store.quality import StoredScore, list_scores


class _ScoresFirst(TyperGroup):
    """`landdb quality 99001` means `landdb quality scores 99001`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["scores", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ScoresFirst,
    help="How good the data are: score, campaign words and groups. `landdb quality 99001` shows the scores.",
)
CsvOption = typer.Option("--csv", help="CSV for a spreadsheet, to standard output.")


@app.command("scores")
def scores(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    scheme_file: Annotated[Path | None, SchemeOption] = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.en,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Score communes by their open findings and by the campaign's criteria; keep the result of the day.

    Examples:

      landdb quality 99001

      landdb quality --province 25 --json
    """
    with explained_errors(), session() as (_, conn):
        scheme = load_scheme(scheme_file)
        chosen = chosen_communes(conn, communes, province)
        with (
            err.status(f"testing the parcels of {len(chosen):,} commune{'s' if len(chosen) != 1 else ''}"),
            conn.transaction(),
        ):
            assessed = record(conn, [commune.commune_id for commune in chosen], scheme=scheme)
            whole = together(conn, assessed, scheme=scheme)
    pairs = [(commune, assessed[commune.commune_id]) for commune in chosen]
    if wants_json(as_json):
        print_json({"scheme": scheme.scheme, "communes": [_as_document(*pair) for pair in pairs],
                    "together": _document(whole)})  # fmt: skip
        return
    _print_scores(pairs, whole, scheme, lang)
    if len(pairs) == 1:
        _print_reasons(scheme, assessed[chosen[0].commune_id].standing, lang)


@app.command("trend")
def trend(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    as_csv: Annotated[bool, CsvOption] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List the scored days of communes: every day by the present formula, so that days compare.

    Example:  landdb quality trend 99001
    """
    with explained_errors(), session() as (_, conn):
        codes = {commune.commune_id: commune.commune_code for commune in chosen_communes(conn, communes, province)}
        rows = [_day(codes[stored.commune_id], stored) for stored in list_scores(conn, codes)]
    _print_long("Scored days", rows, as_csv=as_csv, as_json=as_json)


@app.command("unmet")
def list_unmet(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    scheme_file: Annotated[Path | None, SchemeOption] = None,
    lang: Annotated[Tongue, LanguageOption] = Tongue.vi,
    as_csv: Annotated[bool, CsvOption] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List what keeps parcels out of the first group: one row per part of the record, field and reason.

    Paths are written as the national system writes them; they hold keys, never a name or a number of a person.

    Example:  landdb quality unmet 99001 --csv > unmet.csv
    """
    with explained_errors(), session() as (_, conn), conn.transaction():
        chosen = [commune.commune_id for commune in chosen_communes(conn, communes, province)]
        found = unmet_fields(conn, chosen, scheme=load_scheme(scheme_file), language=lang.value)
        _print_long("Unmet fields", (asdict(one) for one in found), as_csv=as_csv, as_json=as_json)


@app.command("parcels")
def list_parcels(
    communes: CommunesArgument = None,
    province: ProvinceOption = None,
    scheme_file: Annotated[Path | None, SchemeOption] = None,
    as_csv: Annotated[bool, CsvOption] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List each parcel with its group and the codes of its reasons.

    Example:  landdb quality parcels 99001 --csv > groups.csv
    """
    with explained_errors(), session() as (_, conn), conn.transaction():
        chosen = [commune.commune_id for commune in chosen_communes(conn, communes, province)]
        found = parcel_standings(conn, chosen, scheme=load_scheme(scheme_file))
        _print_long("Parcels by group", (asdict(one) for one in found), as_csv=as_csv, as_json=as_json)


def _day(code: str, stored: StoredScore) -> dict[str, Any]:
    """Give one scored day; groups are there on days on which the campaign was asked about."""
    numbers = Numbers.from_record(stored.numbers)
    groups = (stored.standing or {}).get("groups", {})
    return {
        "commune": code,
        "day": stored.scored_on,
        "score": load_formula().score(numbers).value,
        "parcels": numbers.parcel_count,
        "errors": numbers.count("error"),
        "warnings": numbers.count("warning"),
        "parcels_with_error": numbers.parcels_with_error,
        "groups": " ".join(f"{group}:{count}" for group, count in groups.items()) or None,
    }


def _print_long(title: str, rows: Iterable[Mapping[str, Any]], *, as_csv: bool, as_json: bool) -> None:
    """Print a long list: CSV is streamed, JSON and the table are for what a person asked for."""
    if as_csv:
        count = write_rows_csv(rows, sys.stdout)
        err.print(f"{count:,} rows", highlight=False)
    else:
        print_rows(title, list(rows), as_json=as_json)


def _print_scores(pairs: Sequence[tuple[Commune, Assessment]], whole: Assessment, scheme: Scheme, lang: Tongue) -> None:
    """Print one line per commune, the worst score first, and all of them together: once by faults, once by words."""
    worst_first = sorted(pairs, key=lambda pair: (pair[1].score.value is not None, pair[1].score.value or 0))
    lines = [(commune.commune_code, commune.name, one) for commune, one in worst_first]
    if len(lines) > 1:
        lines.append(("all", "", whole))
    print_table(
        f"Quality (0 to 100, formula {load_formula().version})",
        ("commune", "name", "parcels", "errors", "warnings", "with error", "score"),
        [
            (code, name, n.parcel_count, n.count("error"), n.count("warning"), n.parcels_with_error, one.score.value)
            for code, name, one in lines
            for n in [one.numbers]
        ],
    )
    print_table(
        f"\n{scheme.title[lang.value]} ({scheme.scheme})",
        ("commune", *(f"G{group}" for group in scheme.groups), *(word.label[lang.value] for word in scheme.words)),
        [
            (
                code,
                *(standing.groups[group] for group in scheme.groups),
                *(_percent(standing, word.code) for word in scheme.words),
            )
            for code, _, one in lines
            for standing in [one.standing]
            if standing is not None
        ],
    )


def _percent(standing: Standing, word: str) -> str:
    """Give the share of parcels that meet a word, rounded down: 100 % means every one."""
    if not standing.parcels:
        return ""
    return f"{int(1000 * standing.words[word] / standing.parcels) / 10:g}%"


def _print_reasons(scheme: Scheme, standing: Standing | None, lang: Tongue) -> None:
    known = {reason.code: reason for reason in scheme.reasons}
    rows = [
        (code, known[code].group, count, known[code].text[lang.value])
        for code, count in (standing.reasons if standing else {}).items()
    ]
    print_table("\nWhat stands in the way", ("reason", "group", "parcels", "what"), rows)


def _as_document(commune: Commune, one: Assessment) -> dict[str, Any]:
    return {"commune": commune.commune_code, "name": commune.name, **_document(one)}


def _document(one: Assessment) -> dict[str, Any]:
    return {
        "score": one.score.value,
        "components": [asdict(part) for part in one.score.parts],
        "numbers": one.numbers.to_record(),
        "standing": one.standing and one.standing.to_record(),
    }
