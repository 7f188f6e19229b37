"""How good the data of a commune were, by day.

Revision: 0010, after 0009, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "score",
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("scored_on", sa.Date(), nullable=False, comment="the day in Vietnam; its last score counts"),
        sa.Column("scored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False, comment="version and hash of the formula"),
        sa.Column("score", sa.Float(), nullable=True, comment="0 to 100; null: no parcel to judge"),
        sa.Column(
            "numbers", jsonb, nullable=False, comment="the counts and denominators that the score is computed from"
        ),
        sa.Column("components", jsonb, nullable=False, comment="the points of each component"),
        sa.Column(
            "scheme",
            sa.Text(),
            nullable=True,
            comment="scheme of the campaign's groups and words; null: not asked about",
        ),
        sa.Column("standing", jsonb, nullable=True, comment="parcels by group, word and reason"),
        sa.CheckConstraint("(scheme IS NULL) = (standing IS NULL)", name=op.f("score_scheme_named_check")),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("score_commune_id_fkey")),
        sa.PrimaryKeyConstraint("commune_id", "scored_on", name=op.f("score_pkey")),
        schema="quality",
        comment="How good the data of a commune were, by day",
    )


def downgrade() -> None:
    op.drop_table("score", schema="quality")
