"""Findings that live: across a border, assigned, dated, with their events; runs over several communes; the trend.

Revision: 0011, after 0010, made 2026-11-25.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.versioning import sql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_STAMP = sa.DateTime(timezone=True)
_WORST_FIRST = """CASE severity WHEN 'error' THEN 2e9 WHEN 'warning' THEN 1e9 ELSE 0e0 END
    + least(coalesce(area_m2, width_m, CASE WHEN unit IN ('m', 'm2') THEN abs(measure) END, 0), 1e8)"""


def upgrade() -> None:
    _upgrade_runs()
    _upgrade_findings()
    _upgrade_waivers()


def _upgrade_runs() -> None:
    op.add_column("rule_run", sa.Column("is_whole", sa.Boolean(), server_default="true", nullable=False,
        comment="false: only the surroundings of some parcels were judged"), schema="quality")  # fmt: skip
    op.add_column("rule_run", sa.Column("seam_rules", JSONB(), server_default="[]",
        nullable=False, comment="the rule ids that ran across the communes' borders"), schema="quality")  # fmt: skip
    op.alter_column("rule_run", "rules", existing_comment="the rule ids that ran",
        comment="the rule ids that ran inside each commune", schema="quality")  # fmt: skip
    op.create_table(
        "run_commune",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("parcel_count", sa.Integer(), nullable=False, comment="parcels of the commune at that time"),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("run_commune_commune_id_fkey")),
        sa.ForeignKeyConstraint(["run_id"], ["quality.rule_run.run_id"], name=op.f("run_commune_run_id_fkey")),
        sa.PrimaryKeyConstraint("run_id", "commune_id", name=op.f("run_commune_pkey")),
        schema="quality",
        comment="Which communes a run looked at",
    )
    op.create_index(op.f("run_commune_commune_id_idx"), "run_commune", ["commune_id"], schema="quality")
    op.execute("INSERT INTO quality.run_commune SELECT run_id, commune_id, parcel_count FROM quality.rule_run")
    op.drop_column("rule_run", "commune_id", schema="quality")
    op.drop_column("rule_run", "parcel_count", schema="quality")
    op.alter_column("rule_run", "is_whole", server_default=None, schema="quality")
    op.alter_column("rule_run", "seam_rules", server_default=None, schema="quality")
    op.create_table(
        "run_count",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column(
            "other_commune_id",
            sa.Integer(),
            nullable=True,
            comment="of findings across a border: they count for both communes",
        ),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False, comment="findings that this run saw, accepted ones among them"),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=False, comment="sum over the findings that are not accepted"),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("run_count_commune_id_fkey")),
        sa.ForeignKeyConstraint(["run_id"], ["quality.rule_run.run_id"], name=op.f("run_count_run_id_fkey")),
        schema="quality",
        comment="The trend: what a whole run saw, by commune and rule; a rule that ran and has no row saw nothing",
    )
    op.create_index(op.f("run_count_commune_id_idx"), "run_count", ["commune_id"], schema="quality")
    op.create_index(op.f("run_count_run_id_idx"), "run_count", ["run_id"], schema="quality")


def _upgrade_findings() -> None:
    added = [
        sa.Column("content_hash", sa.LargeBinary(), server_default="", nullable=False,
            comment="of all that a run says about it: unchanged if equal"),
        sa.Column("other_commune_id", sa.Integer(), nullable=True,
            comment="across a border: the commune with the higher code; commune_id is the one with the lower"),
        sa.Column("badness", sa.Float(), sa.Computed(_WORST_FIRST, persisted=True), nullable=True,
            comment="sorts the worst first"),
        sa.Column("first_seen_at", _STAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", _STAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("fixed_at", _STAMP, nullable=True),
        sa.Column("times_regressed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted_until", sa.Date(), nullable=True,
            comment="of an accepted finding whose waiver ends: the last day that it holds"),
        sa.Column("assigned_to", sa.Text(), nullable=True),
        sa.Column("assigned_at", _STAMP, nullable=True),
    ]  # fmt: skip
    for column in added:
        op.add_column("finding", column, schema="quality")
    op.execute(sql("findings_dated_by_their_runs.sql"))
    op.alter_column("finding", "content_hash", server_default=None, schema="quality")
    op.alter_column("finding", "fingerprint", existing_comment="the identity across runs and re-imports",
        comment="the identity as first seen; never changes", schema="quality")  # fmt: skip
    op.alter_column("finding", "changed_at", comment="of the state", schema="quality")
    op.create_foreign_key(op.f("finding_other_commune_id_fkey"), "finding", "commune", ["other_commune_id"],
        ["commune_id"], source_schema="quality", referent_schema="admin")  # fmt: skip
    for name, condition in (
        ("fixed_when", "(state = 'fixed') = (fixed_at IS NOT NULL)"),
        ("assigned_when", "(assigned_to IS NULL) = (assigned_at IS NULL)"),
        ("two_communes", "other_commune_id <> commune_id"),
    ):
        op.create_check_constraint(op.f(f"finding_{name}_check"), "finding", condition, schema="quality")
    _index_findings()
    op.execute("ALTER TABLE quality.finding SET (fillfactor = 80)")
    op.create_table(
        "finding_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _STAMP, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who decided; landdb when a run did"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('accepted', 'revoked', 'assigned', 'commented', 'fixed', 'regressed', 'reopened', 'renumbered')",
            name=op.f("finding_event_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["quality.finding.finding_id"], name=op.f("finding_event_finding_id_fkey")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["quality.rule_run.run_id"], name=op.f("finding_event_run_id_fkey")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("finding_event_pkey")),
        schema="quality",
        comment="Append-only: what happened to a finding after it was first seen, which the finding itself says",
    )
    op.create_index(op.f("finding_event_finding_id_idx"), "finding_event", ["finding_id"], schema="quality")
    op.execute(sql("finding_event_append_only.sql"))


def _index_findings() -> None:
    for name in ("commune_id_state", "parcel_id", "other_parcel_id"):
        op.drop_index(f"finding_{name}_idx", table_name="finding", schema="quality")
    op.create_index(
        "finding_commune_id_rule_id_subject_idx", "finding", ["commune_id", "rule_id", "subject"], schema="quality"
    )
    for column in ("other_commune_id", "assigned_to", "parcel_id", "other_parcel_id"):
        present = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"finding_{column}_idx", "finding", [column], schema="quality", postgresql_where=present)
    accepted = sa.text("state = 'accepted'")
    op.create_index("finding_accepted_idx", "finding", ["commune_id"], schema="quality", postgresql_where=accepted)
    op.create_index("finding_point_4326_idx", "finding", ["point_4326"], schema="quality", postgresql_using="gist")


def _upgrade_waivers() -> None:
    added = [
        sa.Column("measure", sa.Float(), nullable=True, comment="of the finding as accepted"),
        sa.Column("area_m2", sa.Float(), nullable=True, comment="of the finding as accepted"),
        sa.Column("width_m", sa.Float(), nullable=True, comment="of the finding as accepted"),
        sa.Column("growth_margin", sa.Float(), server_default="0.1", nullable=False,
            comment="beyond this share of growth it ends"),
        sa.Column("revoked_by", sa.Text(), nullable=True),
    ]  # fmt: skip
    for column in added:
        op.add_column("waiver", column, schema="quality")
    op.alter_column(
        "waiver", "ends_on", comment="the last day that it holds; null: until revoked or outgrown", schema="quality"
    )
    op.create_check_constraint(op.f("waiver_growth_margin_check"), "waiver", "growth_margin >= 0", schema="quality")


def downgrade() -> None:
    for name in ("growth_margin", "revoked_by", "measure", "area_m2", "width_m"):
        op.drop_column("waiver", name, schema="quality")
    op.drop_table("finding_event", schema="quality")
    for column in ("point_4326", "parcel_id", "other_parcel_id"):
        op.drop_index(f"finding_{column}_idx", table_name="finding", schema="quality")
    op.drop_index("finding_commune_id_rule_id_subject_idx", table_name="finding", schema="quality")
    for name in ("content_hash", "other_commune_id", "badness", "first_seen_at", "last_seen_at", "fixed_at",
        "times_regressed", "accepted_until", "assigned_to", "assigned_at"):  # fmt: skip
        op.drop_column("finding", name, schema="quality")
    op.execute("DROP INDEX IF EXISTS quality.finding_accepted_idx")
    op.create_index("finding_commune_id_state_idx", "finding", ["commune_id", "state"], schema="quality")
    op.create_index("finding_parcel_id_idx", "finding", ["parcel_id"], schema="quality")
    op.create_index("finding_other_parcel_id_idx", "finding", ["other_parcel_id"], schema="quality")
    op.drop_table("run_count", schema="quality")
    op.add_column("rule_run", sa.Column("commune_id", sa.Integer(), nullable=True), schema="quality")
    op.add_column("rule_run", sa.Column("parcel_count", sa.Integer(), nullable=True), schema="quality")
    op.execute(sql("runs_of_one_commune.sql"))
    op.alter_column("rule_run", "commune_id", nullable=False, schema="quality")
    op.alter_column("rule_run", "parcel_count", nullable=False, schema="quality")
    op.create_foreign_key(op.f("rule_run_commune_id_fkey"), "rule_run", "commune", ["commune_id"], ["commune_id"],
        source_schema="quality", referent_schema="admin")  # fmt: skip
    op.create_index(op.f("rule_run_commune_id_idx"), "rule_run", ["commune_id"], schema="quality")
    op.drop_table("run_commune", schema="quality")
    op.drop_column("rule_run", "is_whole", schema="quality")
    op.drop_column("rule_run", "seam_rules", schema="quality")
