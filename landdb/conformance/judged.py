"""Invented communes as the fabrics that landdb's own rules look at."""

from landdb.conformance.commune import FabricCommune
from landdb.validators.fabric import CommuneFabric, build_fabric

#: Parcel ids of different communes never meet.
_IDS_PER_COMMUNE = 1_000_000


def to_commune_fabric(commune: FabricCommune) -> CommuneFabric:
    """Give the fabric of a commune; parcel ids count from a million times the commune's index."""
    first = commune.index * _IDS_PER_COMMUNE + 1
    parcels = zip(commune.keys, commune.scale_denominator.tolist(), commune.parcels, strict=True)
    objects = zip(commune.object_kind.tolist(), commune.objects, strict=True)
    return build_fabric(
        commune.index + 1,
        commune.srid,
        [(first + row, key, scale, geom) for row, (key, scale, geom) in enumerate(parcels)],
        objects=[(f"{kind}:{number}", geom) for number, (kind, geom) in enumerate(objects, start=1)],
        boundary=commune.boundary,
    )
