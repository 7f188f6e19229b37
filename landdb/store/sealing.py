"""Holding rows made ready for the database: people sealed, identities keyed."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from landdb.domain.identifiers import normalise_certificate_serial
from landdb.domain.masking import mask_digits, mask_name
from landdb.domain.text import fold_name
from landdb.domain.text_faults import name_fault
from landdb.store.staging import raw_cell
from landdb.store.vault import Cell, Vault

_PASSED_ON = (
    "row_no",
    "commune_code",
    "sheet_no",
    "parcel_no",
    "cert_sheet_no",
    "cert_parcel_no",
    "parcel_code",
    "parcel_area_m2",
    "serial",
    "serial_raw",
    "registry_no",
    "issued_on",
    "issued_on_raw",
    "holder_group",
    "role",
    "org_no",
    "org_no_fault",
    "tax_code_fault",
    "share_num",
    "share_den",
    "rrr_kind",
    "uses",
    "scan_file",
)
_MADE = (
    "batch_id",
    "serial_fault",
    "citizen_id_fault",
    "party_key",
    "content_index",
    "baunit_key",
    "has_certificate",
    "party_kind",
    "name_masked",
    "name_enc",
    "name_index",
    "name_fault",
    "birth_year",
    "birth_enc",
    "birth_index",
    "sex",
    "id_kind",
    "citizen_id_masked",
    "citizen_id_enc",
    "citizen_id_index",
    "tax_code_masked",
    "tax_code_enc",
    "residence_enc",
    "key_id",
    "raw_enc",
    "remark_index",
    "remark_enc",
    "has_present_user",
    "has_change_reason",
    "has_assets",
)
COLUMNS = (*_MADE, *_PASSED_ON)
_PARTY_KIND = {"ORGANISATION": "ORGANISATION", "COMMUNITY": "COMMUNITY"}
_PUBLIC_KINDS = frozenset({"ORGANISATION", "COMMUNITY"})
#: The row of an organisation also describes whoever speaks for it, who holds nothing and is not looked up by it.
_NOBODY = {
    "citizen_id": None,
    "id_kind": "MISSING",
    "id_fault": None,
    "birth_date": None,
    "birth_year": None,
    "sex": None,
}


def seal_holdings(batch_id: int, rows: pa.RecordBatch, vault: Vault) -> Iterator[tuple[Any, ...]]:
    """Give one tuple of `COLUMNS` per row of `wire.HOLDING`, with no clear personal value in it."""
    for row in rows.to_pylist():
        made = _seal(row, batch_id, vault)
        yield (*(made[name] for name in _MADE), *(row.get(name) for name in _PASSED_ON))


def party_cell(party_key: bytes, column: str) -> Cell:
    """Give the cell that a party's column is sealed for; the party key stays when the row is updated."""
    return ("party.party", int.from_bytes(party_key[:8], "big"), column)


def remark_cell(remark_index: bytes) -> Cell:
    """Give the cell that a remark is sealed for."""
    return ("registry.remark", int.from_bytes(remark_index[:8], "big"), "remark_enc")


def _seal(row: dict[str, Any], batch_id: int, vault: Vault) -> dict[str, Any]:
    baunit_key = _baunit_key(row)
    return {
        "batch_id": batch_id,
        "serial_fault": _serial_fault(row["serial"]),
        "baunit_key": baunit_key,
        "has_certificate": bool(row["serial"] or row["registry_no"]),
        "raw_enc": vault.seal(
            json.dumps(row, default=_json, ensure_ascii=False), cell=raw_cell(batch_id, row["row_no"])
        ),
        **_seal_remark(row["remark"], vault),
        **seal_party(row, vault, scope=baunit_key),
    }


def _seal_remark(remark: str | None, vault: Vault) -> dict[str, Any]:
    """Give what the register has no place for, sealed: it may name a person. In clear is only what it is about."""
    index = vault.index("remark", remark) if remark else None
    about = json.loads(remark) if remark else {}
    return {
        "remark_index": index,
        "remark_enc": vault.seal(remark, cell=remark_cell(index)) if index else None,
        "has_present_user": "present_user" in about or "present_user_id" in about,
        "has_change_reason": "change_reason" in about,
        "has_assets": any(name.startswith("asset_") for name in about),
    }


