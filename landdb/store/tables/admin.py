"""Provinces and communes with their validity, and which commune became which."""

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Identity, Index, Integer, Table, Text, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from landdb.store.tables.base import metadata

SCHEMA = "admin"

province = Table(
    "province",
    metadata,
    Column("province_code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=False),
    schema=SCHEMA,
    comment="Provinces; a code may denote another territory after a merger, hence the validity",
)

commune = Table(
    "commune",
    metadata,
    Column("commune_id", Integer, Identity(always=True), primary_key=True),
    Column("commune_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False, comment="lower case, no accents: for finding, never for equality"),
    Column("kind", Text, nullable=False),
    Column("district_name", Text),
    Column("province_code", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("lon", Float, comment="a point of the commune, degrees WGS84"),
    Column("lat", Float),
    Column("area_km2", Float),
    Column("is_local", Boolean, nullable=False, server_default="false", comment="added by hand, not in the list"),
    ExcludeConstraint(
        ("commune_code", "="),
        (literal_column("daterange(valid_from, valid_to)"), "&&"),
        name="commune_code_excl",
    ),
    Index("commune_name_folded_idx", "name_folded"),
    Index(
        "commune_name_trigrams_idx",
        "name_folded",
        postgresql_using="gin",
        postgresql_ops={"name_folded": "gin_trgm_ops"},
    ),
    Index("commune_province_code_idx", "province_code"),
    schema=SCHEMA,
    comment="Communes; the same code before and after 1 July 2025 denotes two territories, thus two rows",
)

commune_succession = Table(
    "commune_succession",
    metadata,
    Column("old_commune_id", Integer, ForeignKey(commune.c.commune_id), primary_key=True),
    Column("new_commune_id", Integer, ForeignKey(commune.c.commune_id), primary_key=True, index=True),
    Column("is_divided", Boolean, nullable=False, comment="the old commune went to several new ones"),
    schema=SCHEMA,
    comment="Old commune → new commune, many to many",
)

commune_boundary = Table(
    "commune_boundary",
    metadata,
    Column("commune_id", Integer, ForeignKey(commune.c.commune_id), primary_key=True),
    Column("geom", Geometry(srid=-1, spatial_index=False), nullable=False, comment="as delivered, metres"),
    Column("geom_4326", Geometry(srid=4326, spatial_index=False), nullable=False),
    Column("batch_id", Integer, nullable=False),
    Index("commune_boundary_geom_4326_idx", "geom_4326", postgresql_using="gist"),
    schema=SCHEMA,
    comment="The boundary that parcels are checked against, as last delivered",
)
