"""Rule runs, findings with an identity that outlives a run, decisions about them, the trend, and scores day by day."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata

SCHEMA = "quality"

rule_run = Table(
    "rule_run",
    metadata,
    Column("run_id", Integer, Identity(always=True), primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("is_whole", Boolean, nullable=False, comment="false: only the surroundings of some parcels were judged"),
    Column("rules", JSONB, nullable=False, comment="the rule ids that ran inside each commune"),
    Column("seam_rules", JSONB, nullable=False, comment="the rule ids that ran across the communes' borders"),
    Column("limits", JSONB, nullable=False, comment="the limits used, by rule"),
    Column("catalogue_hash", Text, nullable=False),
    Column("tool_versions", JSONB, nullable=False),
    schema=SCHEMA,
)

sweep = Table(
    "sweep",
    metadata,
    Column("sweep_id", Integer, Identity(always=True), primary_key=True),
    Column("commune_ids", ARRAY(Integer), nullable=False),
    Column("rules", ARRAY(Text), comment="the rules asked for; null: all"),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True), comment="null: it runs, or was broken off and can go on"),
    schema=SCHEMA,
    comment="A run over many communes",
)

sweep_commune = Table(
    "sweep_commune",
    metadata,
    Column("sweep_id", Integer, ForeignKey(sweep.c.sweep_id), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), primary_key=True),
    schema=SCHEMA,
    comment="The communes that a sweep has judged",
)

run_commune = Table(
    "run_commune",
    metadata,
    Column("run_id", Integer, ForeignKey(rule_run.c.run_id), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), primary_key=True, index=True),
    Column("parcel_count", Integer, nullable=False, comment="parcels of the commune at that time"),
    schema=SCHEMA,
    comment="Which communes a run looked at",
)

run_count = Table(
    "run_count",
    metadata,
    Column("run_id", Integer, ForeignKey(rule_run.c.run_id), nullable=False, index=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False, index=True),
    Column("other_commune_id", Integer, comment="of findings across a border: they count for both communes"),
    Column("rule_id", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("seen", Integer, nullable=False, comment="findings that this run saw, accepted ones among them"),
    Column("accepted", Integer, nullable=False),
    Column("area_m2", Float, nullable=False, comment="sum over the findings that are not accepted"),
    schema=SCHEMA,
    comment="The trend: what a whole run saw, by commune and rule; a rule that ran and has no row saw nothing",
)

#: Errors before warnings before the rest; among them the larger ground first, then the wider fault.
WORST_FIRST = """CASE severity WHEN 'error' THEN 2e9 WHEN 'warning' THEN 1e9 ELSE 0e0 END
    + least(coalesce(area_m2, width_m, CASE WHEN unit IN ('m', 'm2') THEN abs(measure) END, 0), 1e8)"""

#: Shapes that reach more than 200 m to one side.
FAR_REACHING = "st_xmax(geom::box3d) - st_xmin(geom::box3d) > 200 OR st_ymax(geom::box3d) - st_ymin(geom::box3d) > 200"

finding = Table(
    "finding",
    metadata,
    Column("finding_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "fingerprint", LargeBinary, nullable=False, unique=True, comment="the identity as first seen; never changes"
    ),
    Column("content_hash", LargeBinary, nullable=False, comment="of all that a run says about it: unchanged if equal"),
    Column("rule_id", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column(
        "other_commune_id",
        Integer,
        ForeignKey(commune.c.commune_id),
        comment="across a border: the commune with the higher code; commune_id is the one with the lower",
    ),
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
    Column("badness", Float, Computed(WORST_FIRST, persisted=True), comment="sorts the worst first"),
    Column("first_run_id", Integer, ForeignKey(rule_run.c.run_id), nullable=False),
    Column("last_run_id", Integer, ForeignKey(rule_run.c.run_id), nullable=False, comment="the last run that saw it"),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now(), comment="of the state"),
    Column("fixed_at", DateTime(timezone=True)),
    Column("times_regressed", Integer, nullable=False, server_default="0"),
    Column("accepted_until", Date, comment="of an accepted finding whose waiver ends: the last day that it holds"),
    Column("assigned_to", Text),
    Column("assigned_at", DateTime(timezone=True)),
    CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity"),
    CheckConstraint("state IN ('open', 'accepted', 'fixed', 'regressed')", name="state"),
    CheckConstraint("(state = 'fixed') = (fixed_at IS NOT NULL)", name="fixed_when"),
    CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned_when"),
    CheckConstraint("other_commune_id <> commune_id", name="two_communes"),
    Index("finding_commune_id_rule_id_subject_idx", "commune_id", "rule_id", "subject"),
    Index("finding_other_commune_id_idx", "other_commune_id", postgresql_where="other_commune_id IS NOT NULL"),
    Index("finding_accepted_idx", "commune_id", postgresql_where="state = 'accepted'"),
    Index("finding_assigned_to_idx", "assigned_to", postgresql_where="assigned_to IS NOT NULL"),
    Index("finding_parcel_id_idx", "parcel_id", postgresql_where="parcel_id IS NOT NULL"),
    Index("finding_other_parcel_id_idx", "other_parcel_id", postgresql_where="other_parcel_id IS NOT NULL"),
    Index("finding_point_4326_idx", "point_4326", postgresql_using="gist"),
    # Maps find a fault by its point, and the few that reach far from it by their box.
    Index(
        "finding_far_reaching_idx",
        text("ST_Transform(ST_Envelope(geom), 4326)"),
        postgresql_using="gist",
        postgresql_where=FAR_REACHING,
    ),
    schema=SCHEMA,
    # Every run notes what it saw again; with room on the page no index has to be touched for that.
    postgresql_with={"fillfactor": 80},
)

finding_event = Table(
    "finding_event",
    metadata,
    Column("event_id", BigInteger, Identity(always=True), primary_key=True),
    Column("finding_id", BigInteger, ForeignKey(finding.c.finding_id), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("actor", Text, nullable=False, comment="who decided; landdb when a run did"),
    Column("kind", Text, nullable=False),
    Column("note", Text),
    Column("from_state", Text),
    Column("to_state", Text),
    Column("run_id", Integer, ForeignKey(rule_run.c.run_id)),
    CheckConstraint(
        "kind IN ('accepted', 'revoked', 'assigned', 'commented', 'fixed', 'regressed', 'reopened', 'renumbered')",
        name="kind",
    ),
    schema=SCHEMA,
    comment="Append-only: what happened to a finding after it was first seen, which the finding itself says",
)

waiver = Table(
    "waiver",
    metadata,
    Column("waiver_id", BigInteger, Identity(always=True), primary_key=True),
    Column("finding_id", BigInteger, ForeignKey(finding.c.finding_id), nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ends_on", Date, comment="the last day that it holds; null: until revoked or outgrown"),
    Column("measure", Float, comment="of the finding as accepted"),
    Column("area_m2", Float, comment="of the finding as accepted"),
    Column("width_m", Float, comment="of the finding as accepted"),
    Column("growth_margin", Float, nullable=False, server_default="0.1", comment="beyond this share of growth it ends"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_by", Text),
    CheckConstraint("length(reason) >= 10", name="reason_given"),
    CheckConstraint("growth_margin >= 0", name="growth_margin"),
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
