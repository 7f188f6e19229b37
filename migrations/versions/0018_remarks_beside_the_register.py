"""What deliveries say of a holder's parcel that the register has no place for, kept sealed.

Revision: 0018, after 0017, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ABOUT = ("has_present_user", "has_change_reason", "has_assets")


def upgrade() -> None:
    op.create_table(
        "remark",
        sa.Column("remark_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("baunit_id", sa.BigInteger(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("has_present_user", sa.Boolean(), nullable=False, comment="it names who uses the land now"),
        sa.Column("has_change_reason", sa.Boolean(), nullable=False),
        sa.Column("has_assets", sa.Boolean(), nullable=False, comment="it describes what stands on the land"),
        sa.Column(
            "remark_index", sa.LargeBinary(), nullable=False, comment="blind index: tells whether it says the same"
        ),
        sa.Column(
            "remark_enc", sa.LargeBinary(), nullable=False, comment="JSON by field, sealed: it may name a person"
        ),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["baunit_id"], ["registry.baunit.baunit_id"], name=op.f("remark_baunit_id_fkey")),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("remark_pkey")),
        sa.UniqueConstraint("baunit_id", "parcel_id", "party_id", name=op.f("remark_baunit_id_parcel_id_party_id_key")),
        schema="registry",
        comment="What deliveries say of a holder's parcel that the register has no place for",
    )
    op.create_index(op.f("remark_batch_id_idx"), "remark", ["batch_id"], schema="registry")
    for name in ("remark_index", "remark_enc"):
        op.add_column("staged_holding", sa.Column(name, sa.LargeBinary()), schema="staging")
    for name in _ABOUT:
        op.add_column(
            "staged_holding", sa.Column(name, sa.Boolean(), server_default="false", nullable=False), schema="staging"
        )


def downgrade() -> None:
    for name in ("remark_index", "remark_enc", *_ABOUT):
        op.drop_column("staged_holding", name, schema="staging")
    op.drop_index(op.f("remark_batch_id_idx"), "remark", schema="registry")
    op.drop_table("remark", schema="registry")
