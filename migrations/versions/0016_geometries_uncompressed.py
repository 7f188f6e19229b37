"""Geometries are kept as they are: compressing coordinates wins a few per cent of space and doubles a load's time.

Revision: 0016, after 0015, made 2026-11-25.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TABLES = (
    "admin.commune_boundary",
    "cadastre.parcel",
    "cadastre.parcel_history",
    "cadastre.land_object",
    "cadastre.land_object_history",
)


def upgrade() -> None:
    _store("EXTERNAL")


def downgrade() -> None:
    _store("MAIN")


def _store(way: str) -> None:
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ALTER geom SET STORAGE {way}, ALTER geom_4326 SET STORAGE {way}")
