"""A layer of a landdb database or service as a GeoDataFrame, for notebooks. Needs the extra `landdb[analysis]`."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pyarrow as pa

from landdb.client import Client
from landdb.domain.cql2 import parse_filter
from landdb.domain.crs import is_vn2000, reprojected
from landdb.errors import ConfigurationError, InvalidValue
from landdb.lookups import features
from landdb.lookups.feature_time import now, parse_datetime
from landdb.lookups.features import FeatureQuestion, Wanted

if TYPE_CHECKING:
    import geopandas

_WGS84: Final = 4326
_CHUNK: Final = 20_000
_TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "array": pa.list_(pa.string()),
}


def read(
    source: str | None = None,
    *,
    collection: str = "parcels",
    commune: str | None = None,
    bbox: Sequence[float] | None = None,
    where: str | None = None,
    valid_at: dt.date | str | None = None,
    crs: int = _WGS84,
    token: str | None = None,
) -> geopandas.GeoDataFrame:
    """Give the features of a collection, indexed by their identity (`parcel_id`), with Arrow-backed columns.

    `source`: the address of a service (`https://…`, with `token` when it wants one) or of a database
    (`postgresql://…`); without it the database of this machine's settings. `commune`: its code. `bbox`: west, south,
    east, north in degrees. `where`: a CQL2 text such as ``legal_area_m2 > 500``. `valid_at`: true in law on that day.
    `crs`: EPSG code of the result, 4326 or a VN-2000 zone; coordinates are easting before northing.

    Raises InvalidValue for a filter or an argument that cannot be meant, ConfigurationError without geopandas.
    """
    if crs != _WGS84 and not is_vn2000(crs):
        raise InvalidValue("crs", "NOT_VN2000", remedy="4326, or the EPSG code of a VN-2000 zone such as 9208")
    asked = _Question(
        collection, _both(commune, where), tuple(bbox) if bbox else None, None if valid_at is None else str(valid_at)
    )
    if source is not None and source.startswith(("http://", "https://")):
        frame = _from_service(source, asked, token)
    else:
        frame = asyncio.run(_from_database(_database(source), asked))
    return frame if crs == _WGS84 else _projected(frame, crs)


class _Question:
    """What is wanted, whoever is asked."""

    def __init__(self, collection: str, cql2: str | None, bbox: tuple[float, ...] | None, valid_at: str | None) -> None:
        self.collection = features.get_collection(collection)
        self.cql2, self.bbox, self.valid_at = cql2, bbox, valid_at


def _both(commune: str | None, where: str | None) -> str | None:
    if commune is None:
        return where
    if not (commune.isascii() and commune.isdigit()):
        raise InvalidValue("commune", "NOT_A_COMMUNE_CODE", remedy="five digits, such as 07954")
    named = f"commune_code = '{commune.zfill(5)}'"
    return named if where is None else f"{named} AND ({where})"


def _database(source: str | None) -> str:
    if source is not None:
        return source
    # The private cluster is only loaded when it is meant.
    from landdb.cluster import ensure_url
    from landdb.settings import Settings

    return ensure_url(Settings.from_environment())


async def _from_database(url: str, asked: _Question) -> geopandas.GeoDataFrame:
    tree = None if asked.cql2 is None else parse_filter(asked.cql2)
    box = None if asked.bbox is None else features.box_wkb("bbox", list(asked.bbox), features.CRS84)
    time = now() if asked.valid_at is None else parse_datetime(asked.valid_at)
    question = FeatureQuestion.of(Wanted(asked.collection, time=time, tree=tree, box=box))
    columns: dict[str, list[Any]] = {name: [] for name in _names(asked)}
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        after = 0
        while rows := await features.list_rows(conn, question, limit=_CHUNK, after=after):
            for name, column in columns.items():
                column.extend(row[name] for row in rows)
            after = rows[-1]["feature_id"]
    return _frame(asked, columns)


def _from_service(url: str, asked: _Question, token: str | None) -> geopandas.GeoDataFrame:
    geopandas = _geopandas()
    query = {"bbox": asked.bbox, "filter": asked.cql2, "datetime": asked.valid_at}
    with Client(url, token=token) as client:
        content = client.file(asked.collection.id, "parquet", query)
    frame = geopandas.read_parquet(io.BytesIO(content), to_pandas_kwargs={"types_mapper": _arrow_backed})
    return frame.set_index("feature_id").rename_axis(asked.collection.key).set_crs(_WGS84, allow_override=True)


def _names(asked: _Question) -> list[str]:
    return ["feature_id", *(told.name for told in asked.collection.returned), "geometry"]


def _frame(asked: _Question, columns: dict[str, list[Any]]) -> geopandas.GeoDataFrame:
    geopandas = _geopandas()
    types = {told.name: _TYPES[told.type] for told in asked.collection.returned} | {"feature_id": pa.int64()}
    shapes = [None if wkb is None else bytes(wkb) for wkb in columns.pop("geometry")]
    table = pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})
    told = table.to_pandas(types_mapper=_arrow_backed)
    geometry = geopandas.GeoSeries.from_wkb(shapes, crs=_WGS84)
    frame = geopandas.GeoDataFrame(told, geometry=geometry.array, crs=_WGS84)
    return frame.set_index("feature_id").rename_axis(asked.collection.key)


def _projected(frame: geopandas.GeoDataFrame, crs: int) -> geopandas.GeoDataFrame:
    """Give the frame in a VN-2000 zone, by the state's own conversion and not by whichever PROJ finds."""
    import shapely

    moved = shapely.transform(frame.geometry.array, lambda xy: reprojected(xy, _WGS84, crs))
    return frame.set_geometry(_geopandas().GeoSeries(moved, index=frame.index, crs=crs))


def _arrow_backed(kind: pa.DataType) -> Any:
    import pandas as pd

    return pd.ArrowDtype(kind)


def _geopandas() -> Any:
    try:
        import geopandas
    except ImportError as error:
        raise ConfigurationError("geopandas is not installed", remedy="pip install 'landdb[analysis]'") from error
    return geopandas
