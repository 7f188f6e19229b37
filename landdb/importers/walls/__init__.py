"""What keeps the reading child in: limits, Landlock, a system-call filter, one GDAL driver."""
