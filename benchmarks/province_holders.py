"""The holders of the benchmark's province: invented people and organisations, their papers, rights and shares.

Nobody bears the names; the citizen IDs begin with 099, which was issued to nobody, the tax codes with 99.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import psycopg
import pyarrow as pa

from benchmarks.bulk import copy_columns
from benchmarks.province_ground import VERSION, Ground
from landdb.importers import wire
from landdb.store.sealing import COLUMNS, seal_holdings
from landdb.store.vault import Vault
from sample_gis.people import FAMILY, GIVEN, MIDDLE, NEW_LETTERS, OLD_LETTERS, ORGANISATIONS, tax_code

#: Group of holders, its weight, the role of each holder, and the denominator of equal shares (None: undivided).
GROUPS: tuple[tuple[str, int, tuple[str, ...], int | None], ...] = (
    ("INDIVIDUAL", 28, ("Cá nhân",), 1),
    ("COUPLE", 44, ("Chồng", "Vợ"), None),
    ("HOUSEHOLD", 16, ("Chủ hộ", "Thành viên", "Thành viên"), None),
    ("CO_USERS", 6, ("Người đại diện", "Thành viên", "Thành viên"), 3),
    ("ORGANISATION", 4, ("Tổ chức",), 1),
    ("COMMUNITY", 2, ("Cộng đồng dân cư",), 1),
)
WEIGHTS = [weight for _, weight, _, _ in GROUPS]
PARCELS_ON_PAPER = (1, 1, 1, 1, 1, 1, 1, 1, 2, 3)
WITHOUT_PAPER, KNOWN_ALREADY = 0.05, 0.46
#: One company holds ground in every commune: the longest answer there is.
COMPANY_SHARE = 0.004
_GIVEN = GIVEN.split()
_SEALED = (
    "party_key", "content_index", "party_kind", "name_masked", "name_enc", "name_index", "name_fault", "birth_year",
    "birth_enc", "birth_index", "sex", "id_kind", "citizen_id_masked", "citizen_id_enc", "citizen_id_index",
    "org_no", "tax_code_masked", "tax_code_enc", "residence_enc", "key_id",
)  # fmt: skip
_TABLES = (("registry", "baunit"), ("registry", "certificate"), ("registry", "baunit_parcel"), ("registry", "rrr"))

Row = dict[str, Any]


@dataclass(slots=True)
class Counted:
    """How many of each there are so far; identities follow each other through the whole province."""

    parties: int = 0
    people: int = 0
    organisations: int = 0
    papers: int = 0
    shares: int = 0
    company: tuple[int, ...] = ()


@dataclass(slots=True)
class Desk:
    """The papers of one commune while they are being written."""

    ground: Ground
    counted: Counted
    rng: Random
    parties: list[Row] = field(default_factory=list)
    known: dict[str, list[tuple[int, ...]]] = field(default_factory=dict)
    papers: list[tuple[int, str, str, str]] = field(default_factory=list)  # identity, serial, group, issued on
    links: list[tuple[int, int, float]] = field(default_factory=list)  # paper, parcel, area
    shares: list[tuple[int, int, int, str, int | None]] = field(default_factory=list)  # identity, paper, party, …

    def write(self) -> None:
        """Give nearly every parcel of the commune a paper."""
        place, count = 0, len(self.ground.legal_m2)
        while place < count:
            if self.rng.random() < WITHOUT_PAPER:
                place += 1
                continue
            step = min(self.rng.choice(PARCELS_ON_PAPER), count - place)
            self._issue(range(place, place + step))
            place += step

    def _issue(self, parcels: Iterable[int]) -> None:
        group, _, roles, parts = self.rng.choices(GROUPS, WEIGHTS)[0]
        self.counted.papers += 1
        paper = self.counted.papers
        year = self.rng.randint(1998, 2025)
        serial = f"{self.rng.choice(NEW_LETTERS if year == 2025 else OLD_LETTERS)} {paper:0{8 if year == 2025 else 6}d}"
        self.papers.append((paper, serial, group, f"{year}-05-0{paper % 9 + 1}"))
        legal = self.ground.legal_m2
        self.links += [(paper, self.ground.first_parcel_id + parcel, legal[parcel]) for parcel in parcels]
        for party, role in zip(self._holders(group, roles), roles, strict=True):
            self.counted.shares += 1
            self.shares.append((self.counted.shares, paper, party, role, parts))

    def _holders(self, group: str, roles: tuple[str, ...]) -> tuple[int, ...]:
        """Give the parties of a paper: often those of an earlier one."""
        if group == "ORGANISATION" and self.counted.company and self.rng.random() < COMPANY_SHARE * 25:
            return self.counted.company
        known = self.known.setdefault(group, [])
        if known and self.rng.random() < KNOWN_ALREADY:
            return self.rng.choice(known)
        made = tuple(self._party(group, role) for role in roles)
        known.append(made)
        if group == "ORGANISATION" and not self.counted.company:
            self.counted.company = made
        return made

    def _party(self, group: str, role: str) -> int:
        self.counted.parties += 1
        row = self._person(role) if group not in ("ORGANISATION", "COMMUNITY") else self._body(group)
        row |= {"row_no": self.counted.parties, "holder_group": group, "commune_code": self.ground.commune_code}
        self.parties.append(row)
        return self.counted.parties

    def _person(self, role: str) -> Row:
        self.counted.people += 1
        choice = self.rng.choice
        sex = {"Chồng": "M", "Vợ": "F"}.get(role) or choice("MF")
        year = self.rng.randint(1938, 2004)
        digit = (sex == "F") + 2 * (year >= 2000)
        # as in the real stock, one in eight is recorded with the day
        day = date(year, self.counted.people % 12 + 1, self.counted.people % 28 + 1)
        return {
            "name": " ".join((choice(FAMILY), choice(MIDDLE[sex]), choice(_GIVEN), choice(_GIVEN))),
            "birth_year": year,
            "birth_date": day if self.counted.people % 8 == 0 else None,
            "sex": sex,
            "citizen_id": f"099{digit}{year % 100:02d}{self.counted.people % 1_000_000:06d}",
            "id_kind": "CITIZEN_ID",
            "residence": f"Thôn Mẫu {self.rng.randint(1, 9)}, xã Mẫu {self.ground.commune_code}",
        }

    def _body(self, group: str) -> Row:
        self.counted.organisations += 1
        number = self.counted.organisations
        if group == "COMMUNITY":
            name = f"Cộng đồng dân cư thôn Mẫu {number}"
            return {"name": name, "id_kind": "MISSING", "serial": f"{self.ground.commune_code} {number}"}
        code = tax_code(990_000_000 + number * 3)
        name = self.rng.choice(ORGANISATIONS).format(number)
        return {"name": name, "org_name": name, "org_no": code, "tax_code": code, "id_kind": "MISSING"}


def copy_holders(
    conn: psycopg.Connection, grounds: Iterable[Ground], batch_id: int, vault: Vault, done: Callable[[int], None]
) -> Counted:
    """Store the holders and papers of every commune; gives how many there are."""
    counted = Counted()
    for ground in grounds:
        desk = Desk(ground, counted, Random(f"holders of {ground.commune_code}"))
        desk.write()
        _copy_parties(conn, desk.parties, batch_id, vault)
        _copy_papers(conn, desk, batch_id)
        _copy_shares(conn, desk, batch_id)
        done(counted.shares)
    return counted


def _copy_parties(conn: psycopg.Connection, parties: list[Row], batch_id: int, vault: Vault) -> None:
    """Seal the parties as an import does and store them."""
    rows = pa.RecordBatch.from_pylist(parties, schema=wire.HOLDING)
    sealed = dict(zip(COLUMNS, map(list, zip(*seal_holdings(batch_id, rows, vault), strict=True)), strict=True))
    columns = {"party_id": sealed["row_no"], **{name: sealed[name] for name in _SEALED}}
    copy_columns(conn, ("party", "party"), {**columns, "batch_id": batch_id, **VERSION})


def _copy_papers(conn: psycopg.Connection, desk: Desk, batch_id: int) -> None:
    """Store baunits, certificates, links to parcels and rights; a paper has the same identity in all of them."""
    papers, serials, groups, dates = map(list, zip(*desk.papers, strict=True))
    linked, parcels, areas = map(list, zip(*desk.links, strict=True))
    commune_id = desk.ground.commune_id
    common = {"batch_id": batch_id, **VERSION}
    columns = (
        {"baunit_id": papers, "commune_id": commune_id, "baunit_key": [f"serial {serial}" for serial in serials]},
        {"certificate_id": papers, "baunit_id": papers, "commune_id": commune_id, "serial": serials,
         "serial_raw": serials, "registry_no": [f"CH {paper:06d}" for paper in papers], "issued_on": dates, **common},
        {"baunit_id": linked, "parcel_id": parcels, "certificate_area_m2": areas, **common},
        {"rrr_id": papers, "baunit_id": papers, "certificate_id": papers, "rrr_kind": "USE_RIGHT",
         "holder_group": groups, **common},
    )  # fmt: skip
    for table, values in zip(_TABLES, columns, strict=True):
        copy_columns(conn, table, values)


def _copy_shares(conn: psycopg.Connection, desk: Desk, batch_id: int) -> None:
    shares, papers, parties, roles, parts = map(list, zip(*desk.shares, strict=True))
    columns = {
        "share_id": shares,
        "rrr_id": papers,
        "party_id": parties,
        "role": roles,
        "numerator": [None if part is None else 1 for part in parts],
        "denominator": parts,
        "batch_id": batch_id,
        **VERSION,
    }
    copy_columns(conn, ("registry", "share"), columns)
