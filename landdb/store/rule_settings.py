"""Limits, switches and severities of rules that differ from the catalogue, by place; the past ones stay on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from landdb.domain.finding import Severity
from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting holds: one commune, one province, or everywhere when neither is given."""

    commune_id: int | None = None
    province_code: str | None = None


@dataclass(frozen=True, slots=True)
class SettingRow:
    """What is set for one rule at one place; None is "as set more generally"."""

    setting_id: int
    commune_id: int | None
    commune_code: str | None
    province_code: str | None
    rule_id: str
    is_enabled: bool | None
    severity: Severity | None
    limits: Mapping[str, float]
    actor: str
    reason: str
    changed_at: datetime

    @property
    def place(self) -> Place:
        """Give where it holds."""
        return Place(self.commune_id, self.province_code)


def list_settings(conn: psycopg.Connection, commune_ids: Sequence[int] | None = None) -> list[SettingRow]:
    """Give the settings in force, the most general first; with `commune_ids` only those that reach one of them."""
    values = {"commune_ids": None if commune_ids is None else list(commune_ids)}
    with conn.cursor(row_factory=class_row(SettingRow)) as cursor:
        return cursor.execute(load("rule_settings")["in_force"], values).fetchall()


def provinces_of(conn: psycopg.Connection, commune_ids: Sequence[int]) -> dict[int, str]:
    """Give the province of each commune."""
    rows = conn.execute(load("rule_settings")["provinces_of"], {"commune_ids": list(commune_ids)})
    return dict(rows.fetchall())


def is_province(conn: psycopg.Connection, province_code: str) -> bool:
    """Tell whether some commune belongs to the province."""
    row = conn.execute(load("rule_settings")["known_province"], {"province_code": province_code}).fetchone()
    return row is not None and bool(row[0])


def replace_setting(
    conn: psycopg.Connection,
    place: Place,
    rule_id: str,
    *,
    is_enabled: bool | None,
    severity: Severity | None,
    limits: Mapping[str, float],
    actor: str,
    reason: str,
) -> None:
    """Put a setting into force at a place, in the caller's transaction; the one before ends and is kept."""
    end_setting(conn, place, rule_id)
    conn.execute(
        load("rule_settings")["insert_setting"],
        {
            "commune_id": place.commune_id,
            "province_code": place.province_code,
            "rule_id": rule_id,
            "is_enabled": is_enabled,
            "severity": severity,
            "limits": Jsonb(dict(limits)),
            "actor": actor,
            "reason": reason,
        },
    )


def end_setting(conn: psycopg.Connection, place: Place, rule_id: str) -> bool:
    """End what is set for a rule at a place, in the caller's transaction; tells whether anything was."""
    values = {"commune_id": place.commune_id, "province_code": place.province_code, "rule_id": rule_id}
    return conn.execute(load("rule_settings")["end_setting"], values).rowcount > 0
