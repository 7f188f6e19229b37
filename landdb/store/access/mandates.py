"""Mandates: who may do what, in whose name and where. Agreements: what an organisation may get."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import psycopg

from landdb.domain.dates import today
from landdb.domain.fields import checked_fields
from landdb.domain.identifiers import normalise_commune_code
from landdb.errors import InvalidValue, NotFound
from landdb.store.access.rows import Row, find_one, list_all
from landdb.store.admin_units import get_commune

MandatedRole = Literal["citizen", "clerk", "analyst", "service", "auditor", "administrator"]
LONGEST_AGREEMENT_DAYS: Final = 730


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a mandate is for: a subject of an issuer, and which account or client of ours that is, if any."""

    issuer: str
    subject: str
    account: str | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a subject may do. `communes` None is every commune; `agreement` is its code, for a service."""

    role: str
    actor: str
    actor_org: str | None = None
    communes: Sequence[str] | None = None
    agreement: str | None = None
    citizen_id_index: bytes | None = None
    days: int | None = None


def grant(conn: psycopg.Connection[Any], subject: Subject, mandate: Mandate, *, by: str) -> int:
    """Give the number of the new mandate of this subject, whose former one ends.

    Raises InvalidValue for an unknown role or what does not go with it, NotFound for a commune or an agreement
    that is not in force.
    """
    _check_role(mandate)
    codes = None if mandate.communes is None else communes_in_force(conn, mandate.communes)
    agreed = None if mandate.agreement is None else _get_agreement(conn, mandate.agreement)
    revoke(conn, subject, by=by)
    row = find_one(
        conn,
        "grant_mandate",
        issuer=subject.issuer,
        subject=subject.subject,
        account=subject.account,
        client_id=subject.client_id,
        role=mandate.role,
        actor=mandate.actor,
        actor_org=mandate.actor_org or (agreed and agreed["organisation"]),
        commune_codes=codes,
        agreement_id=agreed and agreed["agreement_id"],
        citizen_id_index=mandate.citizen_id_index,
        granted_by=by,
        lifetime=None if mandate.days is None else dt.timedelta(days=mandate.days),
    )
    return int((row or {})["mandate_id"])


def revoke(conn: psycopg.Connection[Any], subject: Subject, *, by: str) -> bool:
    """End the subject's mandate from now on; tells whether there was one."""
    row = find_one(conn, "revoke_mandate", issuer=subject.issuer, subject=subject.subject, revoked_by=by)
    return row is not None


def list_mandates(conn: psycopg.Connection[Any], *, with_ended: bool = False) -> list[Row]:
    """Give the mandates in force, or all there ever were, oldest first."""
    return list_all(conn, "list_mandates", with_ended=with_ended)


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """What is agreed with an organisation; `valid_until` is the last day, at most two years ahead."""

    code: str
    organisation: str
    fields: Sequence[str]
    purposes: Sequence[str]
    legal_basis: str
    valid_until: dt.date
    communes: Sequence[str] | None = None
    valid_from: dt.date | None = None


def add_agreement(conn: psycopg.Connection[Any], agreed: NewAgreement) -> int:
    """Give the identity of the new agreement.

    Raises InvalidValue for an unknown field, a term beyond two years, a missing text or a code that exists.
    """
    texts = {"code": [agreed.code], "purpose": agreed.purposes, "legal_basis": [agreed.legal_basis]}
    for field, values in texts.items():
        if not values or not all(value.strip() for value in values):
            raise InvalidValue(field, "MISSING", remedy="say it in words that the other side would recognise")
    valid_from = agreed.valid_from or today()
    if not 0 <= (agreed.valid_until - valid_from).days <= LONGEST_AGREEMENT_DAYS:
        raise InvalidValue("valid_until", "OUT_OF_RANGE", remedy=f"at most {LONGEST_AGREEMENT_DAYS} days, then renew")
    row = find_one(
        conn,
        "add_agreement",
        code=agreed.code,
        organisation=agreed.organisation,
        fields=checked_fields(agreed.fields),
        commune_codes=None if agreed.communes is None else communes_in_force(conn, agreed.communes),
        purposes=list(agreed.purposes),
        legal_basis=agreed.legal_basis,
        valid_from=valid_from,
        valid_until=agreed.valid_until,
    )
    if row is None:
        raise InvalidValue("code", "EXISTS", remedy="an agreement is not changed: end it, then add it under a new code")
    return int(row["agreement_id"])


def list_agreements(conn: psycopg.Connection[Any], *, with_ended: bool = False) -> list[Row]:
    """Give the agreements that run or will run, or all there ever were, by code."""
    return list_all(conn, "list_agreements", with_ended=with_ended, today=today())


def end_agreement(conn: psycopg.Connection[Any], code: str) -> None:
    """End an agreement from now on; raises NotFound when none runs under this code."""
    if find_one(conn, "end_agreement", code=code) is None:
        raise NotFound(f"no agreement {code} runs", remedy="landdb agreement list")


def communes_in_force(conn: psycopg.Connection[Any], codes: Sequence[str]) -> list[str]:
    """Give the codes in five digits: a mandate for a mistyped commune would silently see nothing."""
    return [get_commune(conn, normalise_commune_code(code)).commune_code for code in dict.fromkeys(codes)]


def _check_role(mandate: Mandate) -> None:
    roles = get_args(MandatedRole)
    if mandate.role not in roles:
        raise InvalidValue("role", "UNKNOWN_ROLE", remedy=f"one of {', '.join(roles)}")
    if (mandate.role == "service") != (mandate.agreement is not None):
        raise InvalidValue("agreement", "SERVICE_BY_AGREEMENT", remedy="services, and only they, name an agreement")
    if (mandate.role == "citizen") != (mandate.citizen_id_index is not None):
        raise InvalidValue("citizen_id", "CITIZEN_IS_SOMEBODY", remedy="citizens, and only they, have a number")


def _get_agreement(conn: psycopg.Connection[Any], code: str) -> Row:
    row = find_one(conn, "agreement", code=code, today=today())
    if row is None:
        raise NotFound(f"no agreement {code} runs", remedy="landdb agreement add --help")
    return row
