"""Changes that wait for a decision: where four eyes are wanted, the sealed request, who decided what."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from landdb.errors import NotFound
from landdb.store.statements import load
from landdb.store.transactions import State
from landdb.store.vault import Cell, Vault


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that was asked for and is not decided, or was: `request_enc` is None once it is."""

    transaction_id: int
    kind: str
    commune_id: int
    state: State
    actor: str
    valid_from: dt.date
    due_on: dt.date | None
    request_enc: bytes | None


def needs_second(conn: psycopg.Connection, commune_id: int, kind: str) -> bool:
    """Tell whether the office wants another person to approve this kind of change there."""
    values = {"commune_id": commune_id, "kind": kind}
    row = conn.execute(load("decisions")["needs_second"], values).fetchone()
    return bool(row and row[0])


def set_rule(conn: psycopg.Connection, *, commune_id: int | None, kind: str | None, needs_second: bool) -> None:
    """Let changes of that kind (None: all) in that commune (None: every one) need a second person, or not."""
    values = {"commune_id": commune_id, "kind": kind, "needs_second": needs_second}
    conn.execute(load("decisions")["set_rule"], values)


def list_rules(conn: psycopg.Connection) -> list[dict[str, Any]]:
    """Give where four eyes are wanted, the widest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(load("decisions")["list_rules"]).fetchall()


def keep_request(conn: psycopg.Connection, vault: Vault, transaction_id: int, request: str) -> None:
    """Keep the request sealed while it waits: it may name a person who is not on record yet."""
    values = {
        "transaction_id": transaction_id,
        "request_enc": vault.seal(request, cell=_cell(transaction_id)),
    }
    conn.execute(load("decisions")["keep_request"], values)


def get_waiting(conn: psycopg.Connection, transaction_id: int, *, lock: bool) -> Waiting:
    """Give the change that waits, with `lock` so that nobody else decides meanwhile; raises NotFound."""
    statement = load("decisions")["lock_waiting" if lock else "get_waiting"]
    with conn.cursor(row_factory=class_row(Waiting)) as cursor:
        found = cursor.execute(statement, {"transaction_id": transaction_id}).fetchone()
    if found is None:
        raise NotFound(f"there is no transaction {transaction_id}", remedy="list them: landdb register due COMMUNE")
    return found


def open_request(vault: Vault, waiting: Waiting) -> str:
    """Give the request in clear; raises NotFound when the change is decided."""
    request = vault.unseal(waiting.request_enc, cell=_cell(waiting.transaction_id))
    if request is None:
        raise NotFound(f"transaction {waiting.transaction_id} is decided already")
    return request


def decide(
    conn: psycopg.Connection, transaction_id: int, state: State, *, approver: str | None, note: str | None = None
) -> None:
    """Enter a decision; one that ends the matter takes the sealed request away."""
    values = {"transaction_id": transaction_id, "state": state, "approver": approver, "note": note}
    conn.execute(load("decisions")["decide"], values)


def list_due(conn: psycopg.Connection, commune_code: str, *, on: dt.date, within_days: int) -> list[dict[str, Any]]:
    """Give the undecided changes of a commune that are overdue on that day or due soon after, most urgent first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        values = {"commune_code": commune_code, "on": on, "until": on + dt.timedelta(days=within_days)}
        return cursor.execute(load("decisions")["list_due"], values).fetchall()


def _cell(transaction_id: int) -> Cell:
    return ("registry.transaction", transaction_id, "request_enc")
