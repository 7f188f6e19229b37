"""Rights, certificates and restrictions that a legal change opens, alters or ends."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import psycopg

from landdb.store.register_subjects import Right
from landdb.store.statements import load


@dataclass(frozen=True, slots=True)
class Entry:
    """What every new row of a change is marked with: the delivery of its parcel, and the date in law."""

    batch_id: int
    valid_from: dt.date


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as printed."""

    serial: str
    registry_no: str | None
    issued_on: dt.date | None


def open_baunit(conn: psycopg.Connection, commune_id: int, baunit_key: str) -> int:
    """Give the identity of the baunit with this key, new or known."""
    return _identity(conn, "insert_baunit", commune_id=commune_id, baunit_key=baunit_key)


def link(
    conn: psycopg.Connection, baunit_id: int, parcel_id: int, entry: Entry, *, certificate_area_m2: float | None
) -> None:
    """Let the rights of the baunit hold on this parcel."""
    values = _entry(entry, baunit_id=baunit_id, parcel_id=parcel_id, certificate_area_m2=certificate_area_m2)
    conn.execute(load("register_rights")["insert_link"], values)


def unlink(conn: psycopg.Connection, link_ids: Sequence[int]) -> None:
    """Let rights hold on a parcel no longer."""
    conn.execute(load("register_rights")["delete_links"], {"ids": list(link_ids)})


def open_right(
    conn: psycopg.Connection,
    baunit_id: int,
    holder_group: str,
    entry: Entry,
    *,
    rrr_kind: str = "USE_RIGHT",
    certificate_id: int | None = None,
) -> int:
    """Open a right on the baunit; gives its identity."""
    values = _entry(
        entry, baunit_id=baunit_id, certificate_id=certificate_id, rrr_kind=rrr_kind, holder_group=holder_group
    )
    return _identity(conn, "insert_rrr", **values)


def replace_holders(
    conn: psycopg.Connection,
    right: Right,
    holders: Mapping[int, Fraction | None],
    entry: Entry,
    *,
    holder_group: str,
) -> None:
    """Let exactly these parties hold the right with these shares; who stays keeps his row."""
    statements = load("register_rights")
    known = {held.party_id: held for held in right.holders}
    if holder_group != right.holder_group:
        values = {"rrr_id": right.rrr_id, "holder_group": holder_group, "valid_from": entry.valid_from}
        conn.execute(statements["update_rrr"], values)
    gone = [held.share_id for party_id, held in known.items() if party_id not in holders]
    conn.execute(statements["delete_shares"], {"ids": gone})
    for party_id, share in holders.items():
        if party_id not in known:
            add_holder(conn, right.rrr_id, party_id, share, entry)
        elif known[party_id].share != share:
            values = {"share_id": known[party_id].share_id, "valid_from": entry.valid_from, **_fraction(share)}
            conn.execute(statements["update_share"], values)


def add_holder(
    conn: psycopg.Connection, rrr_id: int, party_id: int, share: Fraction | None, entry: Entry, role: str = "HOLDER"
) -> None:
    """Let the party hold this share of the right."""
    values = _entry(entry, rrr_id=rrr_id, party_id=party_id, role=role, **_fraction(share))
    conn.execute(load("register_rights")["insert_share"], values)


def end_empty_baunits(conn: psycopg.Connection, baunit_ids: Collection[int]) -> tuple[list[int], list[int]]:
    """End what hangs on baunits without a parcel; gives the rights and the certificates that ended."""
    values, statements = {"baunit_ids": sorted(baunit_ids)}, load("register_rights")
    conn.execute(statements["end_shares_of_empty_baunits"], values)
    rights = [rrr_id for rrr_id, _ in conn.execute(statements["end_rights_of_empty_baunits"], values)]
    papers = [number for (number,) in conn.execute(statements["end_certificates_of_empty_baunits"], values)]
    return rights, papers


def find_serial(conn: psycopg.Connection, serial: str) -> list[int]:
    """Give the certificates in force that carry this serial."""
    return [number for (number,) in conn.execute(load("register_rights")["serial_holders"], {"serial": serial})]


