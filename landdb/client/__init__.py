"""A client of landdb's API for service developers: typed, thin, on Python's own HTTP.

    with Client("http://127.0.0.1:8000", client_id="tax-office", client_secret=secret) as landdb:
        answer = landdb.parcel("99001", "1", "12", fields=["areas"])
        for one in landdb.lookup_many([{"serial": "XA 010001"}, {"parcel_id": 1885}]):
            print(one.status, one.parcels)

Waits and asks again where the service says so (429, 503, `Retry-After`), follows pages, and gets tokens by client
credentials before the old ones end. What the service refuses is an `ApiProblem`.
"""

from landdb.client.answers import Answer, ApiProblem, Event, HolderAnswer, LineAnswer
from landdb.client.client import Client

__all__ = ["Answer", "ApiProblem", "Client", "Event", "HolderAnswer", "LineAnswer"]
