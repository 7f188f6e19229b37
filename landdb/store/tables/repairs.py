"""Proposed repairs of findings: what would change, with the evidence; and what a person decided."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
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
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata
from landdb.store.tables.quality import SCHEMA, finding
from landdb.store.tables.transactions import transaction

proposal = Table(
    "proposal",
    metadata,
    Column("proposal_id", BigInteger, Identity(always=True), primary_key=True),
    Column("finding_id", BigInteger, ForeignKey(finding.c.finding_id), nullable=False),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="whom the finding is about"),
    Column("kind", Text, nullable=False, comment="what the proposer does, such as CUT_OVERLAP"),
    Column("rank", SmallInteger, nullable=False, comment="1: recommended; others are alternatives"),
    Column("state", Text, nullable=False, server_default="open"),
    Column("content_hash", LargeBinary, nullable=False, comment="what would change: the same proposal is made once"),
    Column("failed", ARRAY(Text), nullable=False, comment="conditions that do not hold; empty: acceptable"),
    Column("is_acceptable", Boolean, nullable=False),
    Column("conditions", JSONB, nullable=False, comment="every condition, whether it holds, the measure behind it"),
    Column("evidence_vi", Text, nullable=False),
    Column("evidence_en", Text, nullable=False),
    Column("max_move_m", Float, nullable=False),
    Column("max_area_change_m2", Float, nullable=False),
    Column("closes", JSONB, nullable=False, comment="findings of the neighbourhood that go"),
    Column("opens", JSONB, nullable=False, comment="findings of the neighbourhood that come"),
    Column("catalogue_hash", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("proposed_by", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Text),
    Column("decision_reason", Text),
    Column("transaction_id", BigInteger, ForeignKey(transaction.c.transaction_id), index=True),
    Column("undone_by", BigInteger, ForeignKey(transaction.c.transaction_id)),
    CheckConstraint("state IN ('open', 'accepted', 'refused', 'superseded', 'undone')", name="state"),
    CheckConstraint("is_acceptable = (failed = '{}')", name="acceptable"),
    CheckConstraint("(transaction_id IS NOT NULL) = (state IN ('accepted', 'undone'))", name="on_record"),
    CheckConstraint("state <> 'refused' OR length(decision_reason) >= 10", name="reason_given"),
    Index("proposal_commune_id_state_idx", "commune_id", "state", "rank"),
    Index("proposal_finding_id_idx", "finding_id"),
    Index(
        "proposal_content_hash_key",
        "finding_id",
        "content_hash",
        unique=True,
        postgresql_where="state IN ('open', 'refused')",
    ),
    schema=SCHEMA,
    comment="Proposed repairs; nothing changes until a person accepts one",
)

proposal_change = Table(
    "proposal_change",
    metadata,
    Column("proposal_id", BigInteger, ForeignKey(proposal.c.proposal_id), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("parcel_id", BigInteger),
    Column("land_object_id", BigInteger),
    Column("label", Text, nullable=False, comment="sheet/parcel, or the object's kind and name"),
    Column("version", Integer, nullable=False, comment="the version that it was proposed for"),
    Column("new_version", Integer, comment="the version that accepting made"),
    Column(
        "geom", Geometry(srid=-1, spatial_index=False), comment="as it would be, in the sheet's own zone; null: ends"
    ),
    Column("area_before_m2", Float),
    Column("area_after_m2", Float),
    Column("paper_area_m2", Float, comment="certificate, else survey document"),
    Column("area_limit_m2", Float),
    Column("area_verdict", Text, nullable=False),
    Column("max_move_m", Float, nullable=False),
    Column("accuracy_m", Float, nullable=False, comment="the accuracy class of the survey, for a boundary point"),
    Column("moves", JSONB, nullable=False, comment="vertices that move, come or go, farthest first"),
    CheckConstraint("(parcel_id IS NULL) <> (land_object_id IS NULL)", name="one_unit"),
    Index("proposal_change_parcel_id_idx", "parcel_id"),
    Index("proposal_change_land_object_id_idx", "land_object_id"),
    schema=SCHEMA,
    comment="What a proposal would make of each parcel or land-occupying object",
)