def seal_party(row: Mapping[str, Any], vault: Vault, *, scope: str) -> dict[str, Any]:
    """Give the sealed columns of the party that a row names.

    Two people may share a name; without a number they are one person only within one `scope`, such as a certificate.
    """
    kind = _PARTY_KIND.get(row["holder_group"] or "", "NATURAL") if row["org_name"] is None else "ORGANISATION"
    name = row["name"] if kind != "ORGANISATION" else row["org_name"] or row["name"]
    person = row if kind not in _PUBLIC_KINDS else _NOBODY
    name_key = fold_name(name)
    number = row["org_no"] if kind in _PUBLIC_KINDS else person["citizen_id"]
    party_key = vault.index("party", f"{kind}|{number or scope}|{name_key}")
    return {
        "party_key": party_key,
        "party_kind": kind,
        "name_masked": name if kind in _PUBLIC_KINDS else mask_name(name),
        "name_enc": vault.seal(name, cell=party_cell(party_key, "name_enc")),
        "name_index": vault.index("name", name_key),
        "name_fault": name_fault(name, is_person=kind == "NATURAL"),
        "tax_code_masked": _masked(row["tax_code"]),
        "tax_code_enc": vault.seal(row["tax_code"], cell=party_cell(party_key, "tax_code_enc")),
        "residence_enc": vault.seal(row["residence"], cell=party_cell(party_key, "residence_enc")),
        "content_index": vault.index("content", _content(name, row, person)),
        "key_id": vault.key_id,
        **_seal_person(person, party_key, vault),
    }


def _seal_person(person: Mapping[str, Any], party_key: bytes, vault: Vault) -> dict[str, Any]:
    """Give what tells one natural person from another."""
    citizen_id = person["citizen_id"]
    return {
        "birth_year": person["birth_year"],
        "birth_enc": vault.seal(_birth(person), cell=party_cell(party_key, "birth_enc")),
        "birth_index": vault.index("birth", person["birth_date"].isoformat()) if person["birth_date"] else None,
        "sex": person["sex"],
        "id_kind": person["id_kind"],
        "citizen_id_fault": person["id_fault"],
        "citizen_id_masked": _masked(citizen_id),
        "citizen_id_enc": vault.seal(citizen_id, cell=party_cell(party_key, "citizen_id_enc")),
        "citizen_id_index": vault.index("citizen_id", citizen_id) if citizen_id else None,
    }


def _content(name: str, row: Mapping[str, Any], person: Mapping[str, Any]) -> str:
    """Give all that is stored of the party, as one text: another text means that the party has changed."""
    told = (name, person["citizen_id"], row["tax_code"], row["residence"], person["sex"], _birth(person))
    return "|".join(map(str, told))


def _baunit_key(row: dict[str, Any]) -> str:
    """Give what the right hangs on: the certificate by serial, else by registry number, else the parcel alone."""
    if row["serial"]:
        return f"serial {row['serial']}"
    if row["registry_no"]:
        return f"registry {row['registry_no']}"
    if row["parcel_no"]:
        return f"parcel {row['sheet_no']}/{row['parcel_no']}"
    if row["parcel_code"]:
        return f"code {row['parcel_code']}"
    return f"certificate parcel {row['cert_sheet_no']}/{row['cert_parcel_no']}"


def _serial_fault(serial: str | None) -> str | None:
    return None if serial is None or normalise_certificate_serial(serial).well_formed else "MALFORMED"


def _birth(row: Mapping[str, Any]) -> str | None:
    """Give the birth date at the precision it was delivered with; a year-only date stays a year."""
    born: date | None = row["birth_date"]
    if born is not None:
        return born.isoformat()
    return str(row["birth_year"]) if row["birth_year"] else None


def _masked(number: str | None) -> str | None:
    return mask_digits(number) if number else None


def _json(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
