"""Parties, baunits, certificates and other sources, rights and their shares.

Revision: 0003, after 0002, made 2026-11-23.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.versioning import add_versioning, drop_versioning

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VERSIONED = (
    ("party", "party"),
    ("registry", "baunit_parcel"),
    ("registry", "certificate"),
    ("registry", "rrr"),
    ("registry", "share"),
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA party")
    op.execute("CREATE SCHEMA registry")
    op.create_table(
        "party",
        sa.Column("party_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "party_key", sa.LargeBinary(), nullable=False, comment="blind index of kind, number and name: who this is"
        ),
        sa.Column("content_index", sa.LargeBinary(), nullable=False, comment="blind index of all that was delivered"),
        sa.Column("party_kind", sa.Text(), nullable=False, comment="NATURAL, ORGANISATION, HOUSEHOLD, COMMUNITY"),
        sa.Column(
            "name_masked", sa.Text(), nullable=False, comment="an organisation's or a community's name is public"
        ),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("birth_enc", sa.LargeBinary(), nullable=True, comment="ISO date at the delivered precision"),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("id_kind", sa.Text(), nullable=False, comment="CITIZEN_ID, CMND, OTHER, MISSING"),
        sa.Column("citizen_id_masked", sa.Text(), nullable=True),
        sa.Column("citizen_id_enc", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_id_index", sa.LargeBinary(), nullable=True),
        sa.Column(
            "citizen_id_fault", sa.Text(), nullable=True, comment="reason code of the first rule that the number breaks"
        ),
        sa.Column("org_no", sa.Text(), nullable=True, comment="organisation number, public"),
        sa.Column("org_no_fault", sa.Text(), nullable=True),
        sa.Column("tax_code_masked", sa.Text(), nullable=True),
        sa.Column("tax_code_enc", sa.LargeBinary(), nullable=True),
        sa.Column("tax_code_fault", sa.Text(), nullable=True),
        sa.Column("residence_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False, comment="which keys sealed this row"),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("party_id", name=op.f("party_pkey")),
        schema="party",
    )
    op.create_index("party_party_key_key", "party", ["party_key"], unique=True, schema="party")
    op.create_index("party_citizen_id_index_idx", "party", ["citizen_id_index"], unique=False, schema="party")
    op.create_index("party_name_index_idx", "party", ["name_index"], unique=False, schema="party")
    op.create_index("party_org_no_idx", "party", ["org_no"], unique=False, schema="party")
    op.create_table(
        "party_history",
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("party_key", sa.LargeBinary(), nullable=True),
        sa.Column("content_index", sa.LargeBinary(), nullable=True),
        sa.Column("party_kind", sa.Text(), nullable=True),
        sa.Column("name_masked", sa.Text(), nullable=True),
        sa.Column("name_enc", sa.LargeBinary(), nullable=True),
        sa.Column("name_index", sa.LargeBinary(), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("birth_enc", sa.LargeBinary(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("id_kind", sa.Text(), nullable=True),
        sa.Column("citizen_id_masked", sa.Text(), nullable=True),
        sa.Column("citizen_id_enc", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_id_fault", sa.Text(), nullable=True),
        sa.Column("org_no", sa.Text(), nullable=True),
        sa.Column("org_no_fault", sa.Text(), nullable=True),
        sa.Column("tax_code_masked", sa.Text(), nullable=True),
        sa.Column("tax_code_enc", sa.LargeBinary(), nullable=True),
        sa.Column("tax_code_fault", sa.Text(), nullable=True),
        sa.Column("residence_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("party_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="party_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("party_history_intervals_check")
        ),
        schema="party",
    )
    op.create_index(
        "party_history_citizen_id_index_idx", "party_history", ["citizen_id_index"], unique=False, schema="party"
    )
    op.create_index("party_history_org_no_idx", "party_history", ["org_no"], unique=False, schema="party")
    op.create_table(
        "baunit_parcel",
        sa.Column("baunit_parcel_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("baunit_id", sa.BigInteger(), nullable=False),
        sa.Column("parcel_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "certificate_area_m2",
            sa.Float(),
            nullable=True,
            comment="the parcel's area as this certificate states it",
        ),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("baunit_parcel_id", name=op.f("baunit_parcel_pkey")),
        schema="registry",
    )
    op.create_index(
        "baunit_parcel_baunit_id_parcel_id_key",
        "baunit_parcel",
        ["baunit_id", "parcel_id"],
        unique=True,
        schema="registry",
    )
    op.create_index("baunit_parcel_parcel_id_idx", "baunit_parcel", ["parcel_id"], unique=False, schema="registry")
    op.create_table(
        "baunit_parcel_history",
        sa.Column("baunit_parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("baunit_id", sa.BigInteger(), nullable=True),
        sa.Column("parcel_id", sa.BigInteger(), nullable=True),
        sa.Column("certificate_area_m2", sa.Float(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("baunit_parcel_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="baunit_parcel_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("baunit_parcel_history_intervals_check")
        ),
        schema="registry",
    )
    op.create_index(
        "baunit_parcel_history_baunit_id_idx", "baunit_parcel_history", ["baunit_id"], unique=False, schema="registry"
    )
    op.create_index(
        "baunit_parcel_history_parcel_id_idx", "baunit_parcel_history", ["parcel_id"], unique=False, schema="registry"
    )
    op.create_table(
        "certificate",
        sa.Column("certificate_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("baunit_id", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True, comment="normalised: capital letters, one space, digits"),
        sa.Column("serial_raw", sa.Text(), nullable=True),
        sa.Column("serial_fault", sa.Text(), nullable=True),
        sa.Column("registry_no", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_on_raw", sa.Text(), nullable=True),
        sa.Column("scan_file", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("certificate_pkey")),
        schema="registry",
    )
    op.create_index("certificate_baunit_id_key", "certificate", ["baunit_id"], unique=True, schema="registry")
    op.create_index("certificate_commune_id_idx", "certificate", ["commune_id"], unique=False, schema="registry")
    op.create_index("certificate_serial_idx", "certificate", ["serial"], unique=False, schema="registry")
    op.create_table(
        "certificate_history",
        sa.Column("certificate_id", sa.BigInteger(), nullable=True),
        sa.Column("baunit_id", sa.BigInteger(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("serial_raw", sa.Text(), nullable=True),
        sa.Column("serial_fault", sa.Text(), nullable=True),
        sa.Column("registry_no", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_on_raw", sa.Text(), nullable=True),
        sa.Column("scan_file", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("certificate_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="certificate_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("certificate_history_intervals_check")
        ),
        schema="registry",
    )
    op.create_index(
        "certificate_history_baunit_id_idx", "certificate_history", ["baunit_id"], unique=False, schema="registry"
    )
    op.create_index(
        "certificate_history_serial_idx", "certificate_history", ["serial"], unique=False, schema="registry"
    )
    op.create_table(
        "rrr",
        sa.Column("rrr_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("baunit_id", sa.BigInteger(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=True),
        sa.Column("rrr_kind", sa.Text(), nullable=False, comment="USE_RIGHT, MANAGEMENT, MORTGAGE, RESTRICTION"),
        sa.Column("holder_group", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("rrr_id", name=op.f("rrr_pkey")),
        schema="registry",
    )
    op.create_index(
        "rrr_baunit_id_rrr_kind_holder_group_key",
        "rrr",
        ["baunit_id", "rrr_kind", "holder_group"],
        unique=True,
        schema="registry",
    )
    op.create_index("rrr_certificate_id_idx", "rrr", ["certificate_id"], unique=False, schema="registry")
    op.create_table(
        "rrr_history",
        sa.Column("rrr_id", sa.BigInteger(), nullable=True),
        sa.Column("baunit_id", sa.BigInteger(), nullable=True),
        sa.Column("certificate_id", sa.BigInteger(), nullable=True),
        sa.Column("rrr_kind", sa.Text(), nullable=True),
        sa.Column("holder_group", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("rrr_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="rrr_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("rrr_history_intervals_check")
        ),
        schema="registry",
    )
    op.create_index("rrr_history_baunit_id_idx", "rrr_history", ["baunit_id"], unique=False, schema="registry")
    op.create_table(
        "share",
        sa.Column("share_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rrr_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column(
            "numerator",
            sa.BigInteger(),
            nullable=True,
            comment="null: one of several joint holders whose parts are not divided",
        ),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(numerator IS NULL AND denominator IS NULL) OR (numerator > 0 AND denominator >= numerator)",
            name=op.f("share_fraction_check"),
        ),
        sa.PrimaryKeyConstraint("share_id", name=op.f("share_pkey")),
        schema="registry",
    )
    op.create_index("share_party_id_idx", "share", ["party_id"], unique=False, schema="registry")
    op.create_index("share_rrr_id_party_id_key", "share", ["rrr_id", "party_id"], unique=True, schema="registry")
    op.create_table(
        "share_history",
        sa.Column("share_id", sa.BigInteger(), nullable=True),
        sa.Column("rrr_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("share_id"), "="),
            (sa.literal_column("daterange(valid_from, valid_to)"), "&&"),
            (sa.literal_column("tstzrange(recorded_at, superseded_at)"), "&&"),
            using="gist",
            name="share_history_versions_excl",
        ),
        sa.CheckConstraint(
            "valid_from < valid_to AND recorded_at < superseded_at", name=op.f("share_history_intervals_check")
        ),
        schema="registry",
    )
    op.create_index("share_history_party_id_idx", "share_history", ["party_id"], unique=False, schema="registry")
    op.create_index("share_history_rrr_id_idx", "share_history", ["rrr_id"], unique=False, schema="registry")
    op.create_table(
        "source",
        sa.Column("source_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=False,
            comment="how the document calls itself: number, or name of the record",
        ),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.CheckConstraint("source_kind IN ('SURVEY', 'DEED', 'DECISION', 'HANDOVER')", name=op.f("source_kind_check")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("source_pkey")),
        sa.UniqueConstraint(
            "source_kind",
            "reference",
            "issued_on",
            name=op.f("source_source_kind_reference_issued_on_key"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="registry",
        comment="Documents other than certificates that data rest on, such as the record of a survey's handover",
    )
    op.create_table(
        "baunit",
        sa.Column("baunit_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column(
            "baunit_key",
            sa.Text(),
            nullable=False,
            comment="certificate serial, else registry number, else the parcel",
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["admin.commune.commune_id"], name=op.f("baunit_commune_id_fkey")),
        sa.UniqueConstraint("commune_id", "baunit_key", name=op.f("baunit_commune_id_baunit_key_key")),
        sa.PrimaryKeyConstraint("baunit_id", name=op.f("baunit_pkey")),
        schema="registry",
        comment="What a right hangs on: one or more parcels",
    )
    op.create_index("party_history_party_id_idx", "party_history", ["party_id"], unique=False, schema="party")
    op.create_index(
        "baunit_parcel_history_baunit_parcel_id_idx",
        "baunit_parcel_history",
        ["baunit_parcel_id"],
        unique=False,
        schema="registry",
    )
    op.create_index(
        "certificate_history_certificate_id_idx",
        "certificate_history",
        ["certificate_id"],
        unique=False,
        schema="registry",
    )
    op.create_index("rrr_history_rrr_id_idx", "rrr_history", ["rrr_id"], unique=False, schema="registry")
    op.create_index("share_history_share_id_idx", "share_history", ["share_id"], unique=False, schema="registry")
    for name in VERSIONED:
        add_versioning(*name)


def downgrade() -> None:
    for name in VERSIONED:
        drop_versioning(*name)
    op.drop_table("baunit", schema="registry")
    op.drop_table("source", schema="registry")
    op.drop_index("share_history_rrr_id_idx", table_name="share_history", schema="registry")
    op.drop_index("share_history_party_id_idx", table_name="share_history", schema="registry")
    op.drop_table("share_history", schema="registry")
    op.drop_index("share_rrr_id_party_id_key", table_name="share", schema="registry")
    op.drop_index("share_party_id_idx", table_name="share", schema="registry")
    op.drop_table("share", schema="registry")
    op.drop_index("rrr_history_baunit_id_idx", table_name="rrr_history", schema="registry")
    op.drop_table("rrr_history", schema="registry")
    op.drop_index("rrr_certificate_id_idx", table_name="rrr", schema="registry")
    op.drop_index("rrr_baunit_id_rrr_kind_holder_group_key", table_name="rrr", schema="registry")
    op.drop_table("rrr", schema="registry")
    op.drop_index("certificate_history_serial_idx", table_name="certificate_history", schema="registry")
    op.drop_index("certificate_history_baunit_id_idx", table_name="certificate_history", schema="registry")
    op.drop_table("certificate_history", schema="registry")
    op.drop_index("certificate_serial_idx", table_name="certificate", schema="registry")
    op.drop_index("certificate_commune_id_idx", table_name="certificate", schema="registry")
    op.drop_index("certificate_baunit_id_key", table_name="certificate", schema="registry")
    op.drop_table("certificate", schema="registry")
    op.drop_index("baunit_parcel_history_parcel_id_idx", table_name="baunit_parcel_history", schema="registry")
    op.drop_index("baunit_parcel_history_baunit_id_idx", table_name="baunit_parcel_history", schema="registry")
    op.drop_table("baunit_parcel_history", schema="registry")
    op.drop_index("baunit_parcel_parcel_id_idx", table_name="baunit_parcel", schema="registry")
    op.drop_index("baunit_parcel_baunit_id_parcel_id_key", table_name="baunit_parcel", schema="registry")
    op.drop_table("baunit_parcel", schema="registry")
    op.drop_index("party_history_org_no_idx", table_name="party_history", schema="party")
    op.drop_index("party_history_citizen_id_index_idx", table_name="party_history", schema="party")
    op.drop_table("party_history", schema="party")
    op.drop_index("party_org_no_idx", table_name="party", schema="party")
    op.drop_index("party_name_index_idx", table_name="party", schema="party")
    op.drop_index("party_party_key_key", table_name="party", schema="party")
    op.drop_index("party_citizen_id_index_idx", table_name="party", schema="party")
    op.drop_table("party", schema="party")
    op.execute("DROP SCHEMA registry")
    op.execute("DROP SCHEMA party")
