"""Features as files that GIS programs open: FlatGeobuf, GeoPackage, GeoParquet."""

from collections.abc import Iterable
from pathlib import Path

from landdb.exporters.feature_files import FeatureLayer, FileKind, Rows, write_features
from landdb.lookups.features import Wanted

__all__ = ["FileKind", "Rows", "write_file"]


def write_file(target: Path, kind: FileKind, wanted: Wanted, batches: Iterable[Rows]) -> None:
    """Write the rows that `list_rows` gave, batch by batch, into a new file."""
    collection = wanted.collection
    columns = {told.name: told.type for told in collection.returned}
    is_mixed = collection.geometry_type == "any"
    write_features(target, kind, FeatureLayer(collection.id, columns, wanted.system.srid, is_mixed), batches)
