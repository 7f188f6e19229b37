"""Files that came over the network, until they are imported.

Revision: 0025, after 0024, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("upload_id", UUID, primary_key=True),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("commune_codes", ARRAY(sa.Text), comment="where its sender may import; null: everywhere"),
        sa.Column("file_name", sa.Text, nullable=False, comment="as delivered, reduced to harmless characters"),
        sa.Column("file_bytes", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("wanted", JSONB, nullable=False, comment="what the sender says: commune, CRS, columns"),
        sa.Column("understood", JSONB, comment="how the file would be read"),
        sa.Column("problem", JSONB, comment="why it cannot be read or was not stored: code, reason, remedy"),
        sa.Column("seen_rows", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("expected_rows", sa.BigInteger),
        sa.Column("is_cancelled", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("batch_id", sa.Integer, sa.ForeignKey("staging.import_batch.batch_id")),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('RECEIVED', 'READY', 'REFUSED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')",
            name="upload_state_check",
        ),
        schema="staging",
        comment="Files that came over the network: previewed, corrected, imported, or called off",
    )
    op.create_index("upload_actor_idx", "upload", ["actor"], schema="staging")


def downgrade() -> None:
    op.drop_table("upload", schema="staging")
