"""Text that nobody can read as it stands: told for what is wrong with it, and good text left alone."""

import unicodedata

import pytest

from landdb import codelists
from landdb.domain.text import encode_legacy
from landdb.domain.text_faults import name_fault, text_fault

GOOD = (
    "Nguyễn Văn An", "Trần Thị Bích Hằng", "Vũ Thuỵ Uyên", "Giàng A Sử", "Lò Văn Ún", "Loïc Müller", "Raphaël Noël",
    "Thửa đất 20 m² «A», km 5", "Xóm 3", "Xã III", "", "  ",
)  # fmt: skip


def official_names() -> list[str]:
    return sorted({row["name"] for row in codelists.load("communes")})


@pytest.mark.parametrize("text", GOOD)
def test_good_text_has_no_fault(text: str) -> None:
    assert text_fault(text) is None


def test_no_name_of_a_commune_is_taken_for_an_old_font() -> None:
    assert [name for name in official_names() if text_fault(name)] == []


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_almost_every_name_left_in_an_old_font_is_noticed(encoding: str) -> None:
    names = [f"Nguyễn Văn {name}" for name in official_names()]
    told = [text_fault(encode_legacy(name, encoding)) for name in names]
    assert told.count(f"UNDECODED_{encoding}") > 0.98 * len(names)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("--\\--", "PLACEHOLDER"),
        ("xxx", "PLACEHOLDER"),
        ("N/A", "PLACEHOLDER"),
        ("Chưa rõ", "PLACEHOLDER"),
        ("Nguy?n V?n An", "LOST_LETTERS"),
        ("Nguy\ufffdn Văn An", "LOST_LETTERS"),
        (unicodedata.normalize("NFD", "Nguyễn Văn An"), "NOT_COMPOSED"),
        ("Nguyễn\u200b Văn An", "CONTROL_CHARACTER"),
        ("Nguyen\tVan An", "CONTROL_CHARACTER"),
    ],
)
def test_each_fault_has_its_code(text: str, fault: str) -> None:
    assert text_fault(text) == fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Nguyễn Văn An 2", "DIGITS"),
        ("Nguyễn Văn An và Trần Thị Bình", "SEVERAL_PEOPLE"),
        ("Nguyễn Văn An, Trần Thị Bình", "SEVERAL_PEOPLE"),
        ("An", "ONE_WORD"),
        ("Nguyễn Văn An", None),
    ],
)
def test_a_name_is_that_of_one_person(name: str, fault: str | None) -> None:
    assert name_fault(name, is_person=True) == fault
    assert name_fault(name, is_person=False) is None
