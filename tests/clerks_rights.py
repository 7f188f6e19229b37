"""The rights and papers of the soak: whatever moves them, lays a restriction on them or lifts it."""

import itertools

from clerks_hands import ClerksHands
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from registers import Street, request

_serials = itertools.count(10_000_000)

Picked = st.integers(0, 10_000)


class ClerksRights(ClerksHands):
    """Procedures about rights, restrictions and certificates; each is tried on any parcel."""

    street: Street
    laid: dict[str, list[tuple[int, int]]]

    @rule(pick=Picked, is_gift=st.booleans(), giver=st.booleans(), share=st.sampled_from([None, "1/2", "1/3", "1/7"]))
    def transfer(self, pick: int, is_gift: bool, giver: bool, share: str | None) -> None:
        kind = "gift" if is_gift else "transfer"
        parties = (self.street.an, self.street.binh)
        move = {"from": parties[giver], "to": {"party_id": parties[not giver]}, "share": share}
        moves = [{key: value for key, value in move.items() if value}]
        self.try_to(request(kind, [self.parcel(pick)], {"moves": moves}, lender_consent="CV 1"))

    @rule(pick=Picked)
    def inherit(self, pick: int) -> None:
        heirs = [{"to": {"party_id": party}, "share": "1/2"} for party in (self.street.an, self.street.binh)]
        self.try_to(request("inheritance", [self.parcel(pick)], {"moves": heirs}, lender_consent="CV 1"))

    @rule(pick=Picked, other=Picked)
    def exchange(self, pick: int, other: int) -> None:
        """Try until two parcels of one holder each change hands; most pairs are refused, which is tried too."""
        parcels = [self.parcel(pick), self.parcel(other)]
        if parcels[0] == parcels[1]:
            return
        takers = (self.street.binh, self.street.an)
        moves = [{"parcel": at, "to": {"party_id": taker}} for at, taker in enumerate(takers)]
        self.try_to(request("exchange", parcels, {"moves": moves}, lender_consent="CV 1"))

    @rule(pick=Picked, sevenths=st.integers(1, 6))
    def correct_shares(self, pick: int, sevenths: int) -> None:
        holders = [
            {"party": {"party_id": party}, "share": f"{part}/7"}
            for party, part in ((self.street.an, sevenths), (self.street.binh, 7 - sevenths))
        ]
        terms = {"field": "shares", "holders": holders}
        self.try_to(request("correction", [self.parcel(pick)], terms, reason="Ghi nhầm phần quyền"))

    @rule(pick=Picked, years=st.integers(1, 50))
    def extend(self, pick: int, years: int) -> None:
        terms = {"ordinal": 1, "expires_on": f"{2030 + years}-01-01"}
        self.try_to(request("extension", [self.parcel(pick)], terms))

    @rule(pick=Picked, kind=st.sampled_from(["MORTGAGE", "BLOCK", "DISPUTE"]))
    def restrict(self, pick: int, kind: str) -> None:
        parcel = self.parcel(pick)
        if kind == "MORTGAGE":
            asked = request("mortgage", [parcel], {"lender": {"party_id": self.street.binh}, "reference": "HĐ 1"})
        else:
            asked = request(kind.lower(), [parcel], {"reference": "CV 2"})
        outcome = self.try_to(asked)
        if outcome is not None:
            self.laid[kind].append((parcel, outcome["transaction_id"]))

    @precondition(lambda self: any(self.laid.values()))
    @rule(pick=Picked, kind=st.sampled_from(["MORTGAGE", "BLOCK", "DISPUTE"]))
    def lift(self, pick: int, kind: str) -> None:
        rows = self.conn.execute(
            """SELECT x.parcel_id, x.origin_id
            FROM registry.restriction AS x JOIN cadastre.parcel AS p USING (parcel_id)
            WHERE p.commune_id = ANY(%s) AND x.restriction_kind = %s ORDER BY 1, 2""",
            [self.communes, kind],
        ).fetchall()
        if rows:
            parcel, origin = rows[pick % len(rows)]
            end = {"MORTGAGE": "mortgage_release", "BLOCK": "unblock", "DISPUTE": "dispute_end"}[kind]
            assert self.try_to(request(end, [parcel], {"transaction_id": origin})) is not None

    @rule(pick=Picked, what=st.sampled_from(["certificate_loss", "certificate_reissue", "certificate_cancellation"]))
    def paper(self, pick: int, what: str) -> None:
        terms = {"serial": f"AA {next(_serials)}"} if what == "certificate_reissue" else {}
        self.try_to(request(what, [self.parcel(pick)], terms))
