"""Code lists as data: one CSV per list, read once. Communes and provinces are lists too.

Empty `valid_from` means "since before our sources began"; empty `valid_to` means "still in force".
`valid_to` is the first day on which the row no longer holds.
"""

from .land_use import LandUseReading, is_agricultural, land_use_reading
from .tables import load

__all__ = ["LandUseReading", "is_agricultural", "land_use_reading", "load"]
