"""Proposed repairs of findings, with their evidence, and what people decided.

Revision: 0013, after 0012, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_proposal()
    _create_change()


def _create_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("proposal_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="whom the finding is about"),
        sa.Column("kind", sa.Text(), nullable=False, comment="what the proposer does, such as CUT_OVERLAP"),
        sa.Column("rank", sa.SmallInteger(), nullable=False, comment="1: recommended; others are alternatives"),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column(
            "content_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="what would change: the same proposal is made once",
        ),
        sa.Column(
            "failed",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="conditions that do not hold; empty: acceptable",
        ),
        sa.Column("is_acceptable", sa.Boolean(), nullable=False),
        sa.Column(
            "conditions",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="every condition, whether it holds, the measure behind it",
        ),
        sa.Column("evidence_vi", sa.Text(), nullable=False),
        sa.Column("evidence_en", sa.Text(), nullable=False),
        sa.Column("max_move_m", sa.Float(), nullable=False),
        sa.Column("max_area_change_m2", sa.Float(), nullable=False),
        sa.Column(
            "closes",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="findings of the neighbourhood that go",
        ),
        sa.Column(
            "opens",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="findings of the neighbourhood that come",
        ),
        sa.Column("catalogue_hash", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'superseded', 'undone')", name=op.f("proposal_state_check")
        ),
        sa.CheckConstraint("is_acceptable = (failed = '{}')", name=op.f("proposal_acceptable_check")),
        sa.CheckConstraint(
            "(transaction_id IS NOT NULL) = (state IN ('accepted', 'undone'))", name=op.f("proposal_on_record_check")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR length(decision_reason) >= 10", name=op.f("proposal_reason_given_check")
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("proposal_commune_id_fkey")),
        sa.ForeignKeyConstraint(["finding_id"], ["quality.finding.finding_id"], name=op.f("proposal_finding_id_fkey")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["registry.transaction.transaction_id"], name=op.f("proposal_transaction_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["registry.transaction.transaction_id"], name=op.f("proposal_undone_by_fkey")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("proposal_pkey")),
        schema="quality",
        comment="Proposed repairs; nothing changes until a person accepts one",
    )
    op.create_index("proposal_commune_id_state_idx", "proposal", ["commune_id", "state", "rank"], schema="quality")
    op.create_index("proposal_finding_id_idx", "proposal", ["finding_id"], schema="quality")
    op.create_index(op.f("proposal_transaction_id_idx"), "proposal", ["transaction_id"], schema="quality")
    op.create_index(
        "proposal_content_hash_key",
        "proposal",
        ["finding_id", "content_hash"],
        unique=True,
        schema="quality",
        postgresql_where=sa.text("state IN ('open', 'refused')"),
    )


def _create_change() -> None:
    op.create_geospatial_table(
        "proposal_change",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("land_object_id", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False, comment="sheet/parcel, or the object's kind and name"),
        sa.Column("version", sa.Integer(), nullable=False, comment="the version that it was proposed for"),
        sa.Column("new_version", sa.Integer(), nullable=True, comment="the version that accepting made"),
        sa.Column(
            "geom",
            Geometry(dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
            comment="as it would be, in the sheet's own zone; null: ends",
        ),
        sa.Column("area_before_m2", sa.Float(), nullable=True),
        sa.Column("area_after_m2", sa.Float(), nullable=True),
        sa.Column("paper_area_m2", sa.Float(), nullable=True, comment="certificate, else survey document"),
        sa.Column("area_limit_m2", sa.Float(), nullable=True),
        sa.Column("area_verdict", sa.Text(), nullable=False),
        sa.Column("max_move_m", sa.Float(), nullable=False),
        sa.Column(
            "accuracy_m",
            sa.Float(),
            nullable=False,
            comment="the accuracy class of the survey, for a boundary point",
        ),
        sa.Column(
            "moves",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="vertices that move, come or go, farthest first",
        ),
        sa.CheckConstraint(
            "(parcel_id IS NULL) <> (land_object_id IS NULL)", name=op.f("proposal_change_one_unit_check")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["quality.proposal.proposal_id"], name=op.f("proposal_change_proposal_id_fkey")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "ordinal", name=op.f("proposal_change_pkey")),
        schema="quality",
    )
    # GeoAlchemy2 leaves the comment of a geospatial table out.
    op.create_table_comment(
        "proposal_change", "What a proposal would make of each parcel or land-occupying object", schema="quality"
    )
    op.create_index("proposal_change_parcel_id_idx", "proposal_change", ["parcel_id"], schema="quality")
    op.create_index("proposal_change_land_object_id_idx", "proposal_change", ["land_object_id"], schema="quality")


def downgrade() -> None:
    op.drop_geospatial_table("proposal_change", schema="quality")
    op.drop_table("proposal", schema="quality")
