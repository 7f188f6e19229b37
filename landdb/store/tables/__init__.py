"""The one schema truth: every table as SQLAlchemy Core, one module per noun."""

from landdb.store.tables import (
    access,
    admin,
    audit,
    cadastre,
    feed,
    party,
    quality,
    registry,
    repairs,
    rule_setting,
    scans,
    serving,
    staging,
    transactions,
)
from landdb.store.tables.base import VERSIONED, metadata

__all__ = [
    "VERSIONED",
    "access",
    "admin",
    "audit",
    "cadastre",
    "feed",
    "metadata",
    "party",
    "quality",
    "registry",
    "repairs",
    "rule_setting",
    "scans",
    "serving",
    "staging",
    "transactions",
]

SCHEMAS = ("admin", "cadastre", "registry", "party", "staging", "quality", "audit", "access", "feed", "serving")
