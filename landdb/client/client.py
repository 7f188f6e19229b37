"""The questions that services ask, one method each."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Self
from urllib.parse import quote

from landdb.client.answers import Answer, Event, HolderAnswer, Json, LineAnswer
from landdb.client.transport import Credentials, Transport

#: Keys that go in one call; a longer list is asked in several.
KEYS_AT_ONCE: Final = 5_000
_PAGE: Final = 1_000
Day = dt.date | str


class Client:
    """Asks one landdb service; a context manager, not for several threads at once.

    With `client_id` and `client_secret` it gets its tokens itself; `token` is one that somebody else got; with neither
    it asks as the public. `attempts`: how often a question is asked that the service puts off.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        token: str | None = None,
        timeout_s: float = 60.0,
        attempts: int = 5,
    ) -> None:
        credentials = Credentials(token, client_id, client_secret)
        self._transport = Transport(url, credentials, timeout_s=timeout_s, attempts=attempts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._transport.close()

    def parcel(
        self,
        commune: str,
        sheet: str,
        parcel: str,
        *,
        fields: Sequence[str] | None = None,
        valid_at: Day | None = None,
        known_at: dt.datetime | None = None,
    ) -> Answer:
        """Give the parcel under its present number."""
        key = {"commune": commune, "sheet": sheet, "parcel": parcel}
        return self._answer("/parcels", {**key, "fields": fields, "valid_at": valid_at, "known_at": known_at})

    def old_number(
        self,
        commune: str,
        sheet: str,
        parcel: str | None = None,
        *,
        scale: int | None = None,
        note: str | None = None,
        fields: Sequence[str] | None = None,
    ) -> Answer:
        """Give where the number of an old paper is today; never a guess."""
        key = {"commune": commune, "sheet": sheet, "parcel": parcel, "scale": scale, "note": note}
        return self._answer("/parcels/old", {**key, "fields": fields})

    def parcel_by_id(
        self, parcel_id: int, *, fields: Sequence[str] | None = None, valid_at: Day | None = None
    ) -> Answer:
        """Give the parcel with this identity; raises ApiProblem 404 when there is none."""
        return self._answer(f"/parcels/{parcel_id}", {"fields": fields, "valid_at": valid_at})

    def parcel_by_code(self, code: str, *, fields: Sequence[str] | None = None) -> Answer:
        """Give the parcel with this national code; raises ApiProblem 404 when there is none."""
        return self._answer(f"/parcels/by-code/{quote(code, safe='')}", {"fields": fields})

    def parcels_at(self, lon: float, lat: float, *, fields: Sequence[str] | None = None) -> Answer:
        """Give the parcel at a place in degrees; on a boundary all that meet there."""
        return self._answer("/parcels/at", {"lon": lon, "lat": lat, "fields": fields})

    def certificate(self, serial: str, *, fields: Sequence[str] | None = None) -> Answer:
        """Give the parcels of a certificate; raises ApiProblem 404 when there is none."""
        return self._answer(f"/certificates/{quote(serial, safe='')}", {"fields": fields})

    def search(self, text: str, *, commune: str | None = None, limit: int = 20) -> Json:
        """Give what a text means, as a person types it: readings, hits, questions to ask back."""
        found: Json = self._transport.get("/search", {"q": text, "commune": commune, "limit": limit})
        return found

    def lookup_many(
        self,
        keys: Iterable[Mapping[str, Any]],
        *,
        fields: Sequence[str] | None = None,
        valid_at: Day | None = None,
        known_at: dt.datetime | None = None,
    ) -> Iterator[LineAnswer]:
        """Give an answer for each key, in order, as they come; any number of keys, a few thousand to a call."""
        query = {"fields": fields, "valid_at": valid_at, "known_at": known_at}
        waiting, first = iter(keys), 0
        while batch := list(islice(waiting, KEYS_AT_ONCE)):
            body = b"\n".join(json.dumps(key, ensure_ascii=False).encode() for key in batch)
            for line in self._transport.lines("/lookups", body, query):
                yield LineAnswer.of(line, first=first)
            first += len(batch)

    def holds_rights(
        self, citizen_id: str, *, purpose: str, case_ref: str, communes: Sequence[str] | None = None
    ) -> HolderAnswer:
        """Give whether a person holds rights here, and which; the question is recorded before it is answered."""
        asked: Json = {"citizen_id": citizen_id, "purpose": purpose, "case_ref": case_ref, "limit": 200}
        if communes is not None:
            asked["communes"] = list(communes)
        parcels: list[Json] = []
        while True:
            told = self._transport.post("/holders/check", asked)
            parcels += told["parcels"]
            if told["next"] is None:
                return HolderAnswer(bool(parcels), parcels)
            asked["after"] = told["next"]

    def changes(self, after: str | None = None) -> Iterator[Event]:
        """Give the events of the change feed after a cursor, up to now; keep the last cursor to go on later."""
        while True:
            told = self._transport.get("/changes", {"after": after, "limit": _PAGE})
            for event in told["events"]:
                yield Event(event["landdbcursor"], event)
            after = told["next"]
            if not told["is_full"]:
                return

    def items(
        self,
        collection: str = "parcels",
        *,
        bbox: Sequence[float] | None = None,
        cql2: str | None = None,
        valid_at: Day | None = None,
        limit: int = _PAGE,
    ) -> Iterator[Json]:
        """Give the GeoJSON features of a collection, following its pages; `limit` is the size of a page."""
        query = {"bbox": bbox, "filter": cql2, "datetime": _day(valid_at), "limit": limit}
        page = self._transport.get(f"/collections/{quote(collection, safe='')}/items", query)
        while True:
            yield from page["features"]
            following = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
            if following is None:
                return
            page = self._transport.follow(following)

    def file(self, collection: str, kind: str, query: Mapping[str, Any]) -> bytes:
        """Give a whole collection as a file of this kind, such as ``parquet`` or ``fgb``."""
        target = {**query, "f": kind}
        return self._transport.read(f"/collections/{quote(collection, safe='')}/items", target)

    def _answer(self, path: str, query: Mapping[str, Any]) -> Answer:
        return Answer.of(self._transport.get(path, query))


def _day(valid_at: Day | None) -> str | None:
    return None if valid_at is None else str(valid_at)
