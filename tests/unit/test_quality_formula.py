"""The quality score: published, recomputable, monotone."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landdb.quality.formula import Numbers, add_up, load_formula
from landdb.validators.catalogue import load_catalogue

FORMULA = load_formula()
RULES = [*load_catalogue().rules, "XYZ001"]
SEVERITIES = ("error", "warning", "info")

counts = st.integers(0, 5_000)
some_findings = st.dictionaries(
    st.sampled_from(RULES), st.dictionaries(st.sampled_from(SEVERITIES), counts, min_size=1), max_size=8
)
areas = st.floats(0, 1e6)


@st.composite
def some_numbers(draw) -> Numbers:
    parcel_count = draw(st.integers(1, 10_000))
    return Numbers(
        parcel_count=parcel_count,
        ground_m2=draw(st.floats(1, 1e8)),
        findings=draw(some_findings),
        overlap_m2=draw(areas),
        gap_m2=draw(areas),
        parcels_with_error=draw(st.integers(0, parcel_count)),
    )


def with_more(numbers: Numbers, rule: str, severity: str, more: int) -> Numbers:
    findings = {known: dict(by_severity) for known, by_severity in numbers.findings.items()}
    findings.setdefault(rule, {})[severity] = findings.get(rule, {}).get(severity, 0) + more
    return replace(numbers, findings=findings)


@given(some_numbers())
def test_a_score_lies_between_0_and_100(numbers):
    assert 0 <= FORMULA.score(numbers).value <= 100


@given(some_numbers(), st.sampled_from(RULES), st.sampled_from(SEVERITIES), st.integers(1, 100), areas, areas, counts)
def test_more_faults_never_raise_the_score(numbers, rule, severity, more, overlap_m2, gap_m2, concerned):
    worse = replace(
        with_more(numbers, rule, severity, more),
        overlap_m2=numbers.overlap_m2 + overlap_m2,
        gap_m2=numbers.gap_m2 + gap_m2,
        parcels_with_error=min(numbers.parcel_count, numbers.parcels_with_error + concerned),
    )

    assert FORMULA.score(worse).value <= FORMULA.score(numbers).value


@given(some_numbers(), st.sampled_from(RULES))
def test_turning_a_warning_into_an_error_never_raises_the_score(numbers, rule):
    as_warning, as_error = with_more(numbers, rule, "warning", 1), with_more(numbers, rule, "error", 1)

    assert FORMULA.score(as_error).value <= FORMULA.score(as_warning).value


@given(some_numbers())
def test_the_exported_numbers_give_the_same_score_again(numbers):
    exported = json.loads(json.dumps(numbers.to_record()))

    assert FORMULA.score(Numbers.from_record(exported)) == FORMULA.score(numbers)


@given(some_numbers())
def test_two_communes_alike_make_a_province_that_scores_the_same(numbers):
    twice = FORMULA.score(add_up([numbers, numbers])).value

    assert twice == pytest.approx(FORMULA.score(numbers).value, abs=0.11)  # ground is rounded to 0.01 m²


def test_without_a_fault_the_score_is_100():
    assert FORMULA.score(Numbers(2_000, 1e6, {}, 0, 0, 0)).value == 100


def test_without_a_parcel_there_is_no_score():
    assert FORMULA.score(Numbers(0, 0, {}, 0, 0, 0)).value is None


def test_the_worked_example_of_the_documentation():
    numbers = Numbers(
        parcel_count=2_000,
        ground_m2=2e6,
        findings={"COV001": {"error": 10}, "GEO004": {"warning": 20}},
        overlap_m2=500,
        gap_m2=1_500,
        parcels_with_error=20,
    )

    score = FORMULA.score(numbers)

    points = {part.code: round(part.points, 2) for part in score.parts}
    # clean 1980/2000; ground 2,000 m² of 2 km² is 1,000 per km²; 10 errors are 5 per 1,000; 20 warnings weigh 6.
    assert points["clean"] == 99
    assert points["ground"] == 50
    assert points["coverage"] == pytest.approx(100 * 10 / (10 + 5), abs=0.01)
    assert points["geometry"] == pytest.approx(100 * 10 / (10 + 3), abs=0.01)
    assert score.value == 84.9


def test_every_rule_of_the_catalogue_counts_in_exactly_one_component():
    counted = {rule: FORMULA.component_of(rule) for rule in RULES}

    assert counted["COV001"] == "coverage"
    assert counted["XYZ001"] == "records"
    assert set(FORMULA.overlap_rules) | set(FORMULA.gap_rules) | set(FORMULA.sheet_rules) <= set(RULES)
