"""What the search box needs: communes by alike names, sheets by number and by zone.

Revision: 0021, after 0020, made 2026-11-26.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_index(
        "commune_name_trigrams_idx",
        "commune",
        ["name_folded"],
        schema="admin",
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    )
    op.create_index("sheet_sheet_no_idx", "sheet", ["sheet_no"], schema="cadastre")
    op.create_index("sheet_srid_idx", "sheet", ["srid"], schema="cadastre")


def downgrade() -> None:
    op.drop_index("sheet_srid_idx", "sheet", schema="cadastre")
    op.drop_index("sheet_sheet_no_idx", "sheet", schema="cadastre")
    op.drop_index("commune_name_trigrams_idx", "commune", schema="admin")
