"""Map sheets, parcels, land-occupying objects, land uses.

Revision: 0002, after 0001, made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations.versioning import add_versioning, drop_versioning

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSIONED = (("cadastre", "parcel"), ("cadastre", "land_object"), ("cadastre", "land_use"))


def upgrade() -> None:
    op.execute("CREATE SCHEMA cadastre")
    op.create_geospatial_table(
        "land_object",
        sa.Column("land_object_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("computed_area_m2", sa.Float(), nullable=False),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False),
            nullable=False,
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
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("land_object_id", name=op.f("land_object_pkey")),
        schema="cadastre",
    )
    op.create_index(
        "land_object_commune_id_idx", "land_object", ["commune_id", "delivered_hash"], unique=False, schema="cadastre"
    )
    op.create_geospatial_index(
        "land_object_geom_4326_idx",
        "land_object",
        ["geom_4326"],
        unique=False,
        schema="cadastre",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_table(
        "land_object_history",
        sa.Column("land_object_id", sa.BigInteger(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("computed_area_m2", sa.Float(), nullable=True),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "geom_4326",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("land_object_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="land_object_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("land_object_history_intervals_check")
        ),
        schema="cadastre",
    )
    op.create_table(
        "land_use",
        sa.Column("land_use_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("land_use_code", sa.Text(), nullable=True, comment="null: the text could not be read as a code"),
        sa.Column("land_use_raw", sa.Text(), nullable=False),
        sa.Column("land_use_fault", sa.Text(), nullable=True, comment="reason code when the code is not one in force"),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("use_form", sa.Text(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("land_use_id", name=op.f("land_use_pkey")),
        schema="cadastre",
    )
    op.create_index("land_use_parcel_id_idx", "land_use", ["parcel_id"], unique=False, schema="cadastre")
    op.create_table(
        "land_use_history",
        sa.Column("land_use_id", sa.BigInteger(), nullable=True),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("ordinal", sa.SmallInteger(), nullable=True),
        sa.Column("land_use_code", sa.Text(), nullable=True),
        sa.Column("land_use_raw", sa.Text(), nullable=True),
        sa.Column("land_use_fault", sa.Text(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("use_form", sa.Text(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("land_use_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="land_use_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("land_use_history_intervals_check")
        ),
        schema="cadastre",
    )
    op.create_index(
        "land_use_history_parcel_id_idx", "land_use_history", ["parcel_id"], unique=False, schema="cadastre"
    )
    op.create_geospatial_table(
        "parcel_history",
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("parcel_no", sa.Text(), nullable=True),
        sa.Column("parcel_code", sa.Text(), nullable=True),
        sa.Column("old_sheet_no", sa.Text(), nullable=True),
        sa.Column("old_parcel_no", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("land_use_label", sa.Text(), nullable=True),
        sa.Column("land_use_codes", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("land_use_fault", sa.Text(), nullable=True),
        sa.Column("registered_area_m2", sa.Float(), nullable=True),
        sa.Column("legal_area_m2", sa.Float(), nullable=True),
        sa.Column("computed_area_m2", sa.Float(), nullable=True),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "geom_4326",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("geom_fault", sa.Text(), nullable=True),
        sa.Column("geom_delivered", sa.LargeBinary(), nullable=True),
        sa.Column(
            "fault_point_4326",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("source_row", sa.BigInteger(), nullable=True),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("parcel_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="parcel_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("parcel_history_intervals_check")
        ),
        schema="cadastre",
    )
    op.create_index(
        "parcel_history_parcel_code_idx", "parcel_history", ["parcel_code"], unique=False, schema="cadastre"
    )
    op.create_index("parcel_history_sheet_id_idx", "parcel_history", ["sheet_id"], unique=False, schema="cadastre")
    op.create_table(
        "sheet_crosswalk",
        sa.Column("crosswalk_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("old_commune_code", sa.Text(), nullable=False),
        sa.Column("old_sheet_no", sa.Text(), nullable=False),
        sa.Column("old_parcel_no", sa.Text(), nullable=True, comment="null: the whole sheet"),
        sa.Column("scale_denominator", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("sheet_no", sa.Text(), nullable=False),
        sa.Column("parcel_no", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("crosswalk_id", name=op.f("sheet_crosswalk_pkey")),
        sa.UniqueConstraint("delivered_hash", name=op.f("sheet_crosswalk_delivered_hash_key")),
        schema="cadastre",
        comment="Old sheet numbers → present ones; not a function: a lookup may be ambiguous",
    )
    op.create_index(
        "sheet_crosswalk_old_idx",
        "sheet_crosswalk",
        ["old_commune_code", "old_sheet_no"],
        unique=False,
        schema="cadastre",
    )
    op.create_geospatial_table(
        "sheet",
        sa.Column("sheet_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("sheet_no", sa.Text(), nullable=False),
        sa.Column("scale_denominator", sa.Integer(), nullable=True),
        sa.Column(
            "srid",
            sa.Integer(),
            nullable=False,
            comment="the legal CRS of this sheet; one province can hold three zones",
        ),
        sa.Column(
            "frame",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
            comment="the sheet's frame in its own CRS",
        ),
        sa.Column(
            "frame_4326",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "is_listed", sa.SmallInteger(), server_default="0", nullable=False, comment="1 when delivered as a sheet"
        ),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("sheet_commune_id_fkey")),
        sa.PrimaryKeyConstraint("sheet_id", name=op.f("sheet_pkey")),
        sa.UniqueConstraint("commune_id", "sheet_no", name=op.f("sheet_commune_id_sheet_no_key")),
        schema="cadastre",
    )
    op.create_geospatial_table(
        "parcel",
        sa.Column("parcel_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("parcel_no", sa.Text(), nullable=False),
        sa.Column(
            "parcel_code", sa.Text(), nullable=True, comment="national 12-character code as assigned; never recomputed"
        ),
        sa.Column("old_sheet_no", sa.Text(), nullable=True),
        sa.Column("old_parcel_no", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "land_use_label",
            sa.Text(),
            nullable=True,
            comment="the use as written on the map; rights have uses of their own",
        ),
        sa.Column(
            "land_use_codes",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="what the label says; null: it names no known use",
        ),
        sa.Column("land_use_fault", sa.Text(), nullable=True, comment="reason code when the label is no use in force"),
        sa.Column("registered_area_m2", sa.Float(), nullable=True, comment="from the survey document"),
        sa.Column("legal_area_m2", sa.Float(), nullable=True, comment="from the certificate"),
        sa.Column("computed_area_m2", sa.Float(), nullable=True, comment="from the geometry, in the sheet's own zone"),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "geom_4326",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "geom_fault", sa.Text(), nullable=True, comment="why the delivered ring cannot be used; then geom is null"
        ),
        sa.Column("geom_delivered", sa.LargeBinary(), nullable=True, comment="the unusable geometry as delivered, WKB"),
        sa.Column(
            "fault_point_4326",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "raw",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="delivered text of fields that had to be decoded",
        ),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.UniqueConstraint("sheet_id", "parcel_no", name=op.f("parcel_sheet_id_parcel_no_key")),
        sa.CheckConstraint("(geom IS NULL) = (geom_fault IS NOT NULL)", name=op.f("parcel_geom_or_fault_check")),
        sa.CheckConstraint(
            "geom IS NULL OR current_setting('landdb.geometry_checked_by', true) = 'importer' OR ST_IsValid(geom)",
            name=op.f("parcel_geom_valid_check"),
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["cadastre.sheet.sheet_id"], name=op.f("parcel_sheet_id_fkey")),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("parcel_pkey")),
        schema="cadastre",
    )
    op.create_index("parcel_commune_id_idx", "parcel", ["commune_id"], unique=False, schema="cadastre")
    op.create_geospatial_index(
        "parcel_geom_4326_idx",
        "parcel",
        ["geom_4326"],
        unique=False,
        schema="cadastre",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "parcel_old_number_idx",
        "parcel",
        ["old_sheet_no", "old_parcel_no"],
        unique=False,
        schema="cadastre",
        postgresql_where="old_parcel_no IS NOT NULL",
    )
    op.create_index("parcel_parcel_code_idx", "parcel", ["parcel_code"], unique=False, schema="cadastre")
    op.create_geospatial_index(
        "parcel_history_geom_4326_idx",
        "parcel_history",
        ["geom_4326"],
        unique=False,
        schema="cadastre",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("parcel_history_parcel_id_idx", "parcel_history", ["parcel_id"], unique=False, schema="cadastre")
    op.create_index(
        "land_object_history_land_object_id_idx",
        "land_object_history",
        ["land_object_id"],
        unique=False,
        schema="cadastre",
    )
    op.create_index(
        "land_use_history_land_use_id_idx", "land_use_history", ["land_use_id"], unique=False, schema="cadastre"
    )
    for name in VERSIONED:
        add_versioning(*name)
    op.create_table_comment(
        "sheet", "Map sheets; CRS and scale belong to the sheet, not to the province", schema="cadastre"
    )


def downgrade() -> None:
    for name in VERSIONED:
        drop_versioning(*name)
    op.drop_index("parcel_parcel_code_idx", table_name="parcel", schema="cadastre")
    op.drop_index(
        "parcel_old_number_idx", table_name="parcel", schema="cadastre", postgresql_where="old_parcel_no IS NOT NULL"
    )
    op.drop_geospatial_index(
        "parcel_geom_4326_idx", table_name="parcel", schema="cadastre", postgresql_using="gist", column_name="geom_4326"
    )
    op.drop_index("parcel_commune_id_idx", table_name="parcel", schema="cadastre")
    op.drop_geospatial_table("parcel", schema="cadastre")
    op.drop_geospatial_table("sheet", schema="cadastre")
    op.drop_index("sheet_crosswalk_old_idx", table_name="sheet_crosswalk", schema="cadastre")
    op.drop_table("sheet_crosswalk", schema="cadastre")
    op.drop_index("parcel_history_sheet_id_idx", table_name="parcel_history", schema="cadastre")
    op.drop_index("parcel_history_parcel_code_idx", table_name="parcel_history", schema="cadastre")
    op.drop_geospatial_table("parcel_history", schema="cadastre")
    op.drop_index("land_use_history_parcel_id_idx", table_name="land_use_history", schema="cadastre")
    op.drop_table("land_use_history", schema="cadastre")
    op.drop_index("land_use_parcel_id_idx", table_name="land_use", schema="cadastre")
    op.drop_table("land_use", schema="cadastre")
    op.drop_geospatial_table("land_object_history", schema="cadastre")
    op.drop_geospatial_index(
        "land_object_geom_4326_idx",
        table_name="land_object",
        schema="cadastre",
        postgresql_using="gist",
        column_name="geom_4326",
    )
    op.drop_index("land_object_commune_id_idx", table_name="land_object", schema="cadastre")
    op.drop_geospatial_table("land_object", schema="cadastre")
    op.execute("DROP SCHEMA cadastre")
