"""Clear values by ticket, quotas, embargo, and the record of access sealed in a Merkle tree.

Revision: 0024, after 0023, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import sql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_QUOTAS = """
INSERT INTO audit.quota (scope, name, per_hour, per_day) VALUES
('person', '*', 60, 300), ('person', 'role:service', 2000, 20000),
('organisation', '*', 300, 2000), ('organisation', 'role:service', 2000, 20000)
"""
_TABLES = ("unsealed", "seal", "leaf", "consumed", "embargo", "quota")


def upgrade() -> None:
    for column in (
        sa.Column("legal_basis", sa.Text()),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), comment="the clear values that were asked for"),
        sa.Column("communes", postgresql.ARRAY(sa.Text()), comment="the communes that the asker may see; null: all"),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
            comment="the database transaction: a ticket opens nothing in its own",
        ),
    ):
        op.add_column("access", column, schema="audit")
    op.create_index("access_actor_at_idx", "access", ["actor", "at"], schema="audit")
    op.create_index("access_actor_org_at_idx", "access", ["actor_org", "at"], schema="audit")
    op.create_index("access_subject_index_idx", "access", ["subject_index", "access_id"], schema="audit")
    _create_seals()
    _create_rest()
    op.execute("INSERT INTO audit.unsealed (access_id) SELECT access_id FROM audit.access")
    op.execute(_QUOTAS)
    op.execute(sql("reveals.sql"))


def _create_seals() -> None:
    now = sa.text("clock_timestamp()")
    op.create_table(
        "unsealed",
        sa.Column("access_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("access_id", name=op.f("unsealed_pkey")),
        schema="audit",
        comment="Records that wait for the next seal; a trigger puts them here in the record's own transaction",
    )
    op.create_table(
        "seal",
        sa.Column("seal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tree_size", sa.BigInteger(), nullable=False, comment="leaves of the tree, all earlier seals' included"
        ),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column(
            "frontier",
            sa.LargeBinary(),
            nullable=False,
            comment="roots of the whole subtrees: all that growing needs",
        ),
        sa.Column("checkpoint", sa.Text(), nullable=False, comment="the signed note; the key is outside the database"),
        sa.PrimaryKeyConstraint("seal_id", name=op.f("seal_pkey")),
        schema="audit",
        comment="Signed roots of the Merkle tree over audit.access",
    )
    op.create_table(
        "leaf",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("access_id", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("leaf_pkey")),
        sa.UniqueConstraint("access_id", name=op.f("leaf_access_id_key")),
        schema="audit",
        comment="What each record was when it was sealed, in the order of the tree",
    )


def _create_rest() -> None:
    op.create_table(
        "consumed",
        sa.Column("ticket", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("ticket", name=op.f("consumed_pkey")),
        schema="audit",
        comment="Tickets that opened something: each does so once",
    )
    op.create_table(
        "embargo",
        sa.Column("embargo_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False, comment="the written decision that allows it"),
        sa.Column("access_id", sa.BigInteger(), nullable=False, comment="its own record, sealed like all others"),
        sa.PrimaryKeyConstraint("embargo_id", name=op.f("embargo_pkey")),
        sa.UniqueConstraint("access_id", name=op.f("embargo_access_id_key")),
        schema="audit",
        comment="Cases whose accesses the citizen is not told yet; the last row of a case counts",
    )
    op.create_index("embargo_case_ref_idx", "embargo", ["case_ref"], schema="audit")
    op.create_table(
        "quota",
        sa.Column("scope", sa.Text(), nullable=False, comment="person or organisation"),
        sa.Column("name", sa.Text(), nullable=False, comment="whose; 'role:<role>' for a role; '*' for everybody else"),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("scope IN ('person', 'organisation')", name=op.f("quota_scope_check")),
        sa.CheckConstraint("0 <= per_hour AND per_hour <= per_day", name=op.f("quota_order_check")),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("quota_pkey")),
        schema="audit",
        comment="How many people somebody may ask about",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION party.reveal(uuid), audit.subject_of(bigint)")
    op.execute("DROP TRIGGER queue_for_sealing ON audit.access")
    op.execute("DROP FUNCTION audit.queue_for_sealing()")
    for name in _TABLES:
        op.drop_table(name, schema="audit")
    for index in ("access_subject_index_idx", "access_actor_org_at_idx", "access_actor_at_idx"):
        op.drop_index(index, table_name="access", schema="audit")
    for name in ("xid", "communes", "fields", "legal_basis"):
        op.drop_column("access", name, schema="audit")
