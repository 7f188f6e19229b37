"""One row of a holders' table → one `wire.HOLDING` row. Faults of a person's numbers are recorded, not refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from landdb import codelists
from landdb.domain.identifiers import (
    ParcelCode,
    diagnose_citizen_id,
    diagnose_tax_code,
    normalise_certificate_serial,
    normalise_commune_code,
    normalise_number,
)
from landdb.domain.personal_numbers import is_blank
from landdb.domain.shares import parse_share
from landdb.domain.text import parse_date
from landdb.errors import InvalidValue
from landdb.importers.tables.headings import plain, tables
from landdb.importers.tables.table_rejects import (
    BAD_HOLDER_GROUP,
    BAD_NUMBER,
    BAD_SHARE,
    MISSING_HOLDER,
    MISSING_PARCEL_KEY,
    RowRejected,
)
from landdb.importers.tables.table_rows import Record, commune_of, refuse_long_keys

USE_GROUPS: Final = 3
_USE_FIELDS: Final = [
    tuple(f"use_{part}@{ordinal}" for part in ("code", "area", "origin", "form", "term"))
    for ordinal in range(1, USE_GROUPS + 1)
]

#: What a campaign form asks beyond the register: who uses the land now, why that changed, what stands on it.
REMARK_FIELDS: Final = (
    "present_user", "present_user_id", "change_reason", "asset_kind", "asset_estate", "asset_building", "asset_flat_no",
    "asset_built_m2", "asset_floor_m2", "asset_ownership", "asset_term", "asset_grade",
)  # fmt: skip

_commune_code: Final = lru_cache(maxsize=4096)(normalise_commune_code)
_number: Final = lru_cache(maxsize=65536)(normalise_number)
_date: Final = lru_cache(maxsize=65536)(parse_date)

_KEYS: Final = (
    "sheet_no", "parcel_no", "cert_sheet_no", "cert_parcel_no", "parcel_code", "serial", "registry_no", "org_no",
)  # fmt: skip
_GROUP_OF_ROLE: Final = {"HUSBAND": "COUPLE", "WIFE": "COUPLE", "HOUSEHOLD_HEAD": "HOUSEHOLD"}


def holding_reader(commune_code: str | None, sheet_no: str | None) -> Callable[[Record], dict[str, Any]]:
    """Give the function that turns a record into a HOLDING row, with what the caller knows of the whole file."""

    def read(record: Record) -> dict[str, Any]:
        row = _place(record, commune_code, sheet_no)
        row |= _certificate(record)
        row |= _holder(record)
        row["share_num"], row["share_den"] = _share(record)
        row["rrr_kind"] = "USE_RIGHT"
        row["uses"] = _uses(record)
        row["scan_file"] = record.get("scan_file")
        row["remark"] = _remark(record)
        refuse_long_keys({name: row.get(name) for name in _KEYS}, _KEYS)
        return row

    return read


def _place(record: Record, commune_code: str | None, sheet_no: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "commune_code": commune_of(record, "commune_code", commune_code, _commune_code),
        "sheet_no": _number(record.get("sheet_no") or sheet_no),
        "parcel_no": _number(record.get("parcel_no")),
        "cert_sheet_no": _number(record.get("cert_sheet_no")),
        "cert_parcel_no": _number(record.get("cert_parcel_no")),
        "address": record.get("address"),
    }
    row["parcel_code"], has_code = _parcel_code(record.get("parcel_code"))
    on_map = row["sheet_no"] and row["parcel_no"]
    on_certificate = row["cert_sheet_no"] and row["cert_parcel_no"]
    if not (on_map or on_certificate or has_code):
        raise RowRejected(MISSING_PARCEL_KEY)
    row["parcel_area_m2"] = _parcel_area(record)
    return row


def _parcel_code(text: str | None) -> tuple[str | None, bool]:
    """Give the parcel code, as delivered if it has not the form of one, and whether it can place a row."""
    if text is None or is_blank(text):
        return None, False
    try:
        return str(ParcelCode.parse(text)), True
    except InvalidValue:
        return text, False


def _parcel_area(record: Record) -> float | None:
    """Give the area, which may be missing but, once typed, must be a number."""
    try:
        return record.number("parcel_area_m2")
    except InvalidValue:
        raise RowRejected(BAD_NUMBER) from None


def _certificate(record: Record) -> dict[str, Any]:
    raw, issued = record.get("serial"), record.get("issued_on")
    row: dict[str, Any] = {"registry_no": record.get("registry_no"), "serial_raw": raw, "issued_on_raw": issued}
    if raw and not is_blank(raw):
        row["serial"] = normalise_certificate_serial(raw).serial
    if issued:
        reading = _date(issued)
        # A certificate has a day; a year alone stays in the raw text.
        row["issued_on"] = reading.value if reading.precision == "DAY" else None
    return row


def _holder(record: Record) -> dict[str, Any]:
    name, org_name = _word(record.get("name")), _word(record.get("org_name"))
    if name is None and org_name is None:
        raise RowRejected(MISSING_HOLDER)
    row: dict[str, Any] = {"name": name, "org_name": org_name}
    if name is not None:
        delivered = record.cells.get("name", name)
        row["name_raw"] = delivered.replace("\0", "") if isinstance(delivered, str) else str(delivered)
    row["residence"] = record.get("residence_now") or record.get("residence")
    row["role"] = _code("role", record.get("role"))
    row["holder_group"] = _holder_group(record, row["role"], org_name)
    row |= _person(record)
    return row | _numbers(record, row)


def _remark(record: Record) -> str | None:
    """Give what the row says that the register has no place for, as JSON by field."""
    told = {name: text for name in REMARK_FIELDS if (text := _word(record.get(name)))}
    return json.dumps(told, ensure_ascii=False) if told else None


def _word(text: str | None) -> str | None:
    return None if text is None or is_blank(text) else text


def _holder_group(record: Record, role: str | None, org_name: str | None) -> str:
    """Give the group as delivered; a blank one follows from the organisation's name or the person's role."""
    delivered = _word(record.get("holder_group"))
    if delivered is None:
        return "ORGANISATION" if org_name else _GROUP_OF_ROLE.get(role or "", "INDIVIDUAL")
    group = _code("holder_group", delivered)
    if group is None:
        raise RowRejected(BAD_HOLDER_GROUP)
    return group


def _person(record: Record) -> dict[str, Any]:
    birth = record.get("birth")
    row: dict[str, Any] = {"sex": _code("sex", record.get("sex"))}
    if birth:
        reading = _date(birth)
        row["birth_date"], row["birth_year"], row["birth_precision"] = reading.value, reading.year, reading.precision
    return row


def _numbers(record: Record, person: Mapping[str, Any]) -> dict[str, Any]:
    """Give the numbers of person and organisation with what is wrong with each."""
    citizen = diagnose_citizen_id(record.get("citizen_id"), birth_year=person.get("birth_year"), sex=person.get("sex"))
    row: dict[str, Any] = {"citizen_id": citizen.digits, "id_kind": citizen.kind, "id_fault": citizen.fault}
    if org_no := record.get("org_no"):
        organisation = diagnose_tax_code(org_no)
        row["org_no"], row["org_no_fault"] = organisation.normalised, organisation.fault
    if tax_code := record.get("tax_code"):
        tax = diagnose_tax_code(tax_code, citizen_id=citizen.digits)
        row["tax_code"], row["tax_code_fault"] = tax.normalised, tax.fault
    return row


def _share(record: Record) -> tuple[int | None, int | None]:
    text = record.get("share")
    if text is None:
        return None, None
    try:
        share = parse_share(text)
    except InvalidValue:
        raise RowRejected(BAD_SHARE) from None
    return share.numerator, share.denominator


def _uses(record: Record) -> str | None:
    uses = [use for ordinal in range(1, USE_GROUPS + 1) if (use := _use(record, ordinal))]
    return f"[{', '.join(uses)}]" if uses else None


def _use(record: Record, ordinal: int) -> str | None:
    """Give one land use as JSON."""
    code, area, origin, form, term = _USE_FIELDS[ordinal - 1]
    get = record.texts.get
    raw, area_text, origin_text = get(code), get(area), get(origin)
    if raw is None and area_text is None and origin_text is None:
        return None
    described = _described(ordinal, raw, origin_text, get(form), get(term))
    try:
        number = record.number(area)
    except InvalidValue:
        # The parcel can be placed without it; the validator shows the clerk what was typed.
        return f'{described}, "area_m2": null, "area_raw": {json.dumps(area_text, ensure_ascii=False)}}}'
    return f'{described}, "area_m2": {"null" if number is None else repr(number)}}}'


@lru_cache(maxsize=1 << 16)
def _described(ordinal: int, raw: str | None, origin: str | None, form: str | None, term: str | None) -> str:
    """Give all of a land use but its area, as JSON that is still open: few uses differ in more than that."""
    reading = codelists.land_use_reading(raw)
    use = {
        "ordinal": ordinal,
        "code": reading.codes[0] if len(reading.codes) == 1 else None,
        "raw": raw,
        "origin": _origin(origin),
        "use_form": _code("use_form", form) or form,
        "term": _term(term),
    }
    if fault := reading.fault or ("SEVERAL_CODES" if len(reading.codes) > 1 else None):
        use["fault"] = fault
    return json.dumps(use, ensure_ascii=False).removesuffix("}")


def _origin(text: str | None) -> str | None:
    """Give the code of an origin written as code or as official label, else the text."""
    return None if text is None else _origins().get(plain(text), text)


@cache
def _origins() -> dict[str, str]:
    return {plain(row[key]): row["code"] for row in codelists.load("land_origin") for key in ("label_vi", "code")}


def _term(text: str | None) -> str | None:
    """Give ``LONG_TERM``, an ISO date, or the text."""
    if text is None:
        return None
    reading = parse_date(text)
    if reading.precision == "DAY" and reading.value is not None:
        return reading.value.isoformat()
    return _code("term", text) or text


def _code(scheme: str, text: str | None) -> str | None:
    """Give the code that a label of the templates stands for, or nothing for an unknown label."""
    return None if text is None else _codes(scheme).get(plain(text))


@cache
def _codes(scheme: str) -> dict[str, str]:
    return {plain(label): code for code, labels in tables()["labels"][scheme].items() for label in labels}
