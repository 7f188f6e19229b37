"""People and organisations entered by a clerk: sealed, and known again when they are on record already."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg

from landdb.domain.identifiers import CitizenId, diagnose_citizen_id, diagnose_tax_code
from landdb.domain.text import parse_date
from landdb.errors import InvalidValue, NotFound
from landdb.store.sealing import seal_party
from landdb.store.statements import load
from landdb.store.vault import Vault


@dataclass(frozen=True, slots=True, repr=False)
class PersonalDetails:
    """A party as declared: a natural person, or an organisation when it has a number as one."""

    name: str
    citizen_id: CitizenId | None = None
    birth: str | None = None
    sex: str | None = None
    org_no: str | None = None
    residence: str | None = None

    @property
    def is_organisation(self) -> bool:
        """Tell whether this is an organisation."""
        return self.org_no is not None


@dataclass(frozen=True, slots=True)
class PartyOrigin:
    """What a new party's row says of where it comes from; within `scope` a name without a number is one person."""

    scope: str
    batch_id: int
    valid_from: dt.date


def get_party(conn: psycopg.Connection, party_id: int) -> str:
    """Give the kind of a party on record; raises NotFound."""
    row = conn.execute(load("parties")["get"], {"party_id": party_id}).fetchone()
    if row is None:
        raise NotFound("there is no such party", remedy="declare the party with name and citizen ID")
    return str(row[0])


def find_or_add(conn: psycopg.Connection, vault: Vault, details: PersonalDetails, origin: PartyOrigin) -> int:
    """Give the identity of the party: of the row with the same kind, number and name, else of a new row."""
    columns = seal_party(_as_row(details), vault, scope=origin.scope)
    found = conn.execute(load("parties")["find"], {"party_key": columns["party_key"]}).fetchone()
    if found is not None:
        return int(found[0])
    values = {
        **columns,
        "org_no": details.org_no,
        "org_no_fault": diagnose_tax_code(details.org_no).fault if details.is_organisation else None,
        "tax_code_fault": None,
        "batch_id": origin.batch_id,
        "valid_from": origin.valid_from,
    }
    row = conn.execute(load("parties")["insert"], values).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING gives one row
    return int(row[0])


def _as_row(details: PersonalDetails) -> dict[str, Any]:
    """Give the details as the fields of a delivered holding."""
    born = parse_date(details.birth) if details.birth else None
    if born is not None and born.year is None:
        raise InvalidValue("birth", "NOT_A_DATE", remedy="a year or a day, such as 1985 or 1985-03-02")
    return {
        "name": details.name,
        "org_name": details.name if details.is_organisation else None,
        "holder_group": "ORGANISATION" if details.is_organisation else None,
        "org_no": details.org_no,
        "citizen_id": details.citizen_id.reveal() if details.citizen_id else None,
        "id_kind": "CITIZEN_ID" if details.citizen_id else "MISSING",
        "id_fault": _fault(details, born.year if born else None),
        "birth_date": born.value if born is not None and born.precision == "DAY" else None,
        "birth_year": born.year if born is not None else None,
        "sex": details.sex,
        "tax_code": None,
        "residence": details.residence,
    }


def _fault(details: PersonalDetails, birth_year: int | None) -> str | None:
    """Give the gravest fault of the citizen ID, which the rules report."""
    if details.citizen_id is None:
        return None
    return diagnose_citizen_id(details.citizen_id.reveal(), birth_year=birth_year, sex=details.sex).fault
