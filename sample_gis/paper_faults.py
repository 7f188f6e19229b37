"""Faults of the papers: certificates, people, shares, land uses, and rows that cannot be read at all."""

from collections.abc import Callable
from dataclasses import replace

from shapely import Polygon

from sample_gis import ring_edits
from sample_gis.desk import Desk
from sample_gis.papers import Certificate, Holder, Organisation, ParcelRecord, Person, Use
from sample_gis.recipes import RURAL

NOBODY = "000000000000"
#: Fault code → what happens to a good number.
SPOILT_IDS: dict[str, Callable[[str], str]] = {
    "NOT_12_DIGITS": lambda digits: digits[:-2],
    "CMND_OLD": lambda digits: digits[3:],
    "LOST_LEADING_ZERO": lambda digits: digits[1:],
    "UNKNOWN_PROVINCE": lambda digits: "003" + digits[3:],
    "IMPOSSIBLE_CENTURY": lambda digits: digits[:3] + str(int(digits[3]) % 2 + 4) + digits[4:],
    "BIRTH_YEAR_IN_FUTURE": lambda digits: digits[:3] + str(int(digits[3]) % 2 + 2) + "88" + digits[6:],
    "BIRTH_YEAR_DISAGREES": lambda digits: digits[:4] + f"{(int(digits[4:6]) + 3) % 100:02d}" + digits[6:],
    "SEX_DISAGREES": lambda digits: digits[:3] + str(int(digits[3]) ^ 1) + digits[4:],
    "FILLER": lambda _: NOBODY,
}
SPOILT_TAX_CODES: dict[str, Callable[[str], str]] = {
    "BAD_CHECK_DIGIT": lambda digits: digits[:-1] + str((int(digits[-1]) + 1) % 10),
    "BAD_LENGTH": lambda digits: digits[:-2],
    "IMPOSSIBLE_PREFIX": lambda _: "9900001130",
}
OLD_USES = ("BHK", "DTS", "LUN")


def sole_holder(desk: Desk, group: str) -> tuple[str, Certificate]:
    """Take a parcel that stands alone on the certificate of holders who hold nothing else."""

    def test(key: str) -> tuple[str, Certificate] | None:
        certificate = desk.sole(key, group)
        return (key, certificate) if certificate else None

    return desk.site(test)


def _with_first(certificate: Certificate, holder: Holder) -> Certificate:
    return replace(certificate, holders=(holder, *certificate.holders[1:]))


def with_first_person(certificate: Certificate, person: Person) -> Certificate:
    """Give the certificate with another person as its first holder."""
    return _with_first(certificate, replace(certificate.holders[0], person=person))


def serial(desk: Desk) -> None:
    """Write a serial that no certificate has."""
    key, certificate = sole_holder(desk, "Cá nhân")
    desk.exchange(certificate, replace(certificate, serial=certificate.serial.replace(" ", "")[:-2]))
    desk.find("IDN005", key, note="two digits of the serial are missing")


def no_right(desk: Desk) -> None:
    """Lose the certificate of a parcel."""
    key, _ = sole_holder(desk, "Cá nhân")
    desk.without_papers(key)
    desk.find("TEN002", key, note="its certificate was not delivered")


def shares(desk: Desk, first: str, second: str, total: str) -> None:
    """Let the shares of two people make something else than 1."""
    key, certificate = sole_holder(desk, "Vợ chồng")
    one, two = certificate.holders
    holders = (replace(one, role="Người đại diện", share=first), replace(two, role="Thành viên", share=second))
    desk.exchange(certificate, replace(certificate, group="Đồng sử dụng", form="Sử dụng chung", holders=holders))
    desk.find("TEN001", key, note=f"{first} + {second} = {total}")


def citizen_id(desk: Desk, fault: str) -> None:
    """Spoil a holder's number in one particular way."""
    key, certificate = sole_holder(desk, "Cá nhân")
    person = certificate.holders[0].person
    wrong = SPOILT_IDS[fault](person.citizen_id)
    desk.exchange(certificate, with_first_person(certificate, replace(person, citizen_id=wrong)))
    desk.find("TEN003", key, note=fault)


def organisation_number(desk: Desk, fault: str) -> None:
    """Spoil the number of an organisation: the tax code where there is a column for it, else the organisation's own."""
    key, certificate = sole_holder(desk, "Tổ chức")
    holder = certificate.holders[0]
    known = holder.organisation or Organisation("", "", "")
    column = "number" if desk.survey.fabric.recipe.code == RURAL.code else "tax_code"
    wrong = {column: SPOILT_TAX_CODES[fault](known.tax_code)}
    spoilt = replace(holder, organisation=replace(known, **wrong))
    desk.exchange(certificate, _with_first(certificate, spoilt))
    desk.find("TEN004", key, note=fault)


