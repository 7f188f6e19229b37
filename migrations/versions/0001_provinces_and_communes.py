"""Provinces and communes, and the functions that keep history.

Revision: 0001, after , made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations.versioning import sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(sql("vn2000_zones.sql"))
    op.execute("CREATE SCHEMA admin")
    op.create_table(
        "commune",
        sa.Column("commune_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded", sa.Text(), nullable=False, comment="lower case, no accents: for finding, never for equality"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district_name", sa.Text(), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True, comment="a point of the commune, degrees WGS84"),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("area_km2", sa.Float(), nullable=True),
        sa.Column(
            "is_local", sa.Boolean(), server_default="false", nullable=False, comment="added by hand, not in the list"
        ),
        postgresql.ExcludeConstraint(
            (sa.column("commune_code"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="commune_code_excl",
        ),
        sa.PrimaryKeyConstraint("commune_id", name=op.f("commune_pkey")),
        schema="admin",
        comment="Communes; the same code before and after 1 July 2025 denotes two territories, thus two rows",
    )
    op.create_index("commune_name_folded_idx", "commune", ["name_folded"], unique=False, schema="admin")
    op.create_index("commune_province_code_idx", "commune", ["province_code"], unique=False, schema="admin")
    op.create_table(
        "province",
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("province_code", "valid_from", name=op.f("province_pkey")),
        schema="admin",
        comment="Provinces; a code may denote another territory after a merger, hence the validity",
    )
    op.create_geospatial_table(
        "commune_boundary",
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False),
            nullable=False,
            comment="as delivered, metres",
        ),
        sa.Column(
            "geom_4326",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["admin.commune.commune_id"], name=op.f("commune_boundary_commune_id_fkey")
        ),
        sa.PrimaryKeyConstraint("commune_id", name=op.f("commune_boundary_pkey")),
        schema="admin",
    )
    op.create_geospatial_index(
        "commune_boundary_geom_4326_idx",
        "commune_boundary",
        ["geom_4326"],
        unique=False,
        schema="admin",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "commune_succession",
        sa.Column("old_commune_id", sa.Integer(), nullable=False),
        sa.Column("new_commune_id", sa.Integer(), nullable=False),
        sa.Column("is_divided", sa.Boolean(), nullable=False, comment="the old commune went to several new ones"),
        sa.ForeignKeyConstraint(
            ["new_commune_id"], ["admin.commune.commune_id"], name=op.f("commune_succession_new_commune_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["old_commune_id"], ["admin.commune.commune_id"], name=op.f("commune_succession_old_commune_id_fkey")
        ),
        sa.PrimaryKeyConstraint("old_commune_id", "new_commune_id", name=op.f("commune_succession_pkey")),
        schema="admin",
        comment="Old commune → new commune, many to many",
    )
    op.create_index(
        op.f("commune_succession_new_commune_id_idx"),
        "commune_succession",
        ["new_commune_id"],
        unique=False,
        schema="admin",
    )
    op.execute(sql("keep_version.sql"))
    op.create_table_comment(
        "commune_boundary", "The boundary that parcels are checked against, as last delivered", schema="admin"
    )


def downgrade() -> None:
    op.drop_index(op.f("commune_succession_new_commune_id_idx"), table_name="commune_succession", schema="admin")
    op.drop_table("commune_succession", schema="admin")
    op.drop_geospatial_index(
        "commune_boundary_geom_4326_idx",
        table_name="commune_boundary",
        schema="admin",
        postgresql_using="gist",
        column_name="geom_4326",
    )
    op.drop_geospatial_table("commune_boundary", schema="admin")
    op.drop_table("province", schema="admin")
    op.drop_index("commune_province_code_idx", table_name="commune", schema="admin")
    op.drop_index("commune_name_folded_idx", table_name="commune", schema="admin")
    op.drop_table("commune", schema="admin")
    op.execute("DROP FUNCTION admin.keep_version(), admin.refuse_change()")
    op.execute("DROP SCHEMA admin")
