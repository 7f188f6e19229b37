"""Limits, switches and severities of rules that differ from the catalogue, by place."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata

rule_setting = Table(
    "rule_setting",
    metadata,
    Column("setting_id", Integer, Identity(always=True), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), comment="null: not for one commune"),
    Column("province_code", Text, comment="null with commune_id null: everywhere"),
    Column("rule_id", Text, nullable=False),
    Column("is_enabled", Boolean, comment="null: as set more generally"),
    Column("severity", Text, comment="null: as set more generally"),
    Column("limits", JSONB, nullable=False, server_default="{}"),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_at", DateTime(timezone=True), comment="null: in force"),
    CheckConstraint("commune_id IS NULL OR province_code IS NULL", name="one_place"),
    CheckConstraint("length(reason) >= 10", name="reason_given"),
    CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity"),
    Index(
        "rule_setting_in_force_key",
        "commune_id",
        "province_code",
        "rule_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    ),
    schema="quality",
    comment="Limits, switches and severities that differ from the catalogue, by place; ended ones are kept",
)
