"""The forms that docs/registration.md shows are forms that the door reads."""

import json
import re
from pathlib import Path

import pytest

from landdb.registration import parse_change
from landdb.registration.procedure_table import TABLE
from landdb.registration.procedures import procedures
from landdb.registration.term_parsing import PARSERS

PAGE = (Path(__file__).parents[2] / "docs" / "registration.md").read_text("utf-8")
TERMS = PAGE.partition("| kind | terms |")[2]
ROWS = [
    (kind, json.loads(terms))
    for kinds, terms in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| `(\{.*\})` \|$", TERMS, re.MULTILINE)
    for kind in re.findall(r"`(\w+)`", kinds)
]


def test_every_procedure_has_its_form_its_code_and_its_hands():
    assert {kind for kind, _ in ROWS} == set(PARSERS) == set(TABLE) == set(procedures())


@pytest.mark.parametrize(("kind", "terms"), ROWS)
def test_a_form_is_read(kind, terms):
    asked = {
        "kind": kind,
        "parcels": [{"parcel_id": 1}],
        "document": {"kind": "DEED", "reference": "1"},
        "terms": terms,
    }
    change = parse_change(asked, find_parcel=lambda *_: 1)
    assert isinstance(change.terms, TABLE[kind][0])
