"""Accounts, clients, mandates, agreements and sessions in place of opaque tokens.

Revision: 0020, after 0019, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import sql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id, with its own salt and costs"),
        sa.Column("totp_enc", sa.LargeBinary(), nullable=True, comment="sealed; null: password alone"),
        sa.Column(
            "totp_step",
            sa.BigInteger(),
            nullable=True,
            comment="the last 30-second step that was used: a code works once",
        ),
        sa.Column("is_locked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("account_pkey")),
        sa.UniqueConstraint("name", name=op.f("account_name_key")),
        schema="access",
    )
    op.create_table(
        "agreement",
        sa.Column("agreement_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False, comment="landdb.domain.fields names them"),
        sa.Column("commune_codes", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: every commune"),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False, comment="the last day"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cardinality(fields) > 0 AND cardinality(purposes) > 0", name=op.f("agreement_says_what_for_check")
        ),
        sa.CheckConstraint(
            "valid_from <= valid_until AND valid_until - valid_from <= 730", name=op.f("agreement_two_years_check")
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("agreement_pkey")),
        sa.UniqueConstraint("code", name=op.f("agreement_code_key")),
        schema="access",
        comment="What an organisation may get, where, what for and until when",
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True, comment="SHA-256 of a 256-bit random secret"),
        sa.Column(
            "public_key",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="JWK that signs assertions (private_key_jwt)",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at <= created_at + interval '366 days'", name=op.f("client_a_year_check")),
        sa.CheckConstraint("(secret_hash IS NULL) <> (public_key IS NULL)", name=op.f("client_one_credential_check")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("client_pkey")),
        schema="access",
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of a name that may not exist"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("failed_sign_in_pkey")),
        schema="access",
        comment="Failures by name, whether or not an account has it, so that a lock does not tell which names exist",
    )
    op.create_table(
        "revision",
        sa.Column("is_only", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("is_only", name=op.f("revision_one_row_check")),
        sa.PrimaryKeyConstraint("is_only", name=op.f("revision_pkey")),
        schema="access",
        comment="Counts what may end or change a right to ask; servers compare it each second",
    )
    op.create_table(
        "used_assertion",
        sa.Column("jti_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti_hash", name=op.f("used_assertion_pkey")),
        schema="access",
        comment="Assertions that clients have shown; each counts once",
    )
    op.create_table(
        "mandate",
        sa.Column("mandate_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True, comment="when the subject is an account of ours"),
        sa.Column("client_id", sa.Text(), nullable=True, comment="when the subject is a client of ours"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="as the record of accesses shall name them"),
        sa.Column("actor_org", sa.Text(), nullable=True),
        sa.Column("commune_codes", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: every commune"),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column(
            "citizen_id_index", sa.LargeBinary(), nullable=True, comment="blind index of the citizen who is meant"
        ),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(agreement_id IS NOT NULL) = (role = 'service')", name=op.f("mandate_service_by_agreement_check")
        ),
        sa.CheckConstraint(
            "(citizen_id_index IS NOT NULL) = (role = 'citizen')", name=op.f("mandate_citizen_is_somebody_check")
        ),
        sa.CheckConstraint(
            "role IN ('citizen', 'clerk', 'analyst', 'service', 'auditor', 'administrator')",
            name=op.f("mandate_role_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["access.account.account_id"], name=op.f("mandate_account_id_fkey")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["access.agreement.agreement_id"], name=op.f("mandate_agreement_id_fkey")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["access.client.client_id"], name=op.f("mandate_client_id_fkey")),
        sa.PrimaryKeyConstraint("mandate_id", name=op.f("mandate_pkey")),
        schema="access",
        comment="Who may do what, in whose name and where; ended ones are kept",
    )
    op.create_index(
        "mandate_in_force_key",
        "mandate",
        ["issuer", "subject"],
        unique=True,
        schema="access",
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "session",
        sa.Column("session_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of a 256-bit random cookie"),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="however busy it is"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["access.account.account_id"], name=op.f("session_account_id_fkey")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("session_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("session_token_hash_key")),
        schema="access",
    )
    op.create_index(op.f("session_account_id_idx"), "session", ["account_id"], unique=False, schema="access")
    op.drop_table("api_token", schema="access")
    op.execute(sql("access_revision.sql"))


def downgrade() -> None:
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
    op.drop_index(op.f("session_account_id_idx"), table_name="session", schema="access")
    op.drop_table("session", schema="access")
    op.drop_index(
        "mandate_in_force_key", table_name="mandate", schema="access", postgresql_where=sa.text("revoked_at IS NULL")
    )
    op.drop_table("mandate", schema="access")
    op.drop_table("used_assertion", schema="access")
    op.drop_table("revision", schema="access")
    op.drop_table("failed_sign_in", schema="access")
    op.drop_table("client", schema="access")
    op.drop_table("agreement", schema="access")
    op.drop_table("account", schema="access")
    op.execute("DROP FUNCTION access.count_revision()")
