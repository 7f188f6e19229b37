"""Who asked about whom and why."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
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
    Column("legal_basis", Text),
    Column("fields", ARRAY(Text), comment="the clear values that were asked for"),
    Column("communes", ARRAY(Text), comment="the communes that the asker may see; null: all"),
    Column(
        "xid",
        BigInteger,
        nullable=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
        comment="the database transaction: a ticket opens nothing in its own",
    ),
    CheckConstraint("length(purpose) > 0 AND length(case_ref) > 0", name="why_given"),
    Index("access_actor_at_idx", "actor", "at"),
    Index("access_actor_org_at_idx", "actor_org", "at"),
    Index("access_subject_index_idx", "subject_index", "access_id"),
    schema="audit",
    comment="Append-only: written and committed before an answer about a person leaves",
)

unsealed = Table(
    "unsealed",
    metadata,
    Column("access_id", BigInteger, primary_key=True, autoincrement=False),
    Column("since", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    schema="audit",
    comment="Records that wait for the next seal; a trigger puts them here in the record's own transaction",
)

seal = Table(
    "seal",
    metadata,
    Column("seal_id", Integer, primary_key=True, autoincrement=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
    Column("tree_size", BigInteger, nullable=False, comment="leaves of the tree, all earlier seals' included"),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False, comment="roots of the whole subtrees: all that growing needs"),
    Column("checkpoint", Text, nullable=False, comment="the signed note; the key is outside the database"),
    schema="audit",
    comment="Signed roots of the Merkle tree over audit.access",
)

leaf = Table(
    "leaf",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("access_id", BigInteger, nullable=False, unique=True),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("seal_id", Integer, nullable=False),
    schema="audit",
    comment="What each record was when it was sealed, in the order of the tree",
)

consumed = Table(
    "consumed",
    metadata,
    Column("ticket", UUID, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    schema="audit",
    comment="Tickets that opened something: each does so once",
)

embargo = Table(
    "embargo",
    metadata,
    Column("embargo_id", Integer, Identity(always=True), primary_key=True),
    Column("case_ref", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("decision", Text, nullable=False, comment="the written decision that allows it"),
    Column("access_id", BigInteger, nullable=False, unique=True, comment="its own record, sealed like all others"),
    Index("embargo_case_ref_idx", "case_ref"),
    schema="audit",
    comment="Cases whose accesses the citizen is not told yet; the last row of a case counts",
)

quota = Table(
    "quota",
    metadata,
    Column("scope", Text, primary_key=True, comment="person or organisation"),
    Column("name", Text, primary_key=True, comment="whose; 'role:<role>' for a role; '*' for everybody else"),
    Column("per_hour", Integer, nullable=False),
    Column("per_day", Integer, nullable=False),
    CheckConstraint("scope IN ('person', 'organisation')", name="scope"),
    CheckConstraint("0 <= per_hour AND per_hour <= per_day", name="order"),
    schema="audit",
    comment="How many people somebody may ask about",
)
