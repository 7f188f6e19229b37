"""What is made of the register ahead of questions, and which ground changed since. Everything here can be made anew."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from landdb.store.tables.base import metadata

SCHEMA = "serving"

rendered_parcel = Table(
    "rendered_parcel",
    metadata,
    Column("parcel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False, comment="of the parcel as rendered; another version is rendered anew"),
    Column("commune_id", Integer, nullable=False),
    Column("sheet_id", Integer, nullable=False),
    Column("sheet_no", Text, nullable=False),
    Column("parcel_no", Text, nullable=False),
    Column("land_use_code", Text, comment="the first of the uses on the map"),
    Column("area_m2", Float, comment="computed, in the sheet's own zone"),
    Column("geom_3857", Geometry(srid=3857, spatial_index=False), comment="on a grid of 1 cm; null without ground"),
    Column("label_3857", Geometry("POINT", srid=3857, spatial_index=False), comment="well inside, for the number"),
    Column("feature", Text, nullable=False, comment="the GeoJSON feature that everyone may see, CRS84, 7 decimals"),
    Index("rendered_parcel_commune_id_sheet_id_idx", "commune_id", "sheet_id"),
    Index("rendered_parcel_geom_3857_idx", "geom_3857", postgresql_using="gist"),
    schema=SCHEMA,
    comment="Parcels as maps and lists show them; a row counts only while its version is the parcel's",
)

touched = Table(
    "touched",
    metadata,
    Column("touch_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "xid",
        BigInteger,
        nullable=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
        comment="the database transaction that changed it",
    ),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("layer", Text, nullable=False, comment="whose map layer is not any more as it was"),
    Column("commune_id", Integer, comment="null: the layer has nothing rendered by commune"),
    Column("west", Float, comment="the ground that it took or takes now, degrees WGS84; null: none"),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Column("is_rendered", Boolean, nullable=False, server_default="false", comment="the rendered forms have it"),
    CheckConstraint("layer IN ('parcels', 'land-objects', 'sheets', 'communes', 'findings')", name="layer"),
    Index("touched_xid_idx", "xid"),
    Index("touched_due_idx", "commune_id", postgresql_where="NOT is_rendered"),
    schema=SCHEMA,
    comment="Ground that changed, noted by the change itself: what was drawn of it before does not hold",
)

form = Table(
    "form",
    metadata,
    Column("is_only", Boolean, primary_key=True, server_default="true"),
    Column("form", Text, nullable=False, comment="hash of the statement that rendered the rows"),
    CheckConstraint("is_only", name="one_row"),
    schema=SCHEMA,
    comment="How the rendered rows were made: a program that renders otherwise makes them anew",
)

rendered_sheet = Table(
    "rendered_sheet",
    metadata,
    Column("sheet_id", Integer, primary_key=True, autoincrement=False),
    Column("commune_id", Integer, nullable=False, index=True),
    Column("sheet_no", Text, nullable=False),
    Column("scale_denominator", Integer),
    Column("parcels", Integer, nullable=False),
    Column("fingerprint", BigInteger, nullable=False, comment="of its parcels and frame: another one is drawn anew"),
    Column("geom_3857", Geometry(srid=3857, spatial_index=False), comment="its frame, else the hull of its parcels"),
    Column("label_3857", Geometry("POINT", srid=3857, spatial_index=False)),
    Index("rendered_sheet_geom_3857_idx", "geom_3857", postgresql_using="gist"),
    schema=SCHEMA,
    comment="Map sheets as maps show them",
)

sheet_cover = Table(
    "sheet_cover",
    metadata,
    Column("sheet_id", Integer, primary_key=True, autoincrement=False),
    Column("land_use_group", Text, primary_key=True, comment="empty: no known use"),
    Column("parcels", Integer, nullable=False),
    Column("geom_3857", Geometry(srid=3857, spatial_index=False), nullable=False, comment="dissolved, within 2 m"),
    Index("sheet_cover_geom_3857_idx", "geom_3857", postgresql_using="gist"),
    schema=SCHEMA,
    comment="What small zooms show instead of parcels that would be dust: the ground of a sheet by land use",
)

rendered_commune = Table(
    "rendered_commune",
    metadata,
    Column("commune_id", Integer, primary_key=True, autoincrement=False),
    Column("commune_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parcels", Integer, nullable=False),
    Column("errors", Integer, nullable=False, comment="findings that stand and that everyone may see"),
    Column("warnings", Integer, nullable=False),
    Column("geom_3857", Geometry(srid=3857, spatial_index=False), comment="its boundary, else the hull of its sheets"),
    Column("label_3857", Geometry("POINT", srid=3857, spatial_index=False)),
    Index("rendered_commune_geom_3857_idx", "geom_3857", postgresql_using="gist"),
    schema=SCHEMA,
    comment="Communes as maps show them, with counts",
)

tile = Table(
    "tile",
    metadata,
    Column("z", SmallInteger, primary_key=True, autoincrement=False),
    Column("x", Integer, primary_key=True, autoincrement=False),
    Column("y", Integer, primary_key=True, autoincrement=False),
    Column("collections", Text, primary_key=True),
    Column("sources", ARRAY(Text), nullable=False, comment="the layers whose changes outdate it"),
    Column("snapshot", Text, nullable=False, comment="the database as it was drawn from: which changes it has"),
    Column("etag", Text, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="Mapbox Vector Tile, gzip"),
    Column("omitted", Integer, nullable=False, comment="features left out because the tile was full"),
    Column("drawn_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
    comment="Map tiles as drawn; one counts only while no change has touched its ground that its snapshot has not",
    prefixes=["UNLOGGED"],
)
