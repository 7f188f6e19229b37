"""The view registry.holding: the one path from a parcel to its holders, for the rules.

Revision: 0008, after 0007, made 2026-11-25.
"""

from alembic import op

from migrations.versioning import sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sql("holding.sql"))


def downgrade() -> None:
    op.execute("DROP VIEW registry.holding")