def issue_certificate(conn: psycopg.Connection, baunit_id: int, commune_id: int, issued: Issued, entry: Entry) -> int:
    """Issue a certificate for the baunit's rights; gives its identity."""
    values = _entry(
        entry,
        baunit_id=baunit_id,
        commune_id=commune_id,
        serial=issued.serial,
        registry_no=issued.registry_no,
        issued_on=issued.issued_on,
    )
    certificate_id = _identity(conn, "insert_certificate", **values)
    name_certificate(conn, baunit_id, certificate_id, valid_from=entry.valid_from)
    return certificate_id


def replace_certificate(conn: psycopg.Connection, certificate_id: int, issued: Issued, *, valid_from: dt.date) -> None:
    """Put another serial in the place of the one in force; the old one stays in history."""
    conn.execute(
        load("register_rights")["replace_certificate"],
        {
            "certificate_id": certificate_id,
            "serial": issued.serial,
            "registry_no": issued.registry_no,
            "issued_on": issued.issued_on,
            "valid_from": valid_from,
        },
    )


def end_certificate(conn: psycopg.Connection, certificate_id: int, baunit_id: int, *, valid_from: dt.date) -> None:
    """Take a certificate out of force; the rights it told of stay."""
    conn.execute(load("register_rights")["delete_certificate"], {"certificate_id": certificate_id})
    name_certificate(conn, baunit_id, None, valid_from=valid_from)


def name_certificate(
    conn: psycopg.Connection, baunit_id: int, certificate_id: int | None, *, valid_from: dt.date
) -> None:
    """Let the baunit's rights name this certificate."""
    values = {"baunit_id": baunit_id, "certificate_id": certificate_id, "valid_from": valid_from}
    conn.execute(load("register_rights")["name_certificate"], values)


def lay_restriction(
    conn: psycopg.Connection,
    parcel_id: int,
    restriction_kind: str,
    reference: str,
    entry: Entry,
    *,
    origin_id: int,
    party_id: int | None = None,
) -> int | None:
    """Lay a mortgage, block or dispute on the parcel; gives the rank of a mortgage."""
    statements, rank = load("register_rights"), None
    if restriction_kind == "MORTGAGE":
        row = conn.execute(statements["next_rank"], {"parcel_id": parcel_id}).fetchone()
        rank = int(row[0]) if row else 1
    values = _entry(
        entry,
        parcel_id=parcel_id,
        restriction_kind=restriction_kind,
        rank=rank,
        party_id=party_id,
        reference=reference,
        origin_id=origin_id,
    )
    conn.execute(statements["insert_restriction"], values)
    return rank


def lift_restrictions(
    conn: psycopg.Connection, parcel_ids: Sequence[int], restriction_kind: str, *, origin_id: int
) -> list[int]:
    """End what that transaction laid on these parcels; gives the parcels that are free of it now."""
    values = {"parcel_ids": list(parcel_ids), "restriction_kind": restriction_kind, "origin_id": origin_id}
    return [number for (number,) in conn.execute(load("register_rights")["lift_restrictions"], values)]


def carry_restrictions(
    conn: psycopg.Connection, parents: Sequence[int], children: Sequence[int], *, valid_from: dt.date
) -> None:
    """Let what restricts the parents restrict every child instead."""
    values = {"parents": list(parents), "children": list(children), "valid_from": valid_from}
    conn.execute(load("register_rights")["carry_restrictions"], values)
    delete_restrictions(conn, parents)


def delete_restrictions(conn: psycopg.Connection, parcel_ids: Sequence[int]) -> None:
    """End every restriction on these parcels."""
    conn.execute(load("register_rights")["delete_restrictions"], {"parcel_ids": list(parcel_ids)})


def _entry(entry: Entry, **values: object) -> dict[str, object]:
    return {"batch_id": entry.batch_id, "valid_from": entry.valid_from, **values}


def _fraction(share: Fraction | None) -> dict[str, int | None]:
    if share is None:
        return {"numerator": None, "denominator": None}
    return {"numerator": share.numerator, "denominator": share.denominator}


def _identity(conn: psycopg.Connection, statement: str, **values: object) -> int:
    row = conn.execute(load("register_rights")[statement], values).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])
