"""Faults of what the papers say: dates, serials, registry numbers, two papers for one parcel, people, texts, scans."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from landdb.domain.area_limits import area_limit_m2
from sample_gis.desk import Desk
from sample_gis.paper_faults import sole_holder, with_first_person
from sample_gis.papers import Certificate, Holder, Person, Use
from sample_gis.tcvn3 import to_tcvn3

#: So many equal values are no chance; the rules say how many.
REPEATED_BOOK, REPEATED_BIRTH = 5, 10
FILLER_BIRTH = date(1960, 1, 1)


def _born(person: Person, born: date) -> Person:
    """Give the person with another birth date, and with the number that such a person would have."""
    digit = (person.sex == "F") + (2 if born.year >= 2000 else 0)
    number = f"{person.citizen_id[:3]}{digit}{born.year % 100:02d}{person.citizen_id[6:]}"
    return replace(person, born=f"{born:%d/%m/%Y}", citizen_id=number)


def _change(desk: Desk, group: str, rule_id: str, note: str, **values: object) -> str:
    """Change the certificate of a parcel that stands alone on it, and expect one finding there."""
    key, certificate = sole_holder(desk, group)
    desk.exchange(certificate, replace(certificate, **values))  # type: ignore[arg-type]
    desk.find(rule_id, key, note=note)
    return key


def _change_person(desk: Desk, rule_id: str, note: str, change: Callable[[Person], Person]) -> None:
    """Change the one holder of a certificate, and expect one finding at the parcel."""
    key, certificate = sole_holder(desk, "Cá nhân")
    desk.exchange(certificate, with_first_person(certificate, change(certificate.holders[0].person)))
    desk.find(rule_id, key, note=note)


def issue_date(desk: Desk) -> None:
    """Date a paper in years when its form was printed no more."""

    def test(key: str) -> tuple[str, Certificate] | None:
        certificate = desk.sole(key, "Cá nhân")
        is_old = certificate is not None and len(certificate.serial) == len("XA 123456")
        return (key, certificate) if certificate is not None and is_old else None

    key, certificate = desk.site(test)
    desk.exchange(certificate, replace(certificate, issued_on=date(2026, 5, 20)))
    desk.find("IDN009", key, note="a form given up in 2024, dated May 2026")


def serials_alike(desk: Desk) -> None:
    """Give a paper the serial of another one, with D for Đ."""

    def test(key: str) -> tuple[str, Certificate] | None:
        certificate = desk.sole(key, "Cá nhân")
        return (key, certificate) if certificate is not None and "Đ" in certificate.serial else None

    first, one = desk.site(test)
    second, two = sole_holder(desk, "Cá nhân")
    desk.exchange(two, replace(two, serial=one.serial.replace("Đ", "D"), issued_on=one.issued_on))
    desk.pair("IDN010", first, second, note="the serials differ by Đ and D only")


def book_number_missing(desk: Desk) -> None:
    """Leave the number in the registry book away."""
    _change(desk, "Cá nhân", "IDN011", "no number in the registry book", registry_no="")


def book_number_repeated(desk: Desk) -> None:
    """Write one number of the registry book on several papers."""
    sites = [sole_holder(desk, "Cá nhân") for _ in range(REPEATED_BOOK)]
    for _, certificate in sites:
        desk.exchange(certificate, replace(certificate, registry_no="CH 00001"))
    desk.find("IDN012", desk.first(key for key, _ in sites), note=f"one number on {REPEATED_BOOK} papers")


def two_papers(desk: Desk) -> None:
    """Certify a parcel twice, each time as a whole."""
    key, certificate = sole_holder(desk, "Cá nhân")
    other = desk.office.certificate((key,), farmed=False)
    person = desk.office.person("F", certificate.holders[0].person.residence, 1970)
    second = replace(
        other, group="Cá nhân", holders=(Holder(person, "Cá nhân", "1"),), issued_on=certificate.issued_on,
        serial=f"XA {other.serial[-6:]}", origin=certificate.origin, form=certificate.form, term=certificate.term,
    )  # fmt: skip
    desk.survey.certificates.append(second)
    desk.find("TEN007", key, note="two papers, each for the whole")
    desk.find("ARE003", key, note="both papers state its uses")


def crowded_paper(desk: Desk) -> None:
    """Name a second person on an individual's paper."""
    key, certificate = sole_holder(desk, "Cá nhân")
    second = desk.office.person("M", certificate.holders[0].person.residence, 1970)
    holders = (*certificate.holders, Holder(second, "Cá nhân", ""))
    desk.exchange(certificate, replace(certificate, holders=holders))
    desk.find("TEN008", key, note="an individual's paper with two people")


def late_household(desk: Desk) -> None:
    """Issue a paper to a household after the law gave households up."""
    _change(desk, "Hộ gia đình", "TEN012", "issued to a household in September 2024", issued_on=date(2024, 9, 10))


def term_over(desk: Desk) -> None:
    """End the term of a field in the past."""

    def test(key: str) -> tuple[str, Certificate] | None:
        certificate = desk.sole(key, "Cá nhân")
        return (key, certificate) if certificate is not None and len(desk.survey.parcels[key].uses) == 1 else None

    key, certificate = desk.site(test)
    desk.exchange(certificate, replace(certificate, term="15/10/2013"))
    desk.find("TEN014", key, note="the term ended in 2013")


def old_use_on_new_paper(desk: Desk) -> None:
    """Use a code of the earlier list on a paper of 2025."""
    key, certificate = sole_holder(desk, "Cá nhân")
    new = replace(certificate, serial=f"XT 99{certificate.serial[-6:]}", issued_on=date(2025, 3, 5))
    desk.exchange(certificate, new)
    desk.change(key, uses=(Use("BHK", desk.survey.parcels[key].registered_m2),))
    desk.find("TEN006", key, note="BHK is no code in force")
    desk.find("TEN015", key, note="and was none when the paper was issued")


