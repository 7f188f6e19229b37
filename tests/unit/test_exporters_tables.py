"""Exported tables: whatever a cell holds, a spreadsheet shows it and never computes it."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.exporters.tables import safe_cell, write_rows_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_would_be_computed_gets_an_apostrophe(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("Nguyễn Văn Mẫu", "Nguyễn Văn Mẫu"),
        ("a=1", "a=1"),
        (-5, "-5"),
        (-2.5, "-2.5"),
        (True, "true"),
        (dt.date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_other_values_are_written_as_they_are(value: object, text: str) -> None:
    assert safe_cell(value) == text


def test_every_cell_is_quoted_and_a_file_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_rows_csv([{"số": 1, "tên": '=a,"b"'}, {"số": None}], path) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.read_text("utf-8-sig").splitlines() == ['"số","tên"', '"1","\'=a,""b"""', '"",""']


def test_chosen_columns_are_written_even_without_rows() -> None:
    out = io.StringIO()
    assert write_rows_csv([], out, columns=["a", "=b"]) == 0
    assert out.getvalue() == '"a","\'=b"\r\n'


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=4))
def test_no_cell_read_back_starts_a_formula_and_none_is_lost(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    write_rows_csv([dict(zip("abcd", cells, strict=False))], out)
    _, read = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert not any(cell[:1] in tuple("=+-@\t\r") for cell in read if cell)
    assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in cells]
