"""What an answer shows of a parcel, put together from the parts that are wanted: what nobody asked for is not read."""

from collections.abc import Mapping
from typing import Final, Literal, LiteralString

from landdb.store import statements
from landdb.store.statements import render

Form = Literal["answer", "each"]

#: Field of an answer → the part of the statement that reads it, for those that are read beside the parcel.
_READ_BESIDE: Final = {
    "land_uses": "land_uses", "certificates": "certificates", "rights": "rights", "findings": "open_findings",
}  # fmt: skip
_FIELDS: Final = ("geometry", "address", "areas", "land_uses", "certificates", "rights", "findings", "provenance")


def parcel_text(
    names: Mapping[str, str], *, found: LiteralString, fields: frozenset[str] | None, form: Form
) -> LiteralString:
    """Give the statement: `found` says which parcels, `fields` what of them (None: everything)."""
    texts = statements.load("lookup_answer")
    shown = [field for field in _FIELDS if fields is None or field in fields]
    has_provenance = "provenance" in shown
    part = {
        **names,
        "from_batch": texts["from_batch"] if has_provenance else "",
        "and_provenance": f",\n'provenance', {_provenance(texts, 'NULL::bigint')}" if has_provenance else "",
    }
    laterals = [
        f"CROSS JOIN LATERAL ({render(texts[name], part)}) AS {name}"
        for field, name in _READ_BESIDE.items()
        if field in shown
    ]
    whole = {
        **part,
        "found": found,
        "fields": "\n".join(_field(texts, field) for field in shown),
        "laterals": "\n".join(laterals),
        "findings": "open_findings.findings" if "findings" in shown else "NULL::json",
    }
    return render(texts[form], {"answered": render(texts["answered"], whole)})


def _field(texts: Mapping[str, LiteralString], field: str) -> LiteralString:
    return render(texts[f"field_{field}"], {"provenance_whole": _provenance(texts, "v.source_row")})


def _provenance(texts: Mapping[str, LiteralString], source_row: str) -> LiteralString:
    return render(texts["provenance"], {"source_row": source_row})
