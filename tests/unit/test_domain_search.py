"""The search box's grammar: a case file of what people type, and laws that hold for any text."""

import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from landdb.domain.crs import ZONES
from landdb.domain.search import (
    CertificateReading,
    CodeReading,
    GridReading,
    IdReading,
    ParcelReading,
    Place,
    PlaceReading,
    PointReading,
    told,
    understand,
    write,
)

CASES = Path(__file__).parent.parent / "cases_search"


def cases() -> list[Any]:
    return list(_cases())


def _cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.toml")):
        for number, case in enumerate(tomllib.loads(file.read_text("utf-8"))["case"]):
            yield pytest.param(case, id=f"{file.stem}-{number}")


@pytest.mark.parametrize("case", cases())
def test_what_is_typed_is_understood_or_refused_with_its_reason(case):
    understanding = understand(case["q"])
    reads = tuple(write(reading) for reading in understanding.readings)
    assert (reads, understanding.refused) == (tuple(case.get("reads", ())), case.get("refused"))
    if not case.get("refused", "").startswith("PERSON"):
        assert list(understanding.notes) == case.get("notes", [])


def test_there_are_at_least_150_cases_and_many_must_ask():
    every = [case.values[0] for case in cases()]
    assert len({case["q"] for case in every}) == len(every) >= 150
    assert sum(len(case.get("reads", ())) > 1 for case in every) >= 8


@pytest.mark.parametrize("case", cases())
def test_a_reading_written_out_is_read_as_itself(case):
    for reading in understand(case["q"]).readings:
        again = understand(write(reading)).readings
        assert tuple(write(one) for one in again) == (write(reading),)


def scaled(least: int, most: int, decimals: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda number: number / 10**decimals)


NUMBERS = st.integers(0, 99999).map(str)
NAMES = st.sampled_from(["Đông Anh", "Phong Châu", "Tam Quan", "Cổ Nhuế 1", "Hồ Thị Kỷ", "Văn Miếu - Quốc Tử Giám"])
PLACES = st.one_of(
    st.none(),
    st.builds(Place, NAMES, st.sampled_from([None, "xã", "phường", "thị trấn"]), is_former=st.booleans()),
    st.builds(Place, NAMES, st.just("xã"), st.just("Yên Phong"), st.just("Bắc Ninh")),
    st.integers(1, 99999).map(lambda code: Place(code=f"{code:05d}")),
)
LISTS = st.lists(NUMBERS, min_size=1, max_size=5, unique=True).map(tuple)
READINGS = st.one_of(
    st.builds(ParcelReading, NUMBERS, LISTS, st.booleans(), PLACES),
    st.builds(ParcelReading, st.none(), LISTS, st.booleans(), PLACES),
    st.builds(ParcelReading, NUMBERS, place=PLACES),
    st.builds(PlaceReading, PLACES.filter(lambda place: place is not None)),
    st.builds(CertificateReading, st.from_regex(r"[A-Z]{2} [0-9]{8}", fullmatch=True)),
    st.builds(CodeReading, st.from_regex(r"w[0-9b-hjkmnp-z]{11}", fullmatch=True)),
    st.builds(IdReading, st.integers(1, 10**15)),
    st.builds(PointReading, scaled(8_010_000_001, 23_990_000_000, 9), scaled(102_010_000_001, 117_990_000_000, 9)),
    st.builds(
        GridReading,
        scaled(9_000_000_001, 26_000_000_000, 4),
        scaled(2_100_000_000, 8_500_000_000, 4),
        st.sampled_from([None, *ZONES]),
    ),
)


@given(READINGS)
def test_parsing_what_was_written_gives_the_same_reading(reading):
    assert understand(write(reading)).readings == (reading,)


FRAGMENTS = st.sampled_from(
    ["tờ", "thửa", "cũ", "(", ")", "(cũ", "xã", "p.", "12", "345", "/", "-", ",", ";", "°", "'", '"', "https://", "@",
     "21.4", "105.3", "2368920.5", "558401.2", "AB", "ấp", "Đông Anh", "Nguyễn", "Văn", "m2", "số", "ktt", "\x00", "²"]
)  # fmt: skip


@given(
    st.one_of(st.text(max_size=420), st.lists(FRAGMENTS, max_size=40).map(" ".join), st.lists(FRAGMENTS).map("".join))
)
@example("٣٤٥")
@example("¹²")
@example("tờ ①")
def test_no_text_raises_and_each_ends_in_a_reading_or_a_reason(text):
    understanding = understand(text)
    assert bool(understanding.readings) != (understanding.refused is not None)
    for reading in understanding.readings:
        assert told(reading, "vi")
        assert told(reading, "en")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 400, "1." * 200, "1 " * 200, "(" * 400, "°" * 400, "1°1'" * 100, "a" * 400, "tờ " * 130, "thửa 1," * 50,
        "xã " * 130, "https://" + "1.1," * 90, "w" * 400, "A 1 " * 100, "1,1" * 130, "so phat hanh so " * 25,
        "ấp " * 130, "nguyen " * 57,
    ],
    ids=range(17),
)  # fmt: skip
def test_no_text_takes_long(text):
    started = time.process_time()
    understand(text)
    assert time.process_time() - started < 0.25


@given(st.sampled_from(["Nguyễn", "Trần", "Lê", "Phạm"]), st.sampled_from(["Văn", "Thị"]), st.integers(0, 10**9 - 1))
def test_the_words_of_a_person_are_never_told_again(surname, middle, digits):
    secret, number = f"{surname} {middle} Ảo", f"099{digits:09d}"
    for text in (secret, number, f"tờ 12 thửa 3 {secret}", f"{number} tờ 12 thửa 3", f"ông {secret} 12/3"):
        for reading in understand(text).readings:
            shown = told(reading, "vi") + told(reading, "en") + write(reading)
            assert secret not in shown
            assert number not in shown
