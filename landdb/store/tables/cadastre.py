"""Ground: map sheets, parcels, land-occupying objects and land uses. No personal data lives here."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from landdb.store.tables.admin import commune
from landdb.store.tables.base import metadata, versioned

SCHEMA = "cadastre"


def _native(*, nullable: bool = False) -> Column[Any]:
    """Give the geometry in the sheet's own zone: the SRID varies by row, so none is fixed and none indexed."""
    return Column("geom", Geometry(srid=-1, spatial_index=False), nullable=nullable)


def _wgs84(*, nullable: bool = False) -> Column[Any]:
    return Column("geom_4326", Geometry(srid=4326, spatial_index=False), nullable=nullable)


sheet = Table(
    "sheet",
    metadata,
    Column("sheet_id", Integer, Identity(always=True), primary_key=True),
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), nullable=False),
    Column("sheet_no", Text, nullable=False),
    Column("scale_denominator", Integer),
    Column("srid", Integer, nullable=False, comment="the legal CRS of this sheet; one province can hold three zones"),
    Column("frame", Geometry(srid=-1, spatial_index=False), comment="the sheet's frame in its own CRS"),
    Column("frame_4326", Geometry(srid=4326, spatial_index=False)),
    Column("is_listed", SmallInteger, nullable=False, server_default="0", comment="1 when delivered as a sheet"),
    Column("delivered_hash", LargeBinary),
    Column("batch_id", Integer, nullable=False),
    UniqueConstraint("commune_id", "sheet_no"),
    Index("sheet_sheet_no_idx", "sheet_no"),
    Index("sheet_srid_idx", "srid"),
    schema=SCHEMA,
    comment="Map sheets; CRS and scale belong to the sheet, not to the province",
)

sheet_crosswalk = Table(
    "sheet_crosswalk",
    metadata,
    Column("crosswalk_id", Integer, Identity(always=True), primary_key=True),
    Column("old_commune_code", Text, nullable=False),
    Column("old_sheet_no", Text, nullable=False),
    Column("old_parcel_no", Text, comment="null: the whole sheet"),
    Column("scale_denominator", Integer),
    Column("note", Text),
    Column("commune_code", Text, nullable=False),
    Column("sheet_no", Text, nullable=False),
    Column("parcel_no", Text),
    Column("batch_id", Integer, nullable=False),
    Column("delivered_hash", LargeBinary, nullable=False, unique=True),
    Index("sheet_crosswalk_old_idx", "old_commune_code", "old_sheet_no"),
    Index("sheet_crosswalk_new_idx", "commune_code", "old_sheet_no"),
    schema=SCHEMA,
    comment="Old sheet numbers → present ones; not a function: a lookup may be ambiguous",
)


def _parcel_columns() -> list[Column[Any]]:
    return [
        Column("parcel_id", BigInteger, Identity(always=True), primary_key=True),
        Column("commune_id", Integer, nullable=False),
        Column("sheet_id", Integer, ForeignKey(sheet.c.sheet_id), nullable=False),
        Column("parcel_no", Text, nullable=False),
        Column("parcel_code", Text, comment="national 12-character code as assigned; never recomputed"),
        Column("old_sheet_no", Text),
        Column("old_parcel_no", Text),
        Column("address", Text),
        Column("land_use_label", Text, comment="the use as written on the map; rights have uses of their own"),
        Column("land_use_codes", ARRAY(Text), comment="what the label says; null: it names no known use"),
        Column("land_use_fault", Text, comment="reason code when the label is no use in force"),
        Column("registered_area_m2", Float, comment="from the survey document"),
        Column("legal_area_m2", Float, comment="from the certificate"),
        Column("computed_area_m2", Float, comment="from the geometry, in the sheet's own zone"),
        _native(nullable=True),
        _wgs84(nullable=True),
        Column("geom_fault", Text, comment="why the delivered ring cannot be used; then geom is null"),
        Column("geom_delivered", LargeBinary, comment="the unusable geometry as delivered, WKB"),
        Column("fault_point_4326", Geometry("POINT", srid=4326, spatial_index=False)),
        Column("raw", JSONB, comment="delivered text of fields that had to be decoded"),
        Column("batch_id", Integer, nullable=False),
        Column("source_row", BigInteger, nullable=False),
        Column("delivered_hash", LargeBinary, nullable=False),
    ]


parcel, parcel_history = versioned(
    "parcel",
    schema=SCHEMA,
    key="parcel_id",
    columns=_parcel_columns,
    hot=[
        # This table holds current parcels only, so plain uniqueness forbids two with one number; an exclusion
        # constraint would say the same at six times the cost.
        UniqueConstraint("sheet_id", "parcel_no"),
        CheckConstraint("(geom IS NULL) = (geom_fault IS NOT NULL)", name="geom_or_fault"),
        CheckConstraint(
            "geom IS NULL OR current_setting('landdb.geometry_checked_by', true) = 'importer' OR ST_IsValid(geom)",
            name="geom_valid",
        ),
        Index("parcel_commune_id_idx", "commune_id"),
        Index("parcel_unusable_idx", "commune_id", postgresql_where="geom IS NULL"),
        Index("parcel_parcel_code_idx", "parcel_code"),
        Index("parcel_geom_4326_idx", "geom_4326", postgresql_using="gist"),
        Index(
            "parcel_old_number_idx",
            "old_sheet_no",
            "old_parcel_no",
            postgresql_where="old_parcel_no IS NOT NULL",
        ),
    ],
    history_by=("sheet_id", "parcel_code"),
)
Index("parcel_history_geom_4326_idx", parcel_history.c.geom_4326, postgresql_using="gist")


def _land_object_columns() -> list[Column[Any]]:
    return [
        Column("land_object_id", BigInteger, Identity(always=True), primary_key=True),
        Column("commune_id", Integer, nullable=False),
        Column("object_kind", Text, nullable=False),
        Column("object_name", Text),
        Column("computed_area_m2", Float, nullable=False),
        _native(),
        _wgs84(),
        Column("batch_id", Integer, nullable=False),
        Column("source_row", BigInteger, nullable=False),
        Column("delivered_hash", LargeBinary, nullable=False),
    ]


land_object, land_object_history = versioned(
    "land_object",
    schema=SCHEMA,
    key="land_object_id",
    columns=_land_object_columns,
    hot=[
        # What a commune's map shows twice to the letter is one object.
        UniqueConstraint("commune_id", "delivered_hash"),
        Index("land_object_geom_4326_idx", "geom_4326", postgresql_using="gist"),
    ],
)


def _land_use_columns() -> list[Column[Any]]:
    return [
        Column("land_use_id", BigInteger, Identity(always=True), primary_key=True),
        Column("parcel_id", BigInteger, nullable=False),
        Column("ordinal", SmallInteger, nullable=False),
        Column("land_use_code", Text, comment="null: the text could not be read as a code"),
        Column("land_use_raw", Text, nullable=False),
        Column("land_use_fault", Text, comment="reason code when the code is not one in force"),
        Column("area_m2", Float),
        Column("origin", Text),
        Column("use_form", Text),
        Column("term", Text),
        Column("expires_on", Date),
        Column("batch_id", Integer, nullable=False),
    ]


land_use, land_use_history = versioned(
    "land_use",
    schema=SCHEMA,
    key="land_use_id",
    columns=_land_use_columns,
    hot=[Index("land_use_parcel_id_idx", "parcel_id")],
    history_by=("parcel_id",),
)
