"""A land object that a commune's map shows twice to the letter is one object.

Revision: 0015, after 0014, made 2026-11-25.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("land_object_commune_id_idx", table_name="land_object", schema="cadastre")
    op.create_unique_constraint(
        op.f("land_object_commune_id_delivered_hash_key"),
        "land_object",
        ["commune_id", "delivered_hash"],
        schema="cadastre",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("land_object_commune_id_delivered_hash_key"), "land_object", schema="cadastre")
    op.create_index("land_object_commune_id_idx", "land_object", ["commune_id", "delivered_hash"], schema="cadastre")
