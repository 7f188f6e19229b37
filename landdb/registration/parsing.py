"""A change as JSON, read field by field; every fault names its field and what to write instead.

The same form serves the command line, the API, spreadsheets, and the sealed request that waits for a decision:

    {"kind": "split", "parcels": [{"parcel_id": 12, "tag": "…"}], "valid_from": "2026-11-25",
     "document": {"kind": "DECISION", "reference": "QĐ 12/2026"}, "terms": {"line": [[558400, 2368900], …]}}
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from landdb.domain.dates import today
from landdb.errors import InvalidValue
from landdb.registration.fields import Fields
from landdb.registration.term_parsing import PARSERS
from landdb.registration.terms import Change, ParcelRef
from landdb.store.transactions import SourceDocument

SOURCE_KINDS = ("SURVEY", "DEED", "DECISION", "HANDOVER")

#: Gives the identity of a parcel named by commune, sheet and number.
FindParcel = Callable[[str, str, str], int]


def parse_change(request: Mapping[str, Any], *, find_parcel: FindParcel) -> Change:
    """Give the change that the JSON object asks for; raises InvalidValue, or NotFound for an unknown number."""
    fields = Fields(request, "")
    kind = fields.text("kind")
    if kind not in PARSERS:
        raise InvalidValue("kind", "UNKNOWN_PROCEDURE", remedy=f"one of {', '.join(PARSERS)}")
    parcels = tuple(_parcel(part, find_parcel) for part in fields.objects("parcels", optional=True))
    consent = fields.text("lender_consent", optional=True)
    change = Change(
        kind=kind,
        parcels=parcels,
        valid_from=fields.day("valid_from", optional=True) or today(),
        document=_document(fields.object("document")),
        terms=PARSERS[kind](fields.object("terms", optional=True)),
        reason=fields.text("reason", optional=True) or None,
        acknowledged=frozenset(fields.texts("acknowledge")),
        lender_consent=consent or None,
        idempotency_key=fields.text("idempotency_key", optional=True) or None,
        request=dict(request),
    )
    fields.refuse_others()
    return change


def canonical(request: Mapping[str, object]) -> str:
    """Give the request as one text, whatever the order of its fields."""
    return json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _parcel(fields: Fields, find_parcel: FindParcel) -> ParcelRef:
    tag = fields.text("tag", optional=True) or None
    if fields.has("parcel_id"):
        found = fields.whole("parcel_id")
    else:
        found = find_parcel(fields.text("commune"), fields.text("sheet"), fields.text("parcel"))
    fields.refuse_others()
    return ParcelRef(found, tag)


def _document(fields: Fields) -> SourceDocument:
    kind = fields.text("kind")
    if kind not in SOURCE_KINDS:
        raise InvalidValue("document.kind", "UNKNOWN_KIND", remedy=f"one of {', '.join(SOURCE_KINDS)}")
    document = SourceDocument(kind, fields.text("reference"), fields.day("issued_on", optional=True))
    if document.issued_on is not None and document.issued_on > today():
        raise InvalidValue("document.issued_on", "DATE_AHEAD", remedy="a document cannot be issued in the future")
    fields.refuse_others()
    return document
