"""Out of landdb: files that people open elsewhere."""
