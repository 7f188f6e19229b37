"""The campaign's scheme: groups and words from reasons."""

from pathlib import Path

import pytest

from landdb.errors import ConfigurationError
from landdb.quality.campaign import add_standings, load_scheme, standing_of
from landdb.store.quality import PARCEL_TESTS, Pattern
from landdb.validators.catalogue import load_catalogue

SCHEME = load_scheme()
BIT = {reason.code: reason.bit for reason in SCHEME.reasons}


def test_a_parcel_without_a_reason_is_in_the_first_group_and_meets_every_word():
    standing = standing_of(SCHEME, [Pattern(1, 0, 7)])

    assert standing.groups == {"1": 7, "2": 0, "3": 0}
    assert set(standing.words.values()) == {7}


def test_the_worst_reason_decides_the_group():
    bits = BIT["ADDRESS_MISSING"] | BIT["GEOMETRY_MISSING"]

    assert SCHEME.group_of(bits) == "3"
    assert SCHEME.group_of(BIT["ADDRESS_MISSING"]) == "2"


def test_each_reason_takes_away_its_own_words_only():
    standing = standing_of(SCHEME, [Pattern(1, BIT["DUPLICATE"], 2), Pattern(1, BIT["SERIAL_MISSING"], 1)])

    assert standing.parcels == 3
    assert standing.words == {"dung": 3, "du": 2, "sach": 1, "song": 3, "thong_nhat": 3, "dung_chung": 3}
    assert standing.reasons == {"DUPLICATE": 2, "SERIAL_MISSING": 1}


def test_communes_add_up_to_their_province():
    one = standing_of(SCHEME, [Pattern(1, 0, 3), Pattern(1, BIT["DUPLICATE"], 2)])
    other = standing_of(SCHEME, [Pattern(2, BIT["DUPLICATE"] | BIT["GEOMETRY_MISSING"], 4)])

    together = add_standings(SCHEME, [one, other])

    assert together.parcels == 9
    assert together.groups == {"1": 3, "2": 2, "3": 4}
    assert together.reasons == {"DUPLICATE": 6, "GEOMETRY_MISSING": 4}


def test_the_packaged_scheme_uses_every_test_and_knows_its_rules():
    rules = load_catalogue().rules
    known = {*rules, *(rule_id[:3] for rule_id in rules), "*"}

    assert set(PARCEL_TESTS) == {reason.code for reason in SCHEME.reasons if not reason.rules}
    assert {rule for reason in SCHEME.reasons for rule in reason.rules} <= known


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('group = "3"', 'group = "9"'), "group or word"),
        (("[reason.ADDRESS_MISSING]", "[reason.NO_SUCH_TEST]"), "NO_SUCH_TEST is no test"),
        (("late_after_days = 1", "late_after_days = "), "no TOML"),
        (("late_after_days = 1", ""), "lacks or garbles"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused_with_its_fault(tmp_path: Path, change, told):
    packaged = Path("landdb/quality/campaign.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(packaged.replace(*change), "utf-8")

    with pytest.raises(ConfigurationError, match=told):
        load_scheme(own)
