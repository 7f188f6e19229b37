"""One small commune with everything a question can be about; committed, so that any connection sees it."""

from dataclasses import dataclass
from fractions import Fraction

import factories
import psycopg

from landdb.service_limits import Rate, ServiceLimits
from landdb.store.vault import Vault

#: Invented; no answer, log line or error may ever hold them.
SECRET_NUMBERS = ("099085000123", "099190000456")
SECRET_NAMES = ("Nguyễn Văn Ảo", "Trần Thị Bịa")
ORGANISATION = "HTX Thử Nghiệm"
ORG_NO = "0100684378"
VIET_TRI = "07900"
#: Tests ask all at once from one address; what is refused has tests of its own.
GENEROUS = ServiceLimits(*[Rate(1e6, 10**6)] * 4, public_lane=20)
DOCUMENT = "BBBG-01/2025"


@dataclass(frozen=True, slots=True)
class World:
    """The identities of what was seeded."""

    url: str
    vault: Vault
    batch: int
    sheet: factories.Sheet
    couple: int
    shared: int
    plain: int
    twins: tuple[int, int]
    foreign: int
    old: dict[str, int]


def seed(url: str, vault: Vault) -> World:
    """Give the world, committed at `url`.

    `couple` is held jointly, `shared` in thirds by a person and a cooperative, `plain` by nobody; `twins`
    carry one code; `foreign` lies in another commune and has a certificate serial that `plain` has too.
    """
    with psycopg.connect(url) as conn:
        batch = factories.add_batch(conn, document=DOCUMENT)
        sheet = factories.add_sheet(conn, "12", batch=batch)
        couple, shared, plain = (
            factories.add_parcel(conn, sheet, no, place=place, batch=batch, code=code)
            for place, (no, code) in enumerate([("1", "w7jq2m4k5n01"), ("2", None), ("3", None)])
        )
        twins = tuple(
            factories.add_parcel(conn, sheet, no, place=place, batch=batch, code="w7jq2m4k5n77")
            for no, place in (("8", 8), ("9", 9))
        )
        abroad = factories.add_sheet(conn, "1", code=VIET_TRI, batch=batch)
        foreign = factories.add_parcel(conn, abroad, "1", batch=batch)
        _add_rights(conn, vault, batch, couple=couple, shared=shared, plain=plain, foreign=foreign)
        conn.execute("UPDATE audit.quota SET per_hour = 1000000, per_day = 1000000")
        for rule_id in ("GEO004", "TEN001"):
            factories.add_finding(conn, factories.PHONG_CHAU, rule_id, parcel=couple, other=shared)
        old = _add_old_numbers(conn, batch)
    return World(url, vault, batch, sheet, couple, shared, plain, (twins[0], twins[1]), foreign, old)


def _add_rights(
    conn: psycopg.Connection, vault: Vault, batch: int, *, couple: int, shared: int, plain: int, foreign: int
) -> None:
    one, other = (
        factories.add_party(conn, vault, name, citizen_id=number, batch=batch)
        for name, number in zip(SECRET_NAMES, SECRET_NUMBERS, strict=True)
    )
    cooperative = factories.add_party(conn, vault, ORGANISATION, org_no=ORG_NO, batch=batch)
    joint = {one: None, other: None}
    factories.add_right(conn, [couple], joint, serial="AB 12345678", holder_group="COUPLE", batch=batch)
    thirds = {one: Fraction(1, 3), cooperative: Fraction(2, 3)}
    factories.add_right(conn, [shared], thirds, serial="ĐA 123456", holder_group="CO_USERS", batch=batch)
    for parcel in (plain, foreign):
        factories.add_right(conn, [parcel], {other: Fraction(1)}, serial="AD 22222222", batch=batch)


def _add_old_numbers(conn: psycopg.Connection, batch: int) -> dict[str, int]:
    """Enter old Phong Châu's two numberings of sheet 7, and parcels that carry their old numbers themselves."""
    old = {}
    for sheet_no, scale in (("150", 500), ("156", 1000)):
        sheet = factories.add_sheet(conn, sheet_no, scale=scale, batch=batch)
        old[sheet_no] = factories.add_parcel(conn, sheet, "5", batch=batch)
        factories.add_crosswalk(
            conn, ("07945", "7", None), (factories.PHONG_CHAU, sheet_no, None), scale=scale, batch=batch
        )
    renumbered = factories.add_sheet(conn, "200", batch=batch)
    old["recorded"] = factories.add_parcel(conn, renumbered, "40", old=("31", "6"), batch=batch)
    # An old commune that stands in no list of communes.
    factories.add_crosswalk(conn, ("99801", "44", None), (factories.PHONG_CHAU, "200", None), batch=batch)
    return old
