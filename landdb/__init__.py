"""landdb: the open land-parcel database that communes and provinces run themselves."""

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Give `landdb.read`, loaded when it is asked for: analysts want it, commands must not wait for it."""
    if name == "read":
        from landdb.analysis import read

        return read
    raise AttributeError(name)
