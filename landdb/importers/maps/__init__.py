"""Features of any map format → rows: columns mapped, text decoded, geometry checked, CRS decided."""
