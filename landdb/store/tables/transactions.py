"""Legal changes: each one transaction with its document and its clerk, what it changed, and who begot whom."""

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
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata
from landdb.store.tables.registry import source

transaction = Table(
    "transaction",
    metadata,
    Column("transaction_id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, comment="which procedure, such as split, transfer or repair"),
    Column("change_code", Text, comment="legal change code of the list change_kind; null: none applies"),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column("state", Text, nullable=False),
    Column("source_id", Integer, ForeignKey(source.c.source_id), comment="the document that the change rests on"),
    Column("actor", Text, nullable=False, comment="the clerk"),
    Column("approver", Text),
    Column("reason", Text),
    Column("valid_from", Date, nullable=False, comment="from when the change is true in law"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("decided_at", DateTime(timezone=True), comment="when it was approved or rejected"),
    Column("due_on", Date, comment="the last day of the procedure's working days"),
    Column("idempotency_key", Text, unique=True),
    Column("request_index", LargeBinary, comment="keyed hash of the request: one key, one request"),
    Column("request_enc", LargeBinary, comment="the request, sealed, while it waits for a decision"),
    Column("details", JSONB, nullable=False, server_default="{}", comment="ids, numbers, areas; no personal data"),
    CheckConstraint("state IN ('DRAFT', 'SUBMITTED', 'NEEDS_SUPPLEMENT', 'APPROVED', 'REJECTED')", name="state"),
    CheckConstraint("(decided_at IS NOT NULL) = (state IN ('APPROVED', 'REJECTED'))", name="decided"),
    Index("transaction_commune_id_state_idx", "commune_id", "state"),
    schema="registry",
    comment="One legal change each: who, when, why, under which document; effects exist once it is APPROVED",
)

transaction_change = Table(
    "transaction_change",
    metadata,
    Column("change_id", BigInteger, Identity(always=True), primary_key=True),
    Column("transaction_id", BigInteger, ForeignKey(transaction.c.transaction_id), nullable=False, index=True),
    Column("noun", Text, nullable=False, comment="the versioned table"),
    Column("object_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("fields", ARRAY(Text), comment="names of the columns that differ from the version before"),
    CheckConstraint("action IN ('created', 'changed', 'ended')", name="action"),
    Index("transaction_change_noun_object_id_version_idx", "noun", "object_id", "version"),
    schema="registry",
    comment="Which versions a transaction made or ended; written by the trigger note_change, never by hand",
)

parcel_lineage = Table(
    "parcel_lineage",
    metadata,
    Column("parent_id", BigInteger, primary_key=True),
    Column("child_id", BigInteger, primary_key=True, index=True),
    Column(
        "transaction_id",
        BigInteger,
        ForeignKey(transaction.c.transaction_id),
        nullable=False,
        primary_key=True,
        index=True,
    ),
    Column("kind", Text, nullable=False, comment="split, merge, or another procedure that ends and begets parcels"),
    CheckConstraint("parent_id <> child_id", name="not_itself"),
    schema="cadastre",
    comment="Which parcel came from which; many to many",
)

transaction_parcel = Table(
    "transaction_parcel",
    metadata,
    Column("parcel_id", BigInteger, primary_key=True),
    Column("transaction_id", BigInteger, ForeignKey(transaction.c.transaction_id), primary_key=True, index=True),
    schema="registry",
    comment="Which parcels a transaction concerns: its subjects, their children, neighbours that took a vertex",
)

parcel_code = Table(
    "parcel_code",
    metadata,
    Column("parcel_code", Text, primary_key=True),
    Column("parcel_id", BigInteger, nullable=False),
    Column("issued_by", BigInteger, ForeignKey(transaction.c.transaction_id), comment="null: delivered with its code"),
    Column("retired_by", BigInteger, ForeignKey(transaction.c.transaction_id), comment="null: in use"),
    schema="cadastre",
    comment="Codes that a transaction issued or retired; a code is issued once and never again",
)

approval_rule = Table(
    "approval_rule",
    metadata,
    Column("approval_rule_id", Integer, Identity(always=True), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), comment="null: every commune"),
    Column("kind", Text, comment="null: every procedure"),
    Column("needs_second", Boolean, nullable=False, comment="whether another person must approve"),
    UniqueConstraint("commune_id", "kind", postgresql_nulls_not_distinct=True),
    schema="registry",
    comment="Where an office wants four eyes; the most exact row counts: commune and kind, kind, commune, all",
)