def rural_dwelling(desk: Desk) -> None:
    """Record a dwelling of a ward as rural."""

    def test(key: str) -> str | None:
        return key if [use.code for use in desk.survey.parcels[key].uses] == ["ODT"] else None

    key = desk.site(test)
    desk.change(key, uses=(Use("ONT", desk.survey.parcels[key].registered_m2),))
    desk.find("TEN013", "commune ONT", note=f"rural dwelling on {key} of a ward")


def one_person_two_ids(desk: Desk) -> None:
    """Enter one person twice under two numbers."""
    first, one = sole_holder(desk, "Cá nhân")
    second, two = sole_holder(desk, "Cá nhân")
    person = _born(one.holders[0].person, date(1958, 7, 9))
    again = replace(person, citizen_id=person.citizen_id[:6] + two.holders[0].person.citizen_id[6:])
    desk.exchange(one, with_first_person(one, person))
    desk.exchange(two, with_first_person(two, again))
    desk.pair("PER001", first, second, note="name, sex and birth agree, the numbers differ")


def birth_date_repeated(desk: Desk) -> None:
    """Type one birth date for many people."""
    sites = [sole_holder(desk, "Cá nhân") for _ in range(REPEATED_BIRTH)]
    for _, certificate in sites:
        person = _born(certificate.holders[0].person, FILLER_BIRTH)
        desk.exchange(certificate, with_first_person(certificate, person))
    desk.find("PER002", desk.first(key for key, _ in sites), note=f"one birth date for {REPEATED_BIRTH} people")


def heir_as_holder(desk: Desk) -> None:
    """Enter somebody as holder who was born after the paper was issued."""
    key, certificate = sole_holder(desk, "Cá nhân")
    born = date(certificate.issued_on.year + 1, 3, 5)
    desk.exchange(certificate, with_first_person(certificate, _born(certificate.holders[0].person, born)))
    desk.find("PER004", key, note="born the year after the paper was issued")


def couple_in_one_cell(desk: Desk) -> None:
    """Write two people into one cell."""
    _change_person(desk, "PER005", "two people in one cell", lambda p: replace(p, name=f"{p.name} và Thử Thị Mẫu"))


def no_citizen_id(desk: Desk) -> None:
    """Leave a person's number away."""
    _change_person(desk, "PER006", "no citizen ID", lambda person: replace(person, citizen_id=""))


def name_in_old_font(desk: Desk) -> None:
    """Leave a name in TCVN3 among names in Unicode."""
    _change_person(desk, "TXT001", "left in TCVN3", lambda p: replace(p, name=to_tcvn3(p.name)))


def address_in_old_font(desk: Desk) -> None:
    """Leave an address in TCVN3 among addresses in Unicode."""
    key = desk.site(lambda key: key)
    desk.change(key, address=to_tcvn3(desk.survey.parcels[key].address))
    desk.find("TXT002", key, note="left in TCVN3")


def no_scan(desk: Desk) -> None:
    """Deliver a paper without its scan."""
    _change(desk, "Cá nhân", "DOC001", "no scan named", scan="")


def scan_of_other(desk: Desk) -> None:
    """Name the scan of a paper after another serial."""
    _change(desk, "Cá nhân", "DOC002", "its scan is named after another serial", scan="XA 999999-GCN.pdf")


def figures_drifting(desk: Desk) -> None:
    """Let map, survey and paper differ twice by less than the limit, and together by more."""
    key = desk.site(lambda key: key if len(desk.survey.parcels[key].uses) == 1 else None)
    record = desk.survey.parcels[key]
    step = round(0.7 * area_limit_m2(record.registered_m2, record.scale), 1)
    registered = round(record.registered_m2 + step, 1)
    use = replace(record.uses[0], area_m2=registered)
    desk.change(key, registered_m2=registered, legal_m2=round(registered + step, 1), uses=(use,))
    desk.find("ARE001", key, note=f"registered {step:.1f} m² more than drawn, within the limit")
    desk.find("ARE005", key, note=f"certified {2 * step:.1f} m² more than drawn, beyond it")


def area_in_sao(desk: Desk) -> None:
    """Enter a legal area in northern sào of 360 m²."""

    def test(key: str) -> tuple[str, float] | None:
        area_m2 = desk.survey.parcels[key].registered_m2
        sao = round(area_m2 / 360, 1)
        return (key, sao) if sao >= 1 and abs(sao * 360 / area_m2 - 1) < 0.01 else None

    key, sao = desk.site(test)
    desk.change(key, legal_m2=sao)
    for rule_id in ("ARE002", "ARE004", "ARE006"):
        desk.find(rule_id, key, note=f"{sao} sào written as square metres")


def number_with_letter(desk: Desk) -> None:
    """Give a parcel a number with a letter behind it."""
    key = desk.site(lambda key: key)
    sheet_no, _, parcel_no = key.partition("/")
    desk.find("IDN006", desk.rename(key, sheet_no, f"{parcel_no}a"), note=f"was {key}")


def sheet_with_letters(desk: Desk) -> None:
    """Put a parcel on a sheet named as forest maps are."""
    key = desk.site(lambda key: key)
    parcel_no = key.partition("/")[2]
    desk.rename(key, "PL9", parcel_no)
    for rule_id, note in (
        ("ADM004", f"was {key}"),
        ("ADM006", "nobody knows its scale"),
        ("IDN007", "a forest map's sheet"),
    ):
        desk.find(rule_id, "PL9", note=note)
