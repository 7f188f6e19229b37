"""What register commands print: the outcome of a change as tables, or as JSON."""

from typing import Any

from landdb.cli.output import err, out, print_json, print_table

_STYLE = {"error": "bold red", "warning": "yellow", "info": "dim"}


def print_outcome(outcome: dict[str, Any], language: str, *, as_json: bool) -> None:
    """Print areas, numbers, rights and notices, then the result in one line."""
    if as_json:
        print_json(outcome)
        err.print(_verdict(outcome), highlight=False)
        return
    if outcome["areas"]:
        columns = ("number", "before_m2", "after_m2", "legal_before_m2", "legal_after_m2")
        print_table("Areas (m²)", columns, [[row[column] for column in columns] for row in outcome["areas"]])
    if outcome["numbers"]:
        print_table(
            "\nNew numbers",
            ("number", "parcel_code", "from"),
            [(row["number"], row["parcel_code"], ", ".join(row["parents"])) for row in outcome["numbers"]],
        )
    if outcome["rights"]:
        print_table(
            "\nRights",
            ("what", "action", "no", "on"),
            [(row["what"], row["action"], row["identity"], ", ".join(row["on"])) for row in outcome["rights"]],
        )
    for told in outcome["notices"]:
        out.print(f"[{_STYLE[told['severity']]}]{told['code']}[/] ", end="")
        out.print(told["message"][language], markup=False, highlight=False)
    err.print(_verdict(outcome), highlight=False)


def _verdict(outcome: dict[str, Any]) -> str:
    match outcome["result"]:
        case "PREVIEW":
            return "preview: nothing was changed"
        case "REFUSED":
            return f"REFUSED because of {', '.join(outcome['refusing'])}; nothing was changed"
        case "APPROVED":
            return f"APPROVED as transaction {outcome['transaction_id']}"
        case waiting:
            return f"{waiting} as transaction {outcome['transaction_id']}, due {outcome['due_on']}"
