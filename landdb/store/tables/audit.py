"""Who asked about whom and why."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

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
