"""The search box: a text into readings, without a database; and readings into words."""

from landdb.domain.search.readings import (
    BarcodeReading,
    CertificateReading,
    CodeReading,
    GridReading,
    IdReading,
    ParcelReading,
    Place,
    PlaceReading,
    PointReading,
    Reading,
    RegistryReading,
    Understanding,
)
from landdb.domain.search.understanding import understand
from landdb.domain.search.vocabulary import load, message
from landdb.domain.search.wording import told, write

__all__ = [
    "BarcodeReading",
    "CertificateReading",
    "CodeReading",
    "GridReading",
    "IdReading",
    "ParcelReading",
    "Place",
    "PlaceReading",
    "PointReading",
    "Reading",
    "RegistryReading",
    "Understanding",
    "load",
    "message",
    "told",
    "understand",
    "write",
]
