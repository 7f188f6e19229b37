"""Which key file a database belongs to.

Revision: 0006, after 0005, made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealing_key",
        sa.Column("is_only", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("is_only", name=op.f("sealing_key_one_row_check")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("sealing_key_pkey")),
        schema="party",
        comment="Which key file this database belongs to, so that a lost one is never replaced in silence",
    )
    # Whoever has people already has the key that sealed them.
    op.execute("INSERT INTO party.sealing_key (key_id) SELECT key_id FROM party.party LIMIT 1")


def downgrade() -> None:
    op.drop_table("sealing_key", schema="party")
