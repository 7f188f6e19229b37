"""Rule runs, findings with an identity that outlives a run, waivers, and scores day by day."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
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
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata

SCHEMA = "quality"

rule_run = Table(
    "rule_run",
    metadata,
    Column("run_id", Integer, Identity(always=True), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False, index=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("rules", JSONB, nullable=False, comment="the rule ids that ran"),
    Column("limits", JSONB, nullable=False, comment="the limits used, by rule"),
    Column("catalogue_hash", Text, nullable=False),
    Column("tool_versions", JSONB, nullable=False),
    Column("parcel_count", Integer, nullable=False),
    schema=SCHEMA,
)

finding = Table(
    "finding",
    metadata,
    Column("finding_id", BigInteger, Identity(always=True), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False, unique=True, comment="the identity across runs and re-imports"),
    Column("rule_id", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column("subject", Text, nullable=False),
    Column("parcel_id", BigInteger),
    Column("other_parcel_id", BigInteger),
    Column("point_4326", Geometry("POINT", srid=4326, spatial_index=False)),
    Column("geom", Geometry(srid=-1, spatial_index=False), comment="the fault itself, metres"),
    Column("measure", Float),
    Column("unit", Text),
    Column("area_m2", Float),
    Column("width_m", Float),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column("first_run_id", Integer, ForeignKey(rule_run.c.run_id), nullable=False),
    Column("last_run_id", Integer, ForeignKey(rule_run.c.run_id), nullable=False, comment="the last run that saw it"),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity"),
    CheckConstraint("state IN ('open', 'accepted', 'fixed', 'regressed')", name="state"),
    Index("finding_commune_id_state_idx", "commune_id", "state"),
    Index("finding_parcel_id_idx", "parcel_id"),
    Index("finding_other_parcel_id_idx", "other_parcel_id"),
    schema=SCHEMA,
)

waiver = Table(
    "waiver",
    metadata,
    Column("waiver_id", BigInteger, Identity(always=True), primary_key=True),
    Column("finding_id", BigInteger, ForeignKey(finding.c.finding_id), nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ends_on", Date),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("length(reason) >= 10", name="reason_given"),
    schema=SCHEMA,
)

score = Table(
    "score",
    metadata,
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), primary_key=True),
    Column("scored_on", Date, primary_key=True, comment="the day in Vietnam; its last score counts"),
    Column("scored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("formula", Text, nullable=False, comment="version and hash of the formula"),
    Column("score", Float, comment="0 to 100; null: no parcel to judge"),
    Column("numbers", JSONB, nullable=False, comment="the counts and denominators that the score is computed from"),
    Column("components", JSONB, nullable=False, comment="the points of each component"),
    Column("scheme", Text, comment="scheme of the campaign's groups and words; null: not asked about"),
    Column("standing", JSONB, comment="parcels by group, word and reason"),
    CheckConstraint("(scheme IS NULL) = (standing IS NULL)", name="scheme_named"),
    schema=SCHEMA,
    comment="How good the data of a commune were, by day",
)
