"""Invented holders: names nobody bears, identification numbers nobody was issued, serials nobody printed.

Family names are Mẫu (sample), Thử (trial), Ví (example), Giả (pretend), Phỏng (mock). Citizen IDs begin with
099, certificates with X or Z, tax codes with 99.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sample_gis.papers import Certificate, Holder, Organisation, ParcelRecord, Person
from sample_gis.recipes import Recipe

FAMILY = ("Mẫu", "Thử", "Ví", "Giả", "Phỏng")
MIDDLE = {"M": ("Văn", "Hữu", "Đức", "Công", "Quang"), "F": ("Thị", "Ngọc", "Thu", "Diệu", "Mai")}
GIVEN = (
    "An Bình Cường Dũng Giang Hà Hải Hạnh Hiền Hoà Hồng Huệ Hùng Hương Khánh Khôi Lan Lâm Liên Linh Long Lộc Lương "
    "Minh Nam Nga Nghĩa Ngân Nhàn Nhung Phong Phúc Phương Quân Quý Sơn Tâm Thanh Thảo Thắng Thịnh Thuý Tiến Toàn "
    "Trang Trung Tuấn Tùng Tuyết Vinh Xuân Yến"
)
ORGANISATIONS = (
    "Công ty TNHH Mẫu Phẩm {}", "Hợp tác xã Thử Nghiệm {}", "Trường Mầm non Ví Dụ {}", "Trạm Y tế Mẫu {}",
    "Công ty Cổ phần Giả Định {}",
)  # fmt: skip
COMMUNITIES = ("Cộng đồng dân cư thôn Mẫu {}", "Cộng đồng dân cư tổ Thử {}")
TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
OLD_LETTERS, NEW_LETTERS = ("XA", "XM", "XĐ", "ZB", "ZĐ"), ("XT", "ZT")
GROUPS = (
    ("Cá nhân", 46), ("Vợ chồng", 33), ("Hộ gia đình", 8), ("Đồng sử dụng", 7), ("Tổ chức", 4), ("Cộng đồng dân cư", 2),
)  # fmt: skip
HOUSEHOLD_UNTIL = date(2014, 6, 30)
SHARES = (("1/2", "1/2"), ("1/3", "2/3"), ("1/3", "1/3", "1/3"), ("1/4", "1/4", "1/2"))


def tax_code(number: int) -> str:
    """Give the next ten-digit tax code at or after `number` whose check digit exists."""
    while True:
        digits = f"{number:09d}"
        check = 10 - sum(w * int(d) for w, d in zip(TAX_WEIGHTS, digits, strict=True)) % 11
        if check < 10:
            return digits + str(check)
        number += 1


@dataclass(slots=True)
class Registry:
    """The people and papers of one commune, drawn one after the other from one random stream."""

    recipe: Recipe
    rng: Random
    issued: int = 0
    born: int = 0
    names: set[tuple[str, int]] = field(default_factory=set)
    known: dict[str, list[tuple[Holder, ...]]] = field(default_factory=dict)
    latest: int = 2004  # nobody born later holds the certificate being issued

    def person(self, sex: str, residence: str, around: int) -> Person:
        """Invent a person born within a few years of `around`."""
        given = GIVEN.split()
        while True:
            year = min(self.latest, max(1936, around + self.rng.randint(-4, 4)))
            name = " ".join(self.rng.choice(words) for words in (FAMILY, MIDDLE[sex], given, given))
            if (name, year) not in self.names and name.split()[-1] != name.split()[-2]:
                break
        self.names.add((name, year))
        self.born += 1
        digit = (0 if sex == "M" else 1) + (2 if year >= 2000 else 0)
        series = int(self.recipe.code[-1]) * 100000 + self.born * 7
        day = f"{self.rng.randint(1, 28):02d}/{self.rng.randint(1, 12):02d}/{year}"
        born = str(year) if self.rng.random() < 0.6 else day
        return Person(name, born, sex, f"099{digit}{year % 100:02d}{series:06d}", residence)

    def _place(self) -> str:
        return f"Thôn Mẫu {self.rng.randint(1, 9)}, {self.recipe.full_name}"

    def _individual(self) -> tuple[Holder, ...]:
        person = self.person(self.rng.choice("MF"), self._place(), self.rng.randint(1945, 2000))
        return (Holder(person, "Cá nhân", "1"),)

    def _couple(self) -> tuple[Holder, ...]:
        place, around = self._place(), self.rng.randint(1945, 1996)
        husband, wife = self.person("M", place, around), self.person("F", place, around)
        return Holder(husband, "Chồng", "1/2"), Holder(wife, "Vợ", "1/2")

    def _household(self) -> tuple[Holder, ...]:
        person = self.person(self.rng.choice("MMF"), self._place(), self.rng.randint(1940, 1975))
        return (Holder(person, "Chủ hộ", "1"),)

    def _co_users(self) -> tuple[Holder, ...]:
        shares, around = self.rng.choice(SHARES), self.rng.randint(1950, 1995)
        people = [self.person(self.rng.choice("MF"), self._place(), around) for _ in shares]
        roles = ["Người đại diện"] + ["Thành viên"] * (len(shares) - 1)
        return tuple(Holder(p, role, share) for p, role, share in zip(people, roles, shares, strict=True))

    def _organisation(self) -> tuple[Holder, ...]:
        number = len(self.known.get("Tổ chức", [])) + 1
        code = tax_code(990000000 + int(self.recipe.code[-1]) * 10000 + number * 3)
        name = self.rng.choice(ORGANISATIONS).format(number)
        person = self.person(self.rng.choice("MF"), self._place(), self.rng.randint(1965, 1985))
        return (Holder(person, "Người đại diện", "1", Organisation(name, code, code)),)

    def _community(self) -> tuple[Holder, ...]:
        number = len(self.known.get("Cộng đồng dân cư", [])) + 1
        name = self.rng.choice(COMMUNITIES).format(number)
        person = self.person(self.rng.choice("MF"), self._place(), self.rng.randint(1950, 1975))
        return (Holder(person, "Người đại diện", "1", Organisation(name, "", "")),)

    def holders(self, group: str) -> tuple[Holder, ...]:
        """Give the holders of a certificate: often people who already hold another one."""
        known = self.known.setdefault(group, [])
        if known and self.rng.random() < 0.25:
            choice = self.rng.choice(known)
            if all(int(holder.person.born[-4:]) <= self.latest for holder in choice):
                return choice
        makers: dict[str, Callable[[], tuple[Holder, ...]]] = {
            "Cá nhân": self._individual, "Vợ chồng": self._couple, "Hộ gia đình": self._household,
            "Đồng sử dụng": self._co_users, "Tổ chức": self._organisation, "Cộng đồng dân cư": self._community,
        }  # fmt: skip
        made = makers[group]()
        known.append(made)
        return made

    def certificate(self, keys: tuple[str, ...], *, farmed: bool) -> Certificate:
        """Issue one certificate over the parcels of `keys`."""
        group = self.rng.choices([g for g, _ in GROUPS], [w for _, w in GROUPS])[0]
        issued_on = date(1998, 1, 5) + timedelta(days=self.rng.randint(0, 10100))
        if group == "Hộ gia đình":
            issued_on = min(issued_on, HOUSEHOLD_UNTIL - timedelta(days=self.rng.randint(0, 4000)))
        self.latest = issued_on.year - 20
        self.issued += 1
        new_form = issued_on >= date(2025, 1, 1)
        number = int(self.recipe.code[-1]) * 10000 + self.issued
        letters = self.rng.choice(NEW_LETTERS if new_form else OLD_LETTERS)
        serial = f"{letters} {number:0{8 if new_form else 6}d}"
        book = self.rng.choice(("CH {:05d}", "CS {:05d}", "VP {:05d}", "{:05d}/QSDĐ"))
        registry_no = book.format(number)
        origin = self.rng.choice(("CNQ-CTT", "CNQ-KTT", "DG-KTT") if not farmed else ("CNQ-KTT", "DG-KTT"))
        shared = group == "Đồng sử dụng"
        form = "Sử dụng chung" if shared else "Sử dụng riêng"
        term = self.rng.choice(("15/10/2043", "01/07/2064")) if farmed else "Lâu dài"
        return Certificate(serial, registry_no, issued_on, group, self.holders(group), keys, origin, form, term)


def certify(recipe: Recipe, parcels: dict[str, ParcelRecord]) -> list[Certificate]:
    """Issue certificates until every parcel has one: houses one each, fields up to four on one paper."""
    rng = Random(recipe.seed + "-people")
    registry = Registry(recipe, rng)
    waiting: dict[tuple[str, str], list[str]] = {}
    for record in parcels.values():
        waiting.setdefault((record.sheet_no, record.land), []).append(record.key)
    result = []
    for (_, land), keys in waiting.items():
        while keys:
            count = rng.choice((1, 1, 1, 2)) if land == "houses" else rng.choice((1, 1, 2, 3, 4))
            chosen, keys[:count] = tuple(keys[:count]), []
            result.append(registry.certificate(chosen, farmed=land == "fields"))
    return result