def tax_code_of_other(desk: Desk) -> None:
    """Give a person a twelve-digit tax code that is not the own citizen ID."""
    key, certificate = sole_holder(desk, "Cá nhân")
    holder = certificate.holders[0]
    digits = holder.person.citizen_id
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    desk.exchange(certificate, _with_first(certificate, replace(holder, tax_code=wrong)))
    desk.find("TEN004", key, note="DIFFERS_FROM_CITIZEN_ID")


def one_id_two_names(desk: Desk) -> None:
    """Write one person's number under another person's name."""
    first, one = sole_holder(desk, "Cá nhân")
    second, two = sole_holder(desk, "Cá nhân")
    person, name = one.holders[0].person, two.holders[0].person.name
    desk.exchange(two, with_first_person(two, replace(person, name=name)))
    desk.pair("TEN005", first, second, note=f"the number of the holder of {first}")


def old_use(desk: Desk, code: str) -> None:
    """Use a code of the list before August 2024."""
    key = desk.site(lambda key: key if len(desk.survey.parcels[key].uses) == 1 else None)
    desk.change(key, uses=(Use(code, desk.survey.parcels[key].registered_m2),))
    desk.find("TEN006", key, note=f"{code} is no code in force")


def _stray_row(desk: Desk, key: str, wkb: bytes | None) -> ParcelRecord:
    """Give one more row on the sheet of `key`, under a free number, without papers."""
    record = desk.survey.parcels[key]
    number = desk.next_number(record.sheet_no)
    row = replace(record, parcel_no=number, code="", wkb=wkb, geom=Polygon() if wkb is None else record.geom)
    desk.survey.extra.append(row)
    return row


def no_number(desk: Desk) -> None:
    """Draw a parcel without its number: its row is quarantined, its ground left empty, its paper finds no parcel."""
    key = desk.site(lambda key: key if desk.removable(key) else None)
    desk.survey.drawn[key] = replace(desk.survey.parcels[key], parcel_no="")
    desk.reject("map", f"sheet {key.split('/')[0]}, no parcel number", "MISSING_PARCEL_NO", f"{key} without its number")
    desk.reject("papers", key, "PARCEL_NOT_FOUND", f"paper of {key}, which the map does not have")
    desk.gap("COV005", desk.shape(key), {key}, note=f"ground of {key}, whose row has no number")


def no_geometry(desk: Desk) -> None:
    """Add a row without a geometry."""
    row = _stray_row(desk, desk.site(lambda key: key), None)
    desk.reject("map", row.key, "NO_GEOMETRY", "no geometry")


def unclosed_ring(desk: Desk) -> None:
    """Add a row whose ring does not close."""
    key = desk.site(lambda key: key)
    row = _stray_row(desk, key, ring_edits.unclosed_wkb(desk.shape(key)))
    desk.reject("map", row.key, "RING_NOT_CLOSED", "ring does not close")


def broken_number(desk: Desk) -> None:
    """Add a row with a coordinate that is not a number."""
    key = desk.site(lambda key: key)
    row = _stray_row(desk, key, ring_edits.broken_number_wkb(desk.shape(key)))
    desk.reject("map", row.key, "NOT_FINITE", "a coordinate is not a number")


def paper_without_parcel(desk: Desk) -> None:
    """Issue a paper for a parcel that nobody drew."""
    record = desk.survey.parcels[desk.site(lambda key: key)]
    ghost = replace(record, parcel_no="9999", code="")
    desk.add(ghost)
    desk.survey.undrawn.add(ghost.key)
    desk.survey.certificates.append(desk.office.certificate((ghost.key,), farmed=False))
    desk.reject("papers", ghost.key, "PARCEL_NOT_FOUND", "no such parcel")


def unreadable_share(desk: Desk) -> None:
    """Write a share in words: the row is quarantined, and the parcel is left without a right."""
    key, certificate = sole_holder(desk, "Cá nhân")
    desk.exchange(certificate, _with_first(certificate, replace(certificate.holders[0], share="một nửa")))
    desk.reject("papers", key, "BAD_SHARE", "a share in words")
    desk.find("TEN002", key, note="its only row is in quarantine because of its share")
