"""Runs over many communes that can go on where they were broken off; parcels without ground found at once.

Revision: 0017, after 0016, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweep",
        sa.Column("sweep_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_ids", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("rules", postgresql.ARRAY(sa.Text()), nullable=True, comment="the rules asked for; null: all"),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: it runs, or was broken off and can go on",
        ),
        sa.PrimaryKeyConstraint("sweep_id", name=op.f("sweep_pkey")),
        schema="quality",
        comment="A run over many communes",
    )
    op.create_table(
        "sweep_commune",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["admin.commune.commune_id"], name=op.f("sweep_commune_commune_id_fkey")
        ),
        sa.ForeignKeyConstraint(["sweep_id"], ["quality.sweep.sweep_id"], name=op.f("sweep_commune_sweep_id_fkey")),
        sa.PrimaryKeyConstraint("sweep_id", "commune_id", name=op.f("sweep_commune_pkey")),
        schema="quality",
        comment="The communes that a sweep has judged",
    )
    op.create_index(
        "parcel_unusable_idx",
        "parcel",
        ["commune_id"],
        schema="cadastre",
        postgresql_where=sa.text("geom IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("parcel_unusable_idx", table_name="parcel", schema="cadastre")
    op.drop_table("sweep_commune", schema="quality")
    op.drop_table("sweep", schema="quality")
