"""Who may ask: accounts and clients of our own, mandates of anybody, agreements with organisations, sessions.

A mandate is keyed by issuer and subject, so that roles and communes come from here and never from a token.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from landdb.store.tables.base import metadata

SCHEMA = "access"

account = Table(
    "account",
    metadata,
    Column("account_id", Integer, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False, comment="argon2id, with its own salt and costs"),
    Column("totp_enc", LargeBinary, comment="sealed; null: password alone"),
    Column("totp_step", BigInteger, comment="the last 30-second step that was used: a code works once"),
    Column("is_locked", Boolean, nullable=False, server_default="false"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("password_changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
)

failed_sign_in = Table(
    "failed_sign_in",
    metadata,
    Column("name_hash", LargeBinary, primary_key=True, comment="SHA-256 of a name that may not exist"),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("blocked_until", DateTime(timezone=True)),
    schema=SCHEMA,
    comment="Failures by name, whether or not an account has it, so that a lock does not tell which names exist",
)

client = Table(
    "client",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("secret_hash", LargeBinary, comment="SHA-256 of a 256-bit random secret"),
    Column("public_key", JSONB, comment="JWK that signs assertions (private_key_jwt)"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("(secret_hash IS NULL) <> (public_key IS NULL)", name="one_credential"),
    CheckConstraint("expires_at <= created_at + interval '366 days'", name="a_year"),
    schema=SCHEMA,
)

used_assertion = Table(
    "used_assertion",
    metadata,
    Column("jti_hash", LargeBinary, primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
    comment="Assertions that clients have shown, sign-ins that came back from a provider; each counts once",
)

agreement = Table(
    "agreement",
    metadata,
    Column("agreement_id", Integer, Identity(always=True), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("organisation", Text, nullable=False),
    Column("fields", ARRAY(Text), nullable=False, comment="landdb.domain.fields names them"),
    Column("commune_codes", ARRAY(Text), comment="null: every commune"),
    Column("purposes", ARRAY(Text), nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("valid_from", Date, nullable=False, server_default=text("CURRENT_DATE")),
    Column("valid_until", Date, nullable=False, comment="the last day"),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("valid_from <= valid_until AND valid_until - valid_from <= 730", name="two_years"),
    CheckConstraint("cardinality(fields) > 0 AND cardinality(purposes) > 0", name="says_what_for"),
    schema=SCHEMA,
    comment="What an organisation may get, where, what for and until when",
)

mandate = Table(
    "mandate",
    metadata,
    Column("mandate_id", Integer, Identity(always=True), primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("account_id", Integer, ForeignKey(account.c.account_id), comment="when the subject is an account of ours"),
    Column("client_id", Text, ForeignKey(client.c.client_id), comment="when the subject is a client of ours"),
    Column("role", Text, nullable=False),
    Column("actor", Text, nullable=False, comment="as the record of accesses shall name them"),
    Column("actor_org", Text),
    Column("commune_codes", ARRAY(Text), comment="null: every commune"),
    Column("agreement_id", Integer, ForeignKey(agreement.c.agreement_id)),
    Column("citizen_id_index", LargeBinary, comment="blind index of the citizen who is meant"),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_by", Text),
    CheckConstraint(
        "role IN ('citizen', 'clerk', 'analyst', 'service', 'auditor', 'administrator')",
        name="role",
    ),
    CheckConstraint("(agreement_id IS NOT NULL) = (role = 'service')", name="service_by_agreement"),
    CheckConstraint("(citizen_id_index IS NOT NULL) = (role = 'citizen')", name="citizen_is_somebody"),
    # Two mandates of one subject in force would make it open which of them counts.
    Index("mandate_in_force_key", "issuer", "subject", unique=True, postgresql_where=text("revoked_at IS NULL")),
    schema=SCHEMA,
    comment="Who may do what, in whose name and where; ended ones are kept",
)

session = Table(
    "session",
    metadata,
    Column("session_id", BigInteger, Identity(always=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of a 256-bit random cookie"),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column(
        "account_id",
        Integer,
        ForeignKey(account.c.account_id),
        index=True,
        comment="when the subject is an account of ours",
    ),
    Column("citizen_id_index", LargeBinary, comment="blind index of the citizen whom the issuer identified"),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False, comment="however busy it is"),
    Column("ended_at", DateTime(timezone=True)),
    schema=SCHEMA,
)

revision = Table(
    "revision",
    metadata,
    Column("is_only", Boolean, primary_key=True, server_default="true"),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("is_only", name="one_row"),
    schema=SCHEMA,
    comment="Counts what may end or change a right to ask; servers compare it each second",
)

context_key = Table(
    "context_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("inner_key", LargeBinary, nullable=False, comment="the key padded for the inner hash of HMAC-SHA-256"),
    Column("outer_key", LargeBinary, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
    comment="Keys that sign who asks; no login of the API can read them",
)
