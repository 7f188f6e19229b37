"""landdb: the open land-parcel database that communes and provinces run themselves."""

__version__ = "0.1.0"
