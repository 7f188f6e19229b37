"""Parcels as maps and lists show them, made ahead; what changes notes its ground, so that nothing old passes for new.

Revision: 0019, after 0018, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from migrations.versioning import sql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WATCHED = ("cadastre.parcel", "cadastre.land_object", "admin.commune_boundary")


def upgrade() -> None:
    op.execute("CREATE SCHEMA serving")
    _create_rendered_parcel()
    _create_touched()
    op.create_table(
        "form",
        sa.Column("is_only", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("form", sa.Text(), nullable=False, comment="hash of the statement that rendered the rows"),
        sa.CheckConstraint("is_only", name=op.f("form_one_row_check")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("form_pkey")),
        schema="serving",
        comment="How the rendered rows were made: a program that renders otherwise makes them anew",
    )
    op.execute(sql("note_touched.sql"))


def _create_rendered_parcel() -> None:
    op.create_table(
        "rendered_parcel",
        sa.Column("parcel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="of the parcel as rendered; another version is rendered anew",
        ),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("sheet_no", sa.Text(), nullable=False),
        sa.Column("parcel_no", sa.Text(), nullable=False),
        sa.Column("land_use_code", sa.Text(), comment="the first of the uses on the map"),
        sa.Column("area_m2", sa.Float(), comment="computed, in the sheet's own zone"),
        sa.Column(
            "geom_3857", Geometry(srid=3857, spatial_index=False), comment="on a grid of 1 cm; null without ground"
        ),
        sa.Column(
            "label_3857", Geometry("POINT", srid=3857, spatial_index=False), comment="well inside, for the number"
        ),
        sa.Column(
            "feature",
            sa.Text(),
            nullable=False,
            comment="the GeoJSON feature that everyone may see, CRS84, 7 decimals",
        ),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("rendered_parcel_pkey")),
        schema="serving",
        comment="Parcels as maps and lists show them; a row counts only while its version is the parcel's",
    )
    op.create_index("rendered_parcel_commune_id_idx", "rendered_parcel", ["commune_id"], schema="serving")
    op.create_index(
        "rendered_parcel_geom_3857_idx", "rendered_parcel", ["geom_3857"], schema="serving", postgresql_using="gist"
    )
    op.execute("ALTER TABLE serving.rendered_parcel ALTER geom_3857 SET STORAGE EXTERNAL")


def _create_touched() -> None:
    op.create_table(
        "touched",
        sa.Column("touch_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
            comment="the database transaction that changed it",
        ),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False, comment="whose map layer is not any more as it was"),
        sa.Column("commune_id", sa.Integer(), comment="null: the layer has nothing rendered by commune"),
        sa.Column("west", sa.Float(), comment="the ground that it took or takes now, degrees WGS84; null: none"),
        sa.Column("south", sa.Float()),
        sa.Column("east", sa.Float()),
        sa.Column("north", sa.Float()),
        sa.Column(
            "is_rendered",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="the rendered forms have it",
        ),
        sa.CheckConstraint(
            "layer IN ('parcels', 'land-objects', 'sheets', 'communes', 'findings')", name=op.f("touched_layer_check")
        ),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("touched_pkey")),
        schema="serving",
        comment="Ground that changed, noted by the change itself: what was drawn of it before does not hold",
    )
    op.create_index("touched_xid_idx", "touched", ["xid"], schema="serving")
    op.create_index(
        "touched_due_idx", "touched", ["commune_id"], schema="serving", postgresql_where=sa.text("NOT is_rendered")
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER note_entered ON cadastre.land_object")
    for table in _WATCHED:
        op.execute(f"DROP TRIGGER note_touched ON {table}")
    op.execute("DROP FUNCTION serving.note_touched()")
    op.execute("DROP FUNCTION serving.note_area(text, integer, geometry)")
    for table in ("form", "touched", "rendered_parcel"):
        op.drop_table(table, schema="serving")
    op.execute("DROP SCHEMA serving")
