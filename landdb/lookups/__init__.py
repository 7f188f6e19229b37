"""The door for questions: by key, place, holder and time. Every answer says how certain it is.

All functions are async on psycopg 3 and read only, except that a question about a person first leaves its
record. `Resolution.body` is JSON that PostgreSQL wrote; nothing here parses it on the way through, unless
findings want their sentence. A `Viewpoint` says for which date and for whose eyes.
"""

from landdb.lookups.accesses import list_accesses_about
from landdb.lookups.bulk import answer_many
from landdb.lookups.findings import FindingCount, count_findings, get_finding, list_findings, map_findings
from landdb.lookups.history import ParcelState, find_former, parcel_history, parcel_state
from landdb.lookups.old_numbers import resolve_old_number
from landdb.lookups.parcels import (
    get_parcel,
    parcels_at_point,
    parcels_by_certificate,
    parcels_by_code,
    parcels_by_number,
    parcels_by_organisation,
    parcels_in_box,
)
from landdb.lookups.persons import parcels_by_citizen_id, rights_held
from landdb.lookups.places import get_commune, get_quality, list_communes
from landdb.lookups.proposals import ProposalFilter, get_proposal, list_proposals
from landdb.lookups.resolution import Candidate, Resolution, Status
from landdb.lookups.reveals import Revealed, SealStale, reveal_party
from landdb.lookups.searching import search, suggest
from landdb.lookups.trend import TrendPoint, list_trend
from landdb.lookups.viewpoint import Page, Viewpoint
from landdb.store.audit import Asker, Quota, QuotaUsedUp, Reason, list_used

__all__ = [
    "Asker",
    "Candidate",
    "FindingCount",
    "Page",
    "ParcelState",
    "ProposalFilter",
    "Quota",
    "QuotaUsedUp",
    "Reason",
    "Resolution",
    "Revealed",
    "SealStale",
    "Status",
    "TrendPoint",
    "Viewpoint",
    "answer_many",
    "count_findings",
    "find_former",
    "get_commune",
    "get_finding",
    "get_parcel",
    "get_proposal",
    "get_quality",
    "list_accesses_about",
    "list_communes",
    "list_findings",
    "list_proposals",
    "list_trend",
    "list_used",
    "map_findings",
    "parcel_history",
    "parcel_state",
    "parcels_at_point",
    "parcels_by_certificate",
    "parcels_by_citizen_id",
    "parcels_by_code",
    "parcels_by_number",
    "parcels_by_organisation",
    "parcels_in_box",
    "resolve_old_number",
    "reveal_party",
    "rights_held",
    "search",
    "suggest",
]
