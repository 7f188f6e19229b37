"""Extracts that were issued, by their code.

Revision: 0023, after 0022, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "extract",
        sa.Column("extract_code", sa.Text, primary_key=True, comment="printed on the paper; 60 random bits"),
        sa.Column("parcel_id", sa.BigInteger, nullable=False),
        sa.Column(
            "state_tag", sa.Text, comment="of all that was registered at the parcel then; null: it was gone already"
        ),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("valid_at", sa.Date, nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True)),
        sa.Column("content_hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the signed facts"),
        sa.Column("key_id", sa.Text, nullable=False, comment="which key signed them"),
        sa.Column("issued_for_role", sa.Text, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        schema="registry",
        comment="Extracts that were issued; what was printed stands on the paper alone",
    )
    op.create_index("extract_parcel_id_idx", "extract", ["parcel_id"], schema="registry")


def downgrade() -> None:
    op.drop_table("extract", schema="registry")
