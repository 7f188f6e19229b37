"""Features: the collections of OGC API Features, what their properties are, and the questions about them."""
