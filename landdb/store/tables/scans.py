"""Scanned papers that were noted for a commune."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
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

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata

scan = Table(
    "scan",
    metadata,
    Column("scan_id", BigInteger, Identity(always=True), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("serial", Text, comment="read from the file name; null: it names none"),
    Column("scan_kind", Text, nullable=False),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
    Column("is_signed", Boolean, nullable=False, comment="it carries a signature; nobody verified it"),
    Column("actor", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("scan_kind IN ('CERTIFICATE', 'PAPERS', 'OTHER')", name="kind"),
    UniqueConstraint("commune_id", "file_name"),
    Index("scan_serial_idx", "serial"),
    schema="registry",
    comment="Scanned papers that were noted for a commune; the files themselves lie elsewhere",
)
