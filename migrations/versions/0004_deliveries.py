"""Deliveries: batches, staged rows, quarantine.

Revision: 0004, after 0003, made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA staging")
    op.create_table(
        "staged_crosswalk",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("old_commune_code", sa.Text(), nullable=True),
        sa.Column("old_sheet_no", sa.Text(), nullable=True),
        sa.Column("old_parcel_no", sa.Text(), nullable=True),
        sa.Column("scale_denominator", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("sheet_no", sa.Text(), nullable=True),
        sa.Column("parcel_no", sa.Text(), nullable=True),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=False),
        schema="staging",
        prefixes=["UNLOGGED"],
    )
    op.create_geospatial_table(
        "staged_feature",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("sheet_no", sa.Text(), nullable=True),
        sa.Column("scale_denominator", sa.Integer(), nullable=True),
        sa.Column("parcel_no", sa.Text(), nullable=True),
        sa.Column("parcel_code", sa.Text(), nullable=True),
        sa.Column("old_sheet_no", sa.Text(), nullable=True),
        sa.Column("old_parcel_no", sa.Text(), nullable=True),
        sa.Column("registered_area_m2", sa.Float(), nullable=True),
        sa.Column("legal_area_m2", sa.Float(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("land_use", sa.Text(), nullable=True),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("srid", sa.Integer(), nullable=True),
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
        sa.Column("computed_area_m2", sa.Float(), nullable=True),
        sa.Column("geom_fault", sa.Text(), nullable=True),
        sa.Column("geom_delivered", sa.LargeBinary(), nullable=True),
        sa.Column("fault_lon", sa.Float(), nullable=True),
        sa.Column("fault_lat", sa.Float(), nullable=True),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        schema="staging",
    )
    op.create_table(
        "staged_holding",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("sheet_no", sa.Text(), nullable=True),
        sa.Column("parcel_no", sa.Text(), nullable=True),
        sa.Column("cert_sheet_no", sa.Text(), nullable=True),
        sa.Column("cert_parcel_no", sa.Text(), nullable=True),
        sa.Column("parcel_code", sa.Text(), nullable=True),
        sa.Column("parcel_area_m2", sa.Float(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("serial_raw", sa.Text(), nullable=True),
        sa.Column("serial_fault", sa.Text(), nullable=True),
        sa.Column("registry_no", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_on_raw", sa.Text(), nullable=True),
        sa.Column("holder_group", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("party_key", sa.LargeBinary(), nullable=False),
        sa.Column("content_index", sa.LargeBinary(), nullable=False),
        sa.Column("baunit_key", sa.Text(), nullable=False),
        sa.Column("has_certificate", sa.Boolean(), nullable=False),
        sa.Column("party_kind", sa.Text(), nullable=False),
        sa.Column("name_masked", sa.Text(), nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("birth_enc", sa.LargeBinary(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("id_kind", sa.Text(), nullable=False),
        sa.Column("citizen_id_masked", sa.Text(), nullable=True),
        sa.Column("citizen_id_enc", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_id_fault", sa.Text(), nullable=True),
        sa.Column("org_no", sa.Text(), nullable=True),
        sa.Column("org_no_fault", sa.Text(), nullable=True),
        sa.Column("tax_code_masked", sa.Text(), nullable=True),
        sa.Column("tax_code_enc", sa.LargeBinary(), nullable=True),
        sa.Column("tax_code_fault", sa.Text(), nullable=True),
        sa.Column("residence_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("share_num", sa.BigInteger(), nullable=True),
        sa.Column("share_den", sa.BigInteger(), nullable=True),
        sa.Column("rrr_kind", sa.Text(), nullable=False),
        sa.Column("uses", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("scan_file", sa.Text(), nullable=True),
        sa.Column("raw_enc", sa.LargeBinary(), nullable=False, comment="the source row, sealed, for the quarantine"),
        schema="staging",
        comment="Delivered certificate × parcel × person rows; personal columns are already sealed",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "import_batch",
        sa.Column("batch_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_format", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True, comment="the document that came with the file"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stored_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("merged_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unchanged_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "description",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="mapping, encoding, CRS, notes",
        ),
        sa.CheckConstraint("state IN ('RUNNING', 'DONE')", name=op.f("import_batch_state_check")),
        sa.CheckConstraint(
            "source_count = stored_count + merged_count + unchanged_count + rejected_count",
            name=op.f("import_batch_every_row_counted_check"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["registry.source.source_id"], name=op.f("import_batch_source_id_fkey")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("import_batch_pkey")),
        schema="staging",
        comment="One delivered file; every source record is stored, merged, unchanged or rejected",
    )
    op.create_geospatial_table(
        "rejected_row",
        sa.Column("rejected_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("sheet_no", sa.Text(), nullable=True),
        sa.Column("parcel_no", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
            comment="what was delivered, when it is usable",
        ),
        sa.Column(
            "geom_4326",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column(
            "raw_enc", sa.LargeBinary(), nullable=True, comment="the source row as JSON, sealed: it may name a person"
        ),
        sa.Column("delivered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("superseded_by", sa.Integer(), nullable=True, comment="the batch that delivered the same file again"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["staging.import_batch.batch_id"], name=op.f("rejected_row_batch_id_fkey")
        ),
        sa.PrimaryKeyConstraint("rejected_id", name=op.f("rejected_row_pkey")),
        schema="staging",
    )
    op.create_index(op.f("rejected_row_batch_id_idx"), "rejected_row", ["batch_id"], unique=False, schema="staging")
    op.create_index(
        "rejected_row_commune_code_idx", "rejected_row", ["commune_code", "reason_code"], unique=False, schema="staging"
    )
    op.create_table_comment(
        "rejected_row", "Quarantine: a row that could not be stored, why, and what to do about it", schema="staging"
    )
    op.create_table_comment("staged_feature", "Delivered features of a batch that is being promoted", schema="staging")
    op.execute("ALTER TABLE staging.staged_feature SET UNLOGGED")


def downgrade() -> None:
    op.drop_index("rejected_row_commune_code_idx", table_name="rejected_row", schema="staging")
    op.drop_index(op.f("rejected_row_batch_id_idx"), table_name="rejected_row", schema="staging")
    op.drop_geospatial_table("rejected_row", schema="staging")
    op.drop_table("import_batch", schema="staging")
    op.drop_table("staged_holding", schema="staging")
    op.drop_geospatial_table("staged_feature", schema="staging")
    op.drop_table("staged_crosswalk", schema="staging")
    op.execute("DROP SCHEMA staging")
