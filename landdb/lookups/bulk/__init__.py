"""Thousands of keys in one call, and a clerk's table filled."""

from landdb.lookups.bulk.answering import (
    BATCH,
    MOST_KEYS,
    MOST_PERSONS,
    Connections,
    Persons,
    answer_many,
    asked_persons,
)
from landdb.lookups.bulk.keys import Fault, Key, read_key
from landdb.lookups.bulk.tables import fill_table

__all__ = [
    "BATCH",
    "MOST_KEYS",
    "MOST_PERSONS",
    "Connections",
    "Fault",
    "Key",
    "Persons",
    "answer_many",
    "asked_persons",
    "fill_table",
    "read_key",
]
