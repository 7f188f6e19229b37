"""Findings that live across runs, and accountable access to personal data.

Revision: 0005, after 0004, made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations.versioning import sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA quality")
    op.execute("CREATE SCHEMA audit")
    op.execute("CREATE SCHEMA access")
    op.create_table(
        "api_token",
        sa.Column("token_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of a 256-bit random token"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_org", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("commune_codes", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: every commune"),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('clerk', 'analyst', 'service', 'auditor')", name=op.f("api_token_role_check")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("api_token_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("api_token_token_hash_key")),
        schema="access",
    )
    op.create_table(
        "access",
        sa.Column("access_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ticket", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_org", sa.Text(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("db_role", sa.Text(), server_default=sa.text("session_user"), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column(
            "question", sa.Text(), nullable=False, comment="which question was asked, such as holdings-by-citizen-id"
        ),
        sa.Column("subject_index", sa.LargeBinary(), nullable=True, comment="blind index of the person asked about"),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.CheckConstraint("length(purpose) > 0 AND length(case_ref) > 0", name=op.f("access_why_given_check")),
        sa.PrimaryKeyConstraint("access_id", name=op.f("access_pkey")),
        sa.UniqueConstraint("ticket", name=op.f("access_ticket_key")),
        schema="audit",
        comment="Append-only: written and committed before an answer about a person leaves",
    )
    op.create_table(
        "rule_run",
        sa.Column("run_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the rule ids that ran"),
        sa.Column(
            "limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the limits used, by rule"
        ),
        sa.Column("catalogue_hash", sa.Text(), nullable=False),
        sa.Column("tool_versions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parcel_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("rule_run_commune_id_fkey")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("rule_run_pkey")),
        schema="quality",
    )
    op.create_index(op.f("rule_run_commune_id_idx"), "rule_run", ["commune_id"], unique=False, schema="quality")
    op.create_geospatial_table(
        "finding",
        sa.Column("finding_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="the identity across runs and re-imports"),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("other_parcel_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "point_4326",
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
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
            comment="the fault itself, metres",
        ),
        sa.Column("measure", sa.Float(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("width_m", sa.Float(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("first_run_id", sa.Integer(), nullable=False),
        sa.Column("last_run_id", sa.Integer(), nullable=False, comment="the last run that saw it"),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("severity IN ('error', 'warning', 'info')", name=op.f("finding_severity_check")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'fixed', 'regressed')", name=op.f("finding_state_check")),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("finding_commune_id_fkey")),
        sa.ForeignKeyConstraint(["first_run_id"], ["quality.rule_run.run_id"], name=op.f("finding_first_run_id_fkey")),
        sa.ForeignKeyConstraint(["last_run_id"], ["quality.rule_run.run_id"], name=op.f("finding_last_run_id_fkey")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("finding_pkey")),
        sa.UniqueConstraint("fingerprint", name=op.f("finding_fingerprint_key")),
        schema="quality",
    )
    op.create_index("finding_commune_id_state_idx", "finding", ["commune_id", "state"], unique=False, schema="quality")
    op.create_index("finding_other_parcel_id_idx", "finding", ["other_parcel_id"], unique=False, schema="quality")
    op.create_index("finding_parcel_id_idx", "finding", ["parcel_id"], unique=False, schema="quality")
    op.create_table(
        "waiver",
        sa.Column("waiver_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(reason) >= 10", name=op.f("waiver_reason_given_check")),
        sa.ForeignKeyConstraint(["finding_id"], ["quality.finding.finding_id"], name=op.f("waiver_finding_id_fkey")),
        sa.PrimaryKeyConstraint("waiver_id", name=op.f("waiver_pkey")),
        schema="quality",
    )
    op.create_index(op.f("waiver_finding_id_idx"), "waiver", ["finding_id"], unique=False, schema="quality")
    op.execute(sql("append_only.sql"))


def downgrade() -> None:
    op.drop_index(op.f("waiver_finding_id_idx"), table_name="waiver", schema="quality")
    op.drop_table("waiver", schema="quality")
    op.drop_index("finding_parcel_id_idx", table_name="finding", schema="quality")
    op.drop_index("finding_other_parcel_id_idx", table_name="finding", schema="quality")
    op.drop_index("finding_commune_id_state_idx", table_name="finding", schema="quality")
    op.drop_geospatial_table("finding", schema="quality")
    op.drop_index(op.f("rule_run_commune_id_idx"), table_name="rule_run", schema="quality")
    op.drop_table("rule_run", schema="quality")
    op.drop_table("access", schema="audit")
    op.drop_table("api_token", schema="access")
    op.execute("DROP SCHEMA access")
    op.execute("DROP SCHEMA audit")
    op.execute("DROP SCHEMA quality")
