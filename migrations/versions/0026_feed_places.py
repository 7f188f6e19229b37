"""The feed goes on after a restore: new events stand after those that the backup had.

Revision: 0026, after 0025, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BEFORE = "the database transaction: readers stop before the oldest that still runs"
_AFTER = "the database transaction, with the epoch's offset: readers stop before the oldest that still runs"
_PLACE = """
CREATE FUNCTION feed.place() RETURNS bigint LANGUAGE sql STABLE
SET search_path = pg_catalog AS $$
    SELECT pg_current_xact_id()::text::bigint + e.xid_offset FROM feed.epoch AS e
$$
"""


def upgrade() -> None:
    op.add_column(
        "epoch",
        sa.Column(
            "xid_offset",
            sa.BigInteger,
            nullable=False,
            server_default="0",
            comment="added to this server's transaction numbers: a restored database begins them anew",
        ),
        schema="feed",
    )
    op.execute(_PLACE)
    op.alter_column(
        "event",
        "xid",
        server_default=sa.text("feed.place()"),
        comment=_AFTER,
        existing_comment=_BEFORE,
        schema="feed",
    )


def downgrade() -> None:
    op.alter_column(
        "event",
        "xid",
        server_default=sa.text("pg_current_xact_id()::text::bigint"),
        comment=_BEFORE,
        existing_comment=_AFTER,
        schema="feed",
    )
    op.execute("DROP FUNCTION feed.place()")
    op.drop_column("epoch", "xid_offset", schema="feed")
