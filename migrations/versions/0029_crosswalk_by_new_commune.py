"""Old numbers of sheets are found from where they lie today: the old commune may stand in no list but the crosswalk.

Revision: 0029, after 0028, made 2026-11-26.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_INDEX = "sheet_crosswalk_new_idx"


def upgrade() -> None:
    op.create_index(_INDEX, "sheet_crosswalk", ["commune_code", "old_sheet_no"], schema="cadastre")


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="sheet_crosswalk", schema="cadastre")
