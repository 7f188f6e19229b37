"""The change feed: one event per committed change, and who wants it pushed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from landdb.store.tables.base import metadata

SCHEMA = "feed"

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "xid",
        BigInteger,
        nullable=False,
        server_default=text("feed.place()"),
        comment="the database transaction, with the epoch's offset: readers stop before the oldest that still runs",
    ),
    Column("commune_ids", ARRAY(Integer), nullable=False, comment="whose ground or rights it concerns"),
    Column("content", JSONB, nullable=False, comment="a CloudEvent: ids, versions, fields, lineage; no personal data"),
    Index("event_xid_seq_key", "xid", "seq", unique=True),
    schema=SCHEMA,
    comment="Written in the transaction of the change itself, so that it is there exactly when the change is",
)

epoch = Table(
    "epoch",
    metadata,
    Column("is_only", Boolean, primary_key=True, server_default="true"),
    Column("epoch", UUID, nullable=False, server_default=text("gen_random_uuid()")),
    Column("since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column(
        "xid_offset",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="added to this server's transaction numbers: a restored database begins them anew",
    ),
    CheckConstraint("is_only", name="one_row"),
    schema=SCHEMA,
    comment="Part of every cursor: a restored database counts xids anew, so its feed is another feed",
)

webhook = Table(
    "webhook",
    metadata,
    Column("webhook_id", Integer, Identity(always=True), primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret_enc", LargeBinary, nullable=False),
    Column("commune_codes", ARRAY(Text), comment="null: every commune"),
    Column("after_xid", BigInteger, nullable=False),
    Column("after_seq", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row; 0 after a success"),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_fault", Text, comment="status or kind of error of the last failure"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
    comment="Subscribers that are told instead of asking; the position moves only when they confirm",
)
