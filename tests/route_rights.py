"""Whom each route of the API is for, as the matrix of roles and routes expects it."""

from dataclasses import dataclass, field

import factories
import worlds

#: Everybody who may come, and the communes of their mandate.
ROLES = {
    "public": (),
    "citizen": (),
    "clerk": (factories.PHONG_CHAU,),
    "analyst": (),
    "service": (factories.PHONG_CHAU,),
    "auditor": (),
    "administrator": (),
}
SUBJECTS = ("own", "foreign", "absent")
#: Whose holders each role sees, masked; nobody sees any in clear.
SEE_OWN = frozenset({"citizen", "clerk", "service"})

ANYONE = frozenset(ROLES)
SIGNED_IN = ANYONE - {"public"}
WORKERS = frozenset({"clerk", "analyst"})
CLERK = frozenset({"clerk"})
HOLDERS = frozenset({"clerk", "service"})


@dataclass(frozen=True, slots=True)
class Row:
    """Whom a route is for, and how to ask it about something of one's own, of another commune, of nowhere.

    `is_document`: gives invented serials as examples. `reveals`: clear values, of one's own commune. `subjects`: values
    for {} in query and body, by subject; what a path's parameters stand for comes from `paths`.
    """

    roles: frozenset[str] = ANYONE
    query: str = ""
    body: dict | list | None = None
    names_holders: bool = False
    is_document: bool = False
    reveals: bool = False
    subjects: dict[str, str] = field(default_factory=dict)


