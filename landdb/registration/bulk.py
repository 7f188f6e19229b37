"""Many changes from one table: each row is a change of its own, previewed as a whole, made row by row or all or none.

Headings name fields of a change by their path, such as ``parcel``, ``document.reference`` or ``terms.value``; a cell of
``terms.moves`` or another list holds JSON. Rows are numbered as the spreadsheet shows them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from landdb.errors import InvalidValue, LanddbError
from landdb.registration.door import register
from landdb.registration.parsing import FindParcel, parse_change
from landdb.registration.terms import Clerk
from landdb.store.vault import Vault

MOST_ROWS: Final = 5_000
#: Fields whose cells are numbers by nature; any other cell is a text, as papers write it.
_NUMBERS: Final = frozenset(
    ("area_m2", "value", "distance_m", "edge", "ordinal", "transaction_id", "parcel_id", "party_id", "from", "rrr_id",
     "certificate_id")
)  # fmt: skip
_PARCEL_FIELDS: Final = ("commune", "sheet", "parcel", "parcel_id", "tag")


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row: the outcome of its change, or the fault that kept it from being one."""

    row_no: int
    result: str
    transaction_id: int | None = None
    numbers: str = ""
    codes: str = ""
    message_vi: str = ""
    message_en: str = ""

    @property
    def is_good(self) -> bool:
        """Tell whether the change was made, submitted, or could be."""
        return self.result in {"APPROVED", "SUBMITTED", "PREVIEW"}


def register_rows(
    conn: psycopg.Connection,
    vault: Vault,
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    clerk: Clerk,
    *,
    find_parcel: FindParcel,
    dry_run: bool = False,
    all_or_none: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[RowResult]:
    """Make the change of each row in the caller's transaction, each atomic by itself; gives what became of each.

    A row sees what the rows before it did, in a preview too. With `all_or_none` one bad row takes all back, and so
    does `dry_run`.
    """
    results: list[RowResult] = []
    with conn.transaction() as whole:
        for row_no, row in rows:
            results.append(_one(conn, vault, row_no, row, clerk, find_parcel))
            if progress is not None:
                progress(len(results))
        if dry_run or (all_or_none and not all(result.is_good for result in results)):
            raise psycopg.Rollback(whole)
    if dry_run or (all_or_none and not all(result.is_good for result in results)):
        return [_taken_back(result, dry_run=dry_run) for result in results]
    return results


def to_request(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give the change that a row asks for: cells by the path that their heading names; empty cells say nothing."""
    request: dict[str, Any] = {}
    parcel: dict[str, Any] = {}
    for heading, cell in row.items():
        value = _value(heading, cell)
        if value is None:
            continue
        name = heading.strip()
        if name in _PARCEL_FIELDS:
            parcel[name] = value
        elif name == "acknowledge":
            request[name] = [code.strip() for code in str(value).split(",")]
        else:
            _place(request, name.split("."), value)
    if parcel:
        numbers = str(parcel.get("parcel", "")).split(",") if "parcel" in parcel else [None]
        request["parcels"] = [parcel if number is None else {**parcel, "parcel": number.strip()} for number in numbers]
    return request


def _one(
    conn: psycopg.Connection, vault: Vault, row_no: int, row: Mapping[str, Any], clerk: Clerk, find: FindParcel
) -> RowResult:
    try:
        with conn.transaction():
            outcome = register(conn, vault, parse_change(to_request(row), find_parcel=find), clerk)
    except LanddbError as error:
        code = error.reason if isinstance(error, InvalidValue) else type(error).__name__
        told = f"{error.message}; {error.remedy}" if error.remedy else error.message
        return RowResult(row_no, "INVALID", codes=code, message_vi=told, message_en=told)
    against = [told for told in outcome["notices"] if told["code"] in outcome["refusing"]] or outcome["notices"]
    return RowResult(
        row_no,
        outcome["result"],
        outcome["transaction_id"],
        ", ".join(row["number"] for row in outcome["numbers"]),
        ", ".join(outcome["refusing"]),
        " ".join(told["message"]["vi"] for told in against),
        " ".join(told["message"]["en"] for told in against),
    )


def _taken_back(result: RowResult, *, dry_run: bool) -> RowResult:
    """Give what a row says after everything was taken back."""
    if not result.is_good:
        return result
    told = "PREVIEW" if dry_run else "TAKEN_BACK"
    return RowResult(result.row_no, told, None, result.numbers, "", result.message_vi, result.message_en)


def _value(heading: str, cell: Any) -> Any:
    """Give the cell as the field wants it: numbers as such, lists and objects from JSON, everything else as text."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    name = heading.strip().rpartition(".")[2]
    if isinstance(cell, str) and cell.strip()[0] in "[{":
        try:
            return json.loads(cell)
        except ValueError as error:
            raise InvalidValue(heading, "NOT_JSON", remedy='such as [{"party": {"party_id": 7}}]') from error
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if name not in _NUMBERS:
        return str(cell)
    return cell if isinstance(cell, int | float) else _number(cell)


def _number(text: str) -> Any:
    """Give the number that a text writes with either decimal sign; a text that writes none stays as it is."""
    plain = text.strip().replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return text.strip()
    return int(number) if number.is_integer() and "." not in plain else number


def _place(request: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        below = request.setdefault(name, {})
        if not isinstance(below, dict):
            raise InvalidValue(".".join(path), "NAMED_TWICE", remedy="give a field once")
        request = below
    request[path[-1]] = value


def rows_of(lines: Iterable[tuple[int, list[Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the rows under their headings, the first filled line; raises InvalidValue for too many rows or none."""
    headings: list[str] | None = None
    count = 0
    for row_no, cells in lines:
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        if headings is None:
            headings = [str(cell or "").strip() for cell in cells]
            if "kind" not in headings:
                raise InvalidValue("file", "NO_KIND_COLUMN", remedy="the first row names the fields; one is `kind`")
            continue
        count += 1
        if count > MOST_ROWS:
            raise InvalidValue("file", "TOO_MANY_ROWS", remedy=f"at most {MOST_ROWS} rows in one file")
        yield row_no, {heading: cell for heading, cell in zip(headings, cells, strict=False) if heading}
    if headings is None:
        raise InvalidValue("file", "EMPTY", remedy="the first row names the fields")
