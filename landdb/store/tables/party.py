"""People and organisations, in a schema of their own.

Columns `*_enc` hold AES-256-GCM ciphertext bound to their row and column; columns `*_index` hold keyed
blind indexes for exact lookup; columns `*_masked` are all that a default read shows. The keys live in a
file outside the database (`landdb.store.vault`).
"""

from typing import Any

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
    SmallInteger,
    Table,
    Text,
    func,
)

from landdb.store.tables.base import metadata, versioned

SCHEMA = "party"


def _party_columns() -> list[Column[Any]]:
    return [
        Column("party_id", BigInteger, Identity(always=True), primary_key=True),
        Column("party_key", LargeBinary, nullable=False, comment="blind index of kind, number and name: who this is"),
        Column("content_index", LargeBinary, nullable=False, comment="blind index of all that was delivered"),
        Column("party_kind", Text, nullable=False, comment="NATURAL, ORGANISATION, HOUSEHOLD, COMMUNITY"),
        Column("name_masked", Text, nullable=False, comment="an organisation's or a community's name is public"),
        Column("name_enc", LargeBinary),
        Column("name_index", LargeBinary, nullable=False),
        Column("name_fault", Text, comment="reason code when the name is no readable name"),
        Column("birth_year", SmallInteger),
        Column("birth_enc", LargeBinary, comment="ISO date at the delivered precision"),
        Column("birth_index", LargeBinary, comment="blind index of a birth date with its day"),
        Column("sex", Text),
        Column("id_kind", Text, nullable=False, comment="CITIZEN_ID, CMND, OTHER, MISSING"),
        Column("citizen_id_masked", Text),
        Column("citizen_id_enc", LargeBinary),
        Column("citizen_id_index", LargeBinary),
        Column("citizen_id_fault", Text, comment="reason code of the first rule that the number breaks"),
        Column("org_no", Text, comment="organisation number, public"),
        Column("org_no_fault", Text),
        Column("tax_code_masked", Text),
        Column("tax_code_enc", LargeBinary),
        Column("tax_code_fault", Text),
        Column("residence_enc", LargeBinary),
        Column("key_id", Text, nullable=False, comment="which keys sealed this row"),
        Column("batch_id", Integer, nullable=False),
    ]


party, party_history = versioned(
    "party",
    schema=SCHEMA,
    key="party_id",
    columns=_party_columns,
    hot=[
        Index("party_party_key_key", "party_key", unique=True),
        Index("party_citizen_id_index_idx", "citizen_id_index"),
        Index("party_name_index_idx", "name_index"),
        Index("party_org_no_idx", "org_no"),
    ],
    history_by=("citizen_id_index", "org_no"),
)

sealing_key = Table(
    "sealing_key",
    metadata,
    Column("is_only", Boolean, primary_key=True, server_default="true"),
    Column("key_id", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("is_only", name="one_row"),
    schema=SCHEMA,
    comment="Which key file this database belongs to, so that a lost one is never replaced in silence",
)
