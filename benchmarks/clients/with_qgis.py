"""QGIS itself, headless, over a running server: lists, counts, filters, pages and reads every parcel.

Run by the Python that QGIS was installed for, not by ours:

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 benchmarks/clients/with_qgis.py http://127.0.0.1:8000 --expect SHA256

Prints JSON: the layer's count, how many features a box and a filter gave, how many were read, and the SHA-256 of their
sorted ids, which ``psql -Atc "SELECT parcel_id FROM cadastre.parcel ORDER BY 1" | sha256sum`` gives of the database.
Exit code 1 when the hash is not the expected one.
"""

import argparse
import json
import os
import sys
import time
from hashlib import sha256

from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer


def main() -> int:
    """Give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--expect", help="SHA-256 of the ids, one a line")
    parser.add_argument("--box", default="105.0,21.3,105.01,21.31")
    parser.add_argument("--filter", default="commune_code = '99002'")
    asked = parser.parse_args()
    application = QgsApplication([], GUIenabled=False)
    application.initQgis()
    told = read(asked.address, [float(part) for part in asked.box.split(",")], asked.filter)
    print(json.dumps(told))
    sys.stdout.flush()
    # QGIS 3.22 ends with a fault when this provider was used and exitQgis is called.
    os._exit(int(asked.expect is not None and told["sha256"] != asked.expect))


def read(address: str, box: list[float], condition: str) -> dict[str, object]:
    """Give what QGIS makes of the collection of parcels."""
    layer = open_layer(address)
    boxed = sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(*box))))
    filtered = sum(1 for _ in layer.getFeatures(QgsFeatureRequest().setFilterExpression(condition).setLimit(1000)))
    started = time.monotonic()
    ids = sorted(int(feature.attribute("id")) for feature in layer.getFeatures())
    lines = "".join(f"{key}\n" for key in ids)
    return {
        "valid": layer.isValid(),
        "count": layer.featureCount(),
        "geometry": layer.wkbType(),
        "fields": [field.name() for field in layer.fields()],
        "in_box": boxed,
        "filtered": filtered,
        "read": len(ids),
        "seconds": round(time.monotonic() - started, 1),
        "sha256": sha256(lines.encode()).hexdigest(),
    }


def open_layer(address: str) -> QgsVectorLayer:
    """Give the layer of all parcels, read in pages of ten thousand."""
    source = f"pageSize='10000' url='{address}' typename='parcels'"
    return QgsVectorLayer(source, "parcels", "OAPIF")


if __name__ == "__main__":
    sys.exit(main())
