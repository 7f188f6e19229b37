"""One module per resource; each knows the doors, never the store."""
