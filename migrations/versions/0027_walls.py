"""What each login may see is decided by PostgreSQL: signed contexts, views that hide columns, row security.

Who the logins are, and what each is granted, is in landdb.store.privileges: logins belong to a whole server.

Revision: 0027, after 0026, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op

from migrations.versioning import sql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_FUNCTIONS = (
    "registry.parcel_tags(bigint[])",
    "registry.holder_count(bigint)",
    "registry.certificates_by_serial(text, date, timestamptz)",
    "party.masked_party_as_of(date, timestamptz)",
    "registry.shown_certificate_as_of(date, timestamptz)",
)
_VIEWS = (
    "registry.shown_transaction",
    "party.filled_party",
    "party.masked_party_history",
    "party.masked_party",
    "registry.shown_certificate_history",
    "registry.shown_certificate",
)
_ASKERS = ("own_baunits", "communes", "sees_everywhere", "claims", "is_operator")


def upgrade() -> None:
    op.create_table(
        "context_key",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column(
            "inner_key",
            sa.LargeBinary(),
            nullable=False,
            comment="the key padded for the inner hash of HMAC-SHA-256",
        ),
        sa.Column("outer_key", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("context_key_pkey")),
        schema="access",
        comment="Keys that sign who asks; no login of the API can read them",
    )
    op.execute(sql("walls.sql"))


#: Policies and row security were put there by landdb.store.privileges, and stand on the functions below.
_WITHOUT_POLICIES = r"""
DO $$
DECLARE policed record;
BEGIN
    FOR policed IN
        SELECT p.schemaname, p.tablename, p.policyname FROM pg_policies AS p WHERE p.policyname LIKE 'landdb\_%'
    LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', policed.policyname, policed.schemaname, policed.tablename);
        EXECUTE format(
            'ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY',
            policed.schemaname, policed.tablename
        );
    END LOOP;
END $$
"""


def downgrade() -> None:
    op.execute(_WITHOUT_POLICIES)
    op.execute("ALTER VIEW registry.holding RESET (security_invoker)")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for view in _VIEWS:
        op.execute(f"DROP VIEW {view}")
    for asker in _ASKERS:
        op.execute(f"DROP FUNCTION access.{asker}()")
    op.drop_table("context_key", schema="access")
