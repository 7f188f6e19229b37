"""Settings of rules per commune, scans of certificates, and what is wrong with a holder's name.

Revision: 0012, after 0011, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import add_versioned_columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_versioned_columns("party", "party", "party_id", _party_columns)
    for column in _party_columns():
        op.add_column("staged_holding", column, schema="staging")
    _create_rule_setting()
    _create_scan()


def _party_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("name_fault", sa.Text(), nullable=True, comment="reason code when the name is no readable name"),
        sa.Column("birth_index", sa.LargeBinary(), nullable=True, comment="blind index of a birth date with its day"),
    ]


def _create_rule_setting() -> None:
    op.create_table(
        "rule_setting",
        sa.Column("setting_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True, comment="null: not for one commune"),
        sa.Column("province_code", sa.Text(), nullable=True, comment="null with commune_id null: everywhere"),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=True, comment="null: as set more generally"),
        sa.Column("severity", sa.Text(), nullable=True, comment="null: as set more generally"),
        sa.Column("limits", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="null: in force"),
        sa.CheckConstraint("commune_id IS NULL OR province_code IS NULL", name=op.f("rule_setting_one_place_check")),
        sa.CheckConstraint("length(reason) >= 10", name=op.f("rule_setting_reason_given_check")),
        sa.CheckConstraint("severity IN ('error', 'warning', 'info')", name=op.f("rule_setting_severity_check")),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["admin.commune.commune_id"], name=op.f("rule_setting_commune_id_fkey")
        ),
        sa.PrimaryKeyConstraint("setting_id", name=op.f("rule_setting_pkey")),
        schema="quality",
        comment="Limits, switches and severities that differ from the catalogue, by place; ended ones are kept",
    )
    op.create_index(
        "rule_setting_in_force_key",
        "rule_setting",
        ["commune_id", "province_code", "rule_id"],
        unique=True,
        schema="quality",
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )


def _create_scan() -> None:
    op.create_table(
        "scan",
        sa.Column("scan_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True, comment="read from the file name; null: it names none"),
        sa.Column("scan_kind", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False, comment="it carries a signature; nobody verified it"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("scan_kind IN ('CERTIFICATE', 'PAPERS', 'OTHER')", name=op.f("scan_kind_check")),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("scan_commune_id_fkey")),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("scan_pkey")),
        sa.UniqueConstraint("commune_id", "file_name", name=op.f("scan_commune_id_file_name_key")),
        schema="registry",
        comment="Scanned papers that were noted for a commune; the files themselves lie elsewhere",
    )
    op.create_index("scan_serial_idx", "scan", ["serial"], schema="registry")


def downgrade() -> None:
    op.drop_table("scan", schema="registry")
    op.drop_table("rule_setting", schema="quality")
    for name in ("birth_index", "name_fault"):
        op.drop_column("staged_holding", name, schema="staging")
        for table in ("party", "party_history"):
            op.drop_column(table, name, schema="party")
