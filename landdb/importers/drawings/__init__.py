"""CAD drawings → parcels: lines to faces, loose text to numbers."""
