"""Legal changes as transactions, what each changed, and the lineage of parcels.

Revision: 0007, after 0006, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import add_change_notes, drop_change_notes, sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOTED = (
    ("cadastre", "parcel", "parcel_id"),
    ("cadastre", "land_object", "land_object_id"),
    ("cadastre", "land_use", "land_use_id"),
    ("party", "party", "party_id"),
    ("registry", "baunit_parcel", "baunit_parcel_id"),
    ("registry", "certificate", "certificate_id"),
    ("registry", "rrr", "rrr_id"),
    ("registry", "share", "share_id"),
)


def upgrade() -> None:
    op.create_table(
        "transaction",
        sa.Column("transaction_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="which procedure, such as split, transfer or repair"),
        sa.Column(
            "change_code",
            sa.Text(),
            nullable=True,
            comment="legal change code of the list change_kind; null: none applies",
        ),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True, comment="the document that the change rests on"),
        sa.Column("actor", sa.Text(), nullable=False, comment="the clerk"),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="from when the change is true in law"),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True, comment="when it was approved or rejected"),
        sa.Column("due_on", sa.Date(), nullable=True, comment="the last day of the procedure's working days"),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column(
            "request_index",
            sa.LargeBinary(),
            nullable=True,
            comment="keyed hash of the request: one key, one request",
        ),
        sa.Column(
            "request_enc",
            sa.LargeBinary(),
            nullable=True,
            comment="the request, sealed, while it waits for a decision",
        ),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="ids, numbers, areas; no personal data",
        ),
        sa.CheckConstraint(
            "(decided_at IS NOT NULL) = (state IN ('APPROVED', 'REJECTED'))", name=op.f("transaction_decided_check")
        ),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'SUBMITTED', 'NEEDS_SUPPLEMENT', 'APPROVED', 'REJECTED')",
            name=op.f("transaction_state_check"),
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("transaction_commune_id_fkey")),
        sa.ForeignKeyConstraint(["source_id"], ["registry.source.source_id"], name=op.f("transaction_source_id_fkey")),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("transaction_pkey")),
        sa.UniqueConstraint("idempotency_key", name=op.f("transaction_idempotency_key_key")),
        schema="registry",
        comment="One legal change each: who, when, why, under which document; effects exist once it is APPROVED",
    )
    op.create_index("transaction_commune_id_state_idx", "transaction", ["commune_id", "state"], schema="registry")
    _create_changes()
    _create_lineage()
    op.execute(sql("keep_version.sql"))
    op.execute(sql("note_change.sql"))
    for schema, name, key in NOTED:
        add_change_notes(schema, name, key)


def _create_changes() -> None:
    op.create_table(
        "transaction_change",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False, comment="the versioned table"),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column(
            "fields",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="names of the columns that differ from the version before",
        ),
        sa.CheckConstraint("action IN ('created', 'changed', 'ended')", name=op.f("transaction_change_action_check")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["registry.transaction.transaction_id"],
            name=op.f("transaction_change_transaction_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("transaction_change_pkey")),
        schema="registry",
        comment="Which versions a transaction made or ended; written by the trigger note_change, never by hand",
    )
    op.create_index(
        op.f("transaction_change_transaction_id_idx"), "transaction_change", ["transaction_id"], schema="registry"
    )
    op.create_index(
        "transaction_change_noun_object_id_version_idx",
        "transaction_change",
        ["noun", "object_id", "version"],
        schema="registry",
    )


def _create_lineage() -> None:
    op.create_table(
        "parcel_lineage",
        sa.Column("parent_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("child_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="split, merge, or another procedure that ends and begets parcels",
        ),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("parcel_lineage_not_itself_check")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["registry.transaction.transaction_id"],
            name=op.f("parcel_lineage_transaction_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("parent_id", "child_id", "transaction_id", name=op.f("parcel_lineage_pkey")),
        schema="cadastre",
        comment="Which parcel came from which; many to many",
    )
    for column in ("child_id", "transaction_id"):
        op.create_index(op.f(f"parcel_lineage_{column}_idx"), "parcel_lineage", [column], schema="cadastre")


def downgrade() -> None:
    for schema, name, _ in NOTED:
        drop_change_notes(schema, name)
    op.execute("DROP FUNCTION registry.note_change()")
    op.drop_table("parcel_lineage", schema="cadastre")
    op.drop_table("transaction_change", schema="registry")
    op.drop_table("transaction", schema="registry")
