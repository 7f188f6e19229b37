"""Restrictions on parcels, codes issued and retired, and where four eyes are wanted.

Revision: 0009, after 0008, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import add_change_notes, add_versioning, drop_versioning

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restriction",
        sa.Column("restriction_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("restriction_kind", sa.Text(), nullable=False, comment="MORTGAGE, BLOCK or DISPUTE"),
        sa.Column("rank", sa.SmallInteger(), nullable=True, comment="of a mortgage: 1 is satisfied first"),
        sa.Column("party_id", sa.BigInteger(), nullable=True, comment="the lender"),
        sa.Column("reference", sa.Text(), nullable=False, comment="number of the contract, decision or case"),
        sa.Column(
            "origin_id", sa.BigInteger(), nullable=False, comment="the transaction that laid it, lifted as a whole"
        ),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(rank IS NOT NULL) = (restriction_kind = 'MORTGAGE')", name=op.f("restriction_ranked_check")
        ),
        sa.CheckConstraint("restriction_kind IN ('MORTGAGE', 'BLOCK', 'DISPUTE')", name=op.f("restriction_kind_check")),
        sa.PrimaryKeyConstraint("restriction_id", name=op.f("restriction_pkey")),
        schema="registry",
    )
    op.create_index("restriction_origin_id_idx", "restriction", ["origin_id"], unique=False, schema="registry")
    op.create_index(
        "restriction_parcel_id_rank_key", "restriction", ["parcel_id", "rank"], unique=True, schema="registry"
    )
    op.create_table(
        "restriction_history",
        sa.Column("restriction_id", sa.BigInteger(), nullable=True),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("restriction_kind", sa.Text(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("restriction_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="restriction_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("restriction_history_intervals_check")
        ),
        schema="registry",
    )
    op.create_index(
        "restriction_history_parcel_id_idx", "restriction_history", ["parcel_id"], unique=False, schema="registry"
    )
    op.create_index(
        "restriction_history_restriction_id_idx",
        "restriction_history",
        ["restriction_id"],
        unique=False,
        schema="registry",
    )
    op.create_table(
        "approval_rule",
        sa.Column("approval_rule_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True, comment="null: every commune"),
        sa.Column("kind", sa.Text(), nullable=True, comment="null: every procedure"),
        sa.Column("needs_second", sa.Boolean(), nullable=False, comment="whether another person must approve"),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["admin.commune.commune_id"], name=op.f("approval_rule_commune_id_fkey")
        ),
        sa.PrimaryKeyConstraint("approval_rule_id", name=op.f("approval_rule_pkey")),
        sa.UniqueConstraint(
            "commune_id", "kind", name=op.f("approval_rule_commune_id_kind_key"), postgresql_nulls_not_distinct=True
        ),
        schema="registry",
        comment="Where an office wants four eyes; the most exact row counts: commune and kind, kind, commune, all",
    )
    op.create_table(
        "parcel_code",
        sa.Column("parcel_code", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=True, comment="null: delivered with its code"),
        sa.Column("retired_by", sa.BigInteger(), nullable=True, comment="null: in use"),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["registry.transaction.transaction_id"], name=op.f("parcel_code_issued_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["retired_by"], ["registry.transaction.transaction_id"], name=op.f("parcel_code_retired_by_fkey")
        ),
        sa.PrimaryKeyConstraint("parcel_code", name=op.f("parcel_code_pkey")),
        schema="cadastre",
        comment="Codes that a transaction issued or retired; a code is issued once and never again",
    )
    op.create_table(
        "transaction_parcel",
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["registry.transaction.transaction_id"],
            name=op.f("transaction_parcel_transaction_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("parcel_id", "transaction_id", name=op.f("transaction_parcel_pkey")),
        schema="registry",
        comment="Which parcels a transaction concerns: its subjects, their children, neighbours that took a vertex",
    )
    op.create_index(
        op.f("transaction_parcel_transaction_id_idx"),
        "transaction_parcel",
        ["transaction_id"],
        unique=False,
        schema="registry",
    )
    add_versioning("registry", "restriction")
    add_change_notes("registry", "restriction", "restriction_id")


def downgrade() -> None:
    drop_versioning("registry", "restriction")
    op.drop_index(op.f("transaction_parcel_transaction_id_idx"), table_name="transaction_parcel", schema="registry")
    op.drop_table("transaction_parcel", schema="registry")
    op.drop_table("parcel_code", schema="cadastre")
    op.drop_table("approval_rule", schema="registry")
    op.drop_index("restriction_history_restriction_id_idx", table_name="restriction_history", schema="registry")
    op.drop_index("restriction_history_parcel_id_idx", table_name="restriction_history", schema="registry")
    op.drop_table("restriction_history", schema="registry")
    op.drop_index("restriction_parcel_id_rank_key", table_name="restriction", schema="registry")
    op.drop_index("restriction_origin_id_idx", table_name="restriction", schema="registry")
    op.drop_table("restriction", schema="registry")
