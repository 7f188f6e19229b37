"""Who asked about whom and why; and who may ask at all."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from landdb.store.tables.base import metadata

access = Table(
    "access",
    metadata,
    Column("access_id", BigInteger, Identity(always=True), primary_key=True),
    Column("ticket", UUID, nullable=False, unique=True, server_default=text("gen_random_uuid()")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("actor", Text, nullable=False),
    Column("actor_org", Text),
    Column("actor_role", Text, nullable=False),
    Column("db_role", Text, nullable=False, server_default=text("session_user")),
    Column("request_id", Text, nullable=False),
    Column("question", Text, nullable=False, comment="which question was asked, such as holdings-by-citizen-id"),
    Column("subject_index", LargeBinary, comment="blind index of the person asked about"),
    Column("party_id", BigInteger),
    Column("purpose", Text, nullable=False),
    Column("case_ref", Text, nullable=False),
    CheckConstraint("length(purpose) > 0 AND length(case_ref) > 0", name="why_given"),
    schema="audit",
    comment="Append-only: written and committed before an answer about a person leaves",
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_id", Integer, Identity(always=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of a 256-bit random token"),
    Column("actor", Text, nullable=False),
    Column("actor_org", Text),
    Column("role", Text, nullable=False),
    Column("commune_codes", ARRAY(Text), comment="null: every commune"),
    Column("issued_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("role IN ('clerk', 'analyst', 'service', 'auditor')", name="role"),
    schema="access",
)
