"""People and services that ask: a mandate for each, and the header that carries its token."""

import datetime as dt
import itertools
from pathlib import Path

import psycopg
import worlds

from landdb.access.signing import LOCAL_ISSUER, SigningKeys, signing_file
from landdb.domain.dates import today
from landdb.domain.fields import FIELDS
from landdb.store.access.mandates import Mandate, NewAgreement, Subject, add_agreement, grant
from landdb.store.vault import Vault

AGREEMENT = "TEST-ALL"
#: Logins of PostgreSQL that answer questions and change nothing.
READERS = ("public", "citizen", "staff", "service", "audit", "tiles")
PURPOSES = ("land tax notice", "tax assessment")
_numbers = itertools.count(1)


def agree(conn: psycopg.Connection, code: str = AGREEMENT, **agreed) -> str:
    """Give the code of an agreement; by default one about every field."""
    row = conn.execute("SELECT 1 FROM access.agreement WHERE code = %s", [code]).fetchone()
    if row is None:
        until = today() + dt.timedelta(days=365)
        whole = {"fields": list(FIELDS), "purposes": PURPOSES, "valid_until": until, "communes": None}
        add_agreement(conn, NewAgreement(code, "Chi cục Thử", legal_basis="NĐ 101/2024 Đ.60", **whole | agreed))
    return code


def mandated(conn: psycopg.Connection, role: str, *communes: str, agreement: str | None = None, vault=None) -> Subject:
    """Give a new subject that may ask as `role`; a citizen is the first of the world's people."""
    subject = Subject(LOCAL_ISSUER, f"test:{role}-{next(_numbers)}")
    code = agreement or agree(conn) if role == "service" else None
    index = vault.index("citizen_id", worlds.SECRET_NUMBERS[0]) if role == "citizen" else None
    grant(conn, subject, Mandate(role, f"{role}-1", None, communes or None, code, index), by="tests")
    return subject


def header(key_file: Path, subject: Subject, **options) -> dict[str, str]:
    """Give the header with a token of this subject."""
    token = SigningKeys.make(signing_file(key_file)).issue(subject.subject, **options)
    return {"Authorization": f"Bearer {token}"}


def issue(url: str, key_file: Path, role: str, *communes: str, **options) -> dict[str, str]:
    """Give the header of somebody new who may ask as `role`, in `communes` only when there are some."""
    with psycopg.connect(url) as conn:
        return header(key_file, mandated(conn, role, *communes, vault=Vault.make(key_file), **options))
