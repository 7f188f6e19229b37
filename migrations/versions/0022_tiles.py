"""Tiles as drawn, what small zooms show, and the ground of findings that changed.

Revision: 0022, after 0021, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations.versioning import sql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_FAR_REACHING = "st_xmax(geom::box3d) - st_xmin(geom::box3d) > 200 OR st_ymax(geom::box3d) - st_ymin(geom::box3d) > 200"
_TRIGGERS = (
    ("note_touched", "cadastre.sheet"),
    ("note_changed", "quality.finding"),
    ("note_removed", "quality.finding"),
    ("note_new", "quality.finding"),
)
_FUNCTIONS = (
    "note_sheet()",
    "note_changed_finding()",
    "note_new_findings()",
    "finding_box(geometry, geometry)",
)


def upgrade() -> None:
    _create_rendered_commune()
    _create_rendered_sheet()
    _create_sheet_cover()
    _create_tile()
    for table in ("rendered_sheet", "sheet_cover", "rendered_commune"):
        op.execute(f"ALTER TABLE serving.{table} ALTER geom_3857 SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE serving.tile ALTER body SET STORAGE EXTERNAL")
    op.create_index(
        "finding_far_reaching_idx",
        "finding",
        [sa.literal_column("ST_Transform(ST_Envelope(geom), 4326)")],
        schema="quality",
        postgresql_using="gist",
        postgresql_where=_FAR_REACHING,
    )
    op.drop_index("rendered_parcel_commune_id_idx", table_name="rendered_parcel", schema="serving")
    op.create_index(
        "rendered_parcel_commune_id_sheet_id_idx", "rendered_parcel", ["commune_id", "sheet_id"], schema="serving"
    )
    op.execute(sql("note_findings.sql"))
    # what was rendered before comes due again, now with its sheets
    op.execute("DELETE FROM serving.form")


def _create_rendered_commune() -> None:
    op.create_table(
        "rendered_commune",
        sa.Column("commune_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False, comment="findings that stand and that everyone may see"),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column(
            "geom_3857", Geometry(srid=3857, spatial_index=False), comment="its boundary, else the hull of its sheets"
        ),
        sa.Column("label_3857", Geometry("POINT", srid=3857, spatial_index=False)),
        sa.PrimaryKeyConstraint("commune_id", name=op.f("rendered_commune_pkey")),
        schema="serving",
        comment="Communes as maps show them, with counts",
    )
    op.create_index(
        "rendered_commune_geom_3857_idx", "rendered_commune", ["geom_3857"], schema="serving", postgresql_using="gist"
    )


def _create_rendered_sheet() -> None:
    op.create_table(
        "rendered_sheet",
        sa.Column("sheet_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("sheet_no", sa.Text(), nullable=False),
        sa.Column("scale_denominator", sa.Integer()),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column(
            "fingerprint",
            sa.BigInteger(),
            nullable=False,
            comment="of its parcels and frame: another one is drawn anew",
        ),
        sa.Column(
            "geom_3857", Geometry(srid=3857, spatial_index=False), comment="its frame, else the hull of its parcels"
        ),
        sa.Column("label_3857", Geometry("POINT", srid=3857, spatial_index=False)),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("rendered_sheet_pkey")),
        schema="serving",
        comment="Map sheets as maps show them",
    )
    op.create_index(op.f("rendered_sheet_commune_id_idx"), "rendered_sheet", ["commune_id"], schema="serving")
    op.create_index(
        "rendered_sheet_geom_3857_idx", "rendered_sheet", ["geom_3857"], schema="serving", postgresql_using="gist"
    )


def _create_sheet_cover() -> None:
    op.create_table(
        "sheet_cover",
        sa.Column("sheet_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("land_use_group", sa.Text(), nullable=False, comment="empty: no known use"),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column(
            "geom_3857", Geometry(srid=3857, spatial_index=False), nullable=False, comment="dissolved, within 2 m"
        ),
        sa.PrimaryKeyConstraint("sheet_id", "land_use_group", name=op.f("sheet_cover_pkey")),
        schema="serving",
        comment="What small zooms show instead of parcels that would be dust: the ground of a sheet by land use",
    )
    op.create_index(
        "sheet_cover_geom_3857_idx", "sheet_cover", ["geom_3857"], schema="serving", postgresql_using="gist"
    )


def _create_tile() -> None:
    op.create_table(
        "tile",
        sa.Column("z", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collections", sa.Text(), nullable=False),
        sa.Column(
            "sources", postgresql.ARRAY(sa.Text()), nullable=False, comment="the layers whose changes outdate it"
        ),
        sa.Column(
            "snapshot", sa.Text(), nullable=False, comment="the database as it was drawn from: which changes it has"
        ),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="Mapbox Vector Tile, gzip"),
        sa.Column("omitted", sa.Integer(), nullable=False, comment="features left out because the tile was full"),
        sa.Column("drawn_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("z", "x", "y", "collections", name=op.f("tile_pkey")),
        schema="serving",
        comment="Map tiles as drawn; one counts only while no change has touched its ground that its snapshot has not",
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    for trigger, table in _TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION serving.{function}")
    op.drop_index("finding_far_reaching_idx", table_name="finding", schema="quality")
    op.drop_index("rendered_parcel_commune_id_sheet_id_idx", table_name="rendered_parcel", schema="serving")
    op.create_index("rendered_parcel_commune_id_idx", "rendered_parcel", ["commune_id"], schema="serving")
    for table in ("tile", "rendered_commune", "sheet_cover", "rendered_sheet"):
        op.drop_table(table, schema="serving")