BOX = "bbox=104,20,107,23"
TILE = {"own": "14/7192/12985", "foreign": "14/7190/12985", "absent": "14/0/0"}
REASON = {"purpose": "land tax notice", "case_ref": "HS-1"}
ROUTES = {
    **{
        f"GET {path}": Row()
        for path in (
            "/", "/conformance", "/collections", "/functions", "/communes", "/healthz", "/readyz", "/session",
            "/auth/oidc",
            "/.well-known/jwks.json", "/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", "/tiles",
            "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/tilejson.json", "/tiles/WebMercatorQuad/{z}/{row}/{col}",
            "/collections/{collection}/tiles", "/collections/{collection}/tiles/WebMercatorQuad",
            "/collections/{collection}/tiles/WebMercatorQuad/tilejson.json",
            "/collections/{collection}/tiles/WebMercatorQuad/{z}/{row}/{col}", "/communes/{code}",
            "/communes/{code}/quality", "/communes/{code}/report", "/findings", "/findings/{finding_id}",
            "/parcels/{parcel_id}/state", "/parcels/{parcel_id}/history",
        )
    },
    **{
        f"GET /collections/{name}{rest}": Row(query="limit=1000" if rest == "/items" else "")
        for name in ("parcels", "sheets", "communes", "land-objects", "certificate-extents", "findings")
        for rest in ("", "/items", "/items/{featureId}", "/queryables", "/schema")
    },
    "GET /api": Row(is_document=True),
    "GET /collections/certificate-extents/items": Row(query="limit=1000", names_holders=True),
    "GET /collections/certificate-extents/items/{featureId}": Row(names_holders=True),
    "GET /parcels": Row(query="{}", names_holders=True, subjects={
        "own": "commune=07954&sheet=12&parcel=1", "foreign": "commune=07900&sheet=1&parcel=1",
        "absent": "commune=07954&sheet=12&parcel=999"}),
    "GET /parcels/old": Row(query="commune=07945&sheet=7&parcel=5", names_holders=True),
    "GET /parcels/at": Row(query="lon=105.3&lat=21.4", names_holders=True),
    "GET /parcels/in-box": Row(query=BOX),
    "GET /parcels/by-code/{code}": Row(names_holders=True),
    "GET /parcels/{parcel_id}": Row(names_holders=True),
    "GET /certificates/{serial}": Row(names_holders=True),
    "POST /persons/search": Row(HOLDERS, names_holders=True, body={"citizen_id": "{}", **REASON}, subjects={
        "own": worlds.SECRET_NUMBERS[0], "foreign": worlds.SECRET_NUMBERS[1], "absent": "099301999999"}),
    "GET /organisations/{org_no}/parcels": Row(HOLDERS, names_holders=True),
    "GET /findings/trend": Row(query="commune=07954"),
    "POST /findings/{finding_id}/accept": Row(WORKERS, body={"reason": "agreed on the ground, minutes 12"}),
    "POST /findings/{finding_id}/revoke": Row(WORKERS, body={"note": "looked at again on the ground"}),
    "POST /findings/{finding_id}/assign": Row(WORKERS, body={"to": "an"}),
    "POST /findings/{finding_id}/comment": Row(WORKERS, body={"text": "looked at"}),
    "GET /communes/{code}/proposals": Row(WORKERS),
    "POST /communes/{code}/proposals": Row(WORKERS, body={"finding_id": 10**12}),
    "GET /proposals/{proposal_id}": Row(WORKERS),
    "POST /proposals/{proposal_id}/accept": Row(CLERK, body={}),
    "POST /proposals/{proposal_id}/undo": Row(CLERK, body={"reason": "the owner showed another survey"}),
    "POST /proposals/{proposal_id}/refuse": Row(WORKERS, body={"reason": "a survey is under way there"}),
    "POST /transactions": Row(CLERK, query="dry_run=true", body={
        "kind": "block", "parcels": [{"parcel_id": "{}"}], "terms": {"reference": "CV 1"}, "reason": "CV 1, court",
        "document": {"kind": "DECISION", "reference": "CV 1"}},
        subjects={"own": "couple", "foreign": "foreign", "absent": "absent"}),
    **{
        f"POST /transactions/{{transaction_id}}/{act}": Row(
            CLERK, body={"note": "not now, see the file"} if note else None)
        for act, note in (("approve", False), ("reject", True), ("supplement", True), ("submit", False))
    },
    "PUT /transactions/{transaction_id}": Row(CLERK, body={
        "kind": "block", "parcels": [{"parcel_id": 1}], "terms": {"reference": "CV 1"}, "reason": "CV 1, court",
        "document": {"kind": "DECISION", "reference": "CV 1"}}),
    "GET /changes": Row(SIGNED_IN),
    "POST /holders/check": Row(HOLDERS, body={"citizen_id": "{}", **REASON}, names_holders=True, subjects={
        "own": worlds.SECRET_NUMBERS[0], "foreign": worlds.SECRET_NUMBERS[1], "absent": "099301999999"}),
    "POST /imports": Row(WORKERS),
    "GET /imports": Row(WORKERS),
    "PUT /imports/{import_id}": Row(WORKERS, body={}),
    **{
        operation: Row(WORKERS)
        for operation in (
            "GET /imports/{import_id}", "GET /imports/{import_id}/rejects", "GET /imports/{import_id}/rejects.xlsx",
            "POST /imports/{import_id}/cancel", "POST /imports/{import_id}/start")
    },
    "GET /purposes": Row(),
    "GET /styles/landdb": Row(),
    "GET /extracts/key": Row(),
    "GET /extracts/{code}": Row(),
    "POST /extracts/check": Row(),
    "GET /parcels/{parcel_id}/extract.pdf": Row(names_holders=True),
    "GET /parcels/{parcel_id}/sketch.svg": Row(),
    "GET /me/accesses": Row(frozenset({"citizen"})),
    "GET /me/quota": Row(SIGNED_IN),
    "POST /lookups": Row(names_holders=True, body=[{"parcel_id": "{}"}], subjects={
        "own": "couple", "foreign": "foreign", "absent": "absent"}),
    "POST /lookups/workbook": Row(),
    "POST /parties/{party_id}/reveal": Row(CLERK, body={
        "fields": ["name", "citizen_id"], "purpose": "REGISTRATION", "case_ref": "HS-1"}, reveals=True),
    "POST /session": Row(body={"account": "nobody", "password": "nothing of the kind"}),
    "DELETE /session": Row(),
    "POST /session/token": Row(frozenset()),
    "POST /oauth/token": Row(),
    "GET /search": Row(query="q={}", subjects={
        "own": "AB 12345678", "foreign": "AD 22222222", "absent": "XY 00000001"}),
    "GET /search/suggestions": Row(query="q={}", subjects={
        "own": "AB 12345678", "foreign": "AD 2222", "absent": "XY 0"}),
}  # fmt: skip
