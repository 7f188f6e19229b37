"""OGC API Features: collections of the register for GIS clients (OGC 17-069r4, 18-058r1, 19-079r2, 20-002r1)."""
