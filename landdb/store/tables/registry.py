"""What hangs on the ground: baunits, certificates, rights and restrictions, and exact-fraction shares."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata, versioned

SCHEMA = "registry"

source = Table(
    "source",
    metadata,
    Column("source_id", Integer, Identity(always=True), primary_key=True),
    Column("source_kind", Text, nullable=False),
    Column("reference", Text, nullable=False, comment="how the document calls itself: number, or name of the record"),
    Column("issued_on", Date),
    CheckConstraint("source_kind IN ('SURVEY', 'DEED', 'DECISION', 'HANDOVER')", name="kind"),
    UniqueConstraint("source_kind", "reference", "issued_on", postgresql_nulls_not_distinct=True),
    schema=SCHEMA,
    comment="Documents other than certificates that data rest on, such as the record of a survey's handover",
)

baunit = Table(
    "baunit",
    metadata,
    Column("baunit_id", BigInteger, Identity(always=True), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column("baunit_key", Text, nullable=False, comment="certificate serial, else registry number, else the parcel"),
    UniqueConstraint("commune_id", "baunit_key"),
    schema=SCHEMA,
    comment="What a right hangs on: one or more parcels",
)


def _baunit_parcel_columns() -> list[Column[Any]]:
    return [
        Column("baunit_parcel_id", BigInteger, Identity(always=True), primary_key=True),
        Column("baunit_id", BigInteger, nullable=False),
        Column("parcel_id", BigInteger, nullable=False),
        Column("certificate_area_m2", Float, comment="the parcel's area as this certificate states it"),
        Column("batch_id", Integer, nullable=False),
    ]


baunit_parcel, baunit_parcel_history = versioned(
    "baunit_parcel",
    schema=SCHEMA,
    key="baunit_parcel_id",
    columns=_baunit_parcel_columns,
    hot=[
        Index("baunit_parcel_baunit_id_parcel_id_key", "baunit_id", "parcel_id", unique=True),
        Index("baunit_parcel_parcel_id_idx", "parcel_id"),
    ],
    history_by=("parcel_id", "baunit_id"),
)


def _certificate_columns() -> list[Column[Any]]:
    return [
        Column("certificate_id", BigInteger, Identity(always=True), primary_key=True),
        Column("baunit_id", BigInteger, nullable=False),
        Column("commune_id", Integer, nullable=False),
        Column("serial", Text, comment="normalised: capital letters, one space, digits"),
        Column("serial_raw", Text),
        Column("serial_fault", Text),
        Column("registry_no", Text),
        Column("issued_on", Date),
        Column("issued_on_raw", Text),
        Column("scan_file", Text),
        Column("batch_id", Integer, nullable=False),
    ]


certificate, certificate_history = versioned(
    "certificate",
    schema=SCHEMA,
    key="certificate_id",
    columns=_certificate_columns,
    hot=[
        Index("certificate_serial_idx", "serial"),
        Index("certificate_baunit_id_key", "baunit_id", unique=True),
        Index("certificate_commune_id_idx", "commune_id"),
    ],
    history_by=("serial", "baunit_id"),
)


def _rrr_columns() -> list[Column[Any]]:
    return [
        Column("rrr_id", BigInteger, Identity(always=True), primary_key=True),
        Column("baunit_id", BigInteger, nullable=False),
        Column("certificate_id", BigInteger),
        Column("rrr_kind", Text, nullable=False, comment="USE_RIGHT, MANAGEMENT, MORTGAGE, RESTRICTION"),
        Column("holder_group", Text, nullable=False),
        Column("batch_id", Integer, nullable=False),
    ]


rrr, rrr_history = versioned(
    "rrr",
    schema=SCHEMA,
    key="rrr_id",
    columns=_rrr_columns,
    hot=[
        Index("rrr_baunit_id_rrr_kind_holder_group_key", "baunit_id", "rrr_kind", "holder_group", unique=True),
        Index("rrr_certificate_id_idx", "certificate_id"),
    ],
    history_by=("baunit_id",),
)


def _share_columns() -> list[Column[Any]]:
    return [
        Column("share_id", BigInteger, Identity(always=True), primary_key=True),
        Column("rrr_id", BigInteger, nullable=False),
        Column("party_id", BigInteger, nullable=False),
        Column("role", Text),
        Column("numerator", BigInteger, comment="null: one of several joint holders whose parts are not divided"),
        Column("denominator", BigInteger),
        Column("batch_id", Integer, nullable=False),
    ]


share, share_history = versioned(
    "share",
    schema=SCHEMA,
    key="share_id",
    columns=_share_columns,
    hot=[
        CheckConstraint(
            "(numerator IS NULL AND denominator IS NULL) OR (numerator > 0 AND denominator >= numerator)",
            name="fraction",
        ),
        Index("share_rrr_id_party_id_key", "rrr_id", "party_id", unique=True),
        Index("share_party_id_idx", "party_id"),
    ],
    history_by=("rrr_id", "party_id"),
)


def _restriction_columns() -> list[Column[Any]]:
    return [
        Column("restriction_id", BigInteger, Identity(always=True), primary_key=True),
        Column("parcel_id", BigInteger, nullable=False),
        Column("restriction_kind", Text, nullable=False, comment="MORTGAGE, BLOCK or DISPUTE"),
        Column("rank", SmallInteger, comment="of a mortgage: 1 is satisfied first"),
        Column("party_id", BigInteger, comment="the lender"),
        Column("reference", Text, nullable=False, comment="number of the contract, decision or case"),
        Column("origin_id", BigInteger, nullable=False, comment="the transaction that laid it, lifted as a whole"),
        Column("batch_id", Integer, nullable=False),
    ]


restriction, restriction_history = versioned(
    "restriction",
    schema=SCHEMA,
    key="restriction_id",
    columns=_restriction_columns,
    hot=[
        CheckConstraint("restriction_kind IN ('MORTGAGE', 'BLOCK', 'DISPUTE')", name="kind"),
        CheckConstraint("(rank IS NOT NULL) = (restriction_kind = 'MORTGAGE')", name="ranked"),
        Index("restriction_parcel_id_rank_key", "parcel_id", "rank", unique=True),
        Index("restriction_origin_id_idx", "origin_id"),
    ],
    history_by=("parcel_id",),
)

remark = Table(
    "remark",
    metadata,
    Column("remark_id", BigInteger, Identity(always=True), primary_key=True),
    Column("baunit_id", BigInteger, ForeignKey(baunit.c.baunit_id), nullable=False),
    Column("parcel_id", BigInteger, nullable=False),
    Column("party_id", BigInteger, nullable=False),
    Column("has_present_user", Boolean, nullable=False, comment="it names who uses the land now"),
    Column("has_change_reason", Boolean, nullable=False),
    Column("has_assets", Boolean, nullable=False, comment="it describes what stands on the land"),
    Column("remark_index", LargeBinary, nullable=False, comment="blind index: tells whether it says the same"),
    Column("remark_enc", LargeBinary, nullable=False, comment="JSON by field, sealed: it may name a person"),
    Column("key_id", Text, nullable=False),
    Column("batch_id", Integer, nullable=False, index=True),
    Column("source_row", BigInteger, nullable=False),
    UniqueConstraint("baunit_id", "parcel_id", "party_id"),
    schema=SCHEMA,
    comment="What deliveries say of a holder's parcel that the register has no place for",
)

extract = Table(
    "extract",
    metadata,
    Column("extract_code", Text, primary_key=True, comment="printed on the paper; 60 random bits"),
    Column("parcel_id", BigInteger, nullable=False, index=True),
    Column("state_tag", Text, comment="of all that was registered at the parcel then; null: it was gone already"),
    Column("language", Text, nullable=False),
    Column("valid_at", Date, nullable=False),
    Column("known_at", DateTime(timezone=True)),
    Column("content_hash", LargeBinary, nullable=False, comment="SHA-256 of the signed facts"),
    Column("key_id", Text, nullable=False, comment="which key signed them"),
    Column("issued_for_role", Text, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
    comment="Extracts that were issued; what was printed stands on the paper alone",
)
