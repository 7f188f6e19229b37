"""The change feed, its epoch and its webhooks.

Revision: 0014, after 0013, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA feed")
    op.create_table(
        "epoch",
        sa.Column("is_only", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("epoch", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("epoch_one_row_check")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("epoch_pkey")),
        schema="feed",
        comment="Part of every cursor: a restored database counts xids anew, so its feed is another feed",
    )
    op.create_table(
        "webhook",
        sa.Column("webhook_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_enc", sa.LargeBinary(), nullable=False),
        sa.Column("commune_codes", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: every commune"),
        sa.Column("after_xid", sa.BigInteger(), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row; 0 after a success"),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_fault", sa.Text(), nullable=True, comment="status or kind of error of the last failure"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("webhook_pkey")),
        schema="feed",
        comment="Subscribers that are told instead of asking; the position moves only when they confirm",
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
            comment="the database transaction: readers stop before the oldest that still runs",
        ),
        sa.Column(
            "commune_ids",
            postgresql.ARRAY(sa.Integer()),
            nullable=False,
            comment="whose ground or rights it concerns",
        ),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="a CloudEvent: ids, versions, fields, lineage; no personal data",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("event_pkey")),
        schema="feed",
        comment="Written in the transaction of the change itself, so that it is there exactly when the change is",
    )
    op.create_index("event_xid_seq_key", "event", ["xid", "seq"], unique=True, schema="feed")
    op.execute("INSERT INTO feed.epoch DEFAULT VALUES")


def downgrade() -> None:
    op.drop_index("event_xid_seq_key", table_name="event", schema="feed")
    op.drop_table("event", schema="feed")
    op.drop_table("webhook", schema="feed")
    op.drop_table("epoch", schema="feed")
    op.execute("DROP SCHEMA feed")
