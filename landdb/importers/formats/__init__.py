"""What was delivered: formats told by their bytes, archives and containers opened with care."""
