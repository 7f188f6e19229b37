"""The catalogue and widths: the data and measures that findings are made of."""

import re
from importlib.resources import files

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from landdb.domain.area_limits import area_limit_m2
from landdb.domain.finding import Finding
from landdb.errors import ConfigurationError
from landdb.validators.catalogue import catalogue_hash, load_catalogue
from landdb.validators.reference import area_limit_bands, serial_periods
from landdb.validators.widths import width_bounds_m, width_m


def test_every_rule_is_said_in_both_languages() -> None:
    for rule in load_catalogue().rules.values():
        for words in (rule.title, rule.message, rule.why, rule.remedy):
            assert len({words.vi, words.en, ""}) == 3, rule.rule_id


def test_every_rule_can_describe_a_finding_with_and_without_measures() -> None:
    for rule in load_catalogue().rules.values():
        bare = Finding(rule.rule_id, rule.severity, 1, "12/345|12/346")
        full = bare._replace(measure=0.12345, area_m2=1234.567, width_m=0.3)
        for language in ("vi", "en"):
            assert "12/345" in rule.describe(full, language)
            assert "{" not in rule.describe(bare, language)


def test_every_statement_belongs_to_a_rule_and_begins_with_its_purpose() -> None:
    named = {rule.sql for rule in load_catalogue().rules.values() if rule.sql}
    present = {path.name: path.read_text("utf-8") for path in files("landdb.validators").joinpath("sql").iterdir()}
    assert named == set(present)
    for name, text in present.items():
        question, _, statement = text.partition("?")
        assert question.startswith("-- "), name
        assert statement.count(";\n") == 1, name


def test_a_family_stands_for_its_rules_and_an_unknown_name_is_refused() -> None:
    catalogue = load_catalogue()
    assert catalogue.select(["GEO"]) == tuple(f"GEO00{number}" for number in range(1, 10))
    assert catalogue.select(None) == tuple(catalogue.rules)
    with pytest.raises(ConfigurationError):
        catalogue.select(["XYZ001"])


def test_a_limit_follows_the_scale_and_can_be_set() -> None:
    catalogue = load_catalogue()
    rule = catalogue["COV006"]
    values = [rule.limit("vertex_tolerance_m", scale) for scale in (200, 500, 0, 2000, 3000, 25_000)]
    assert values == [0.015, 0.018, 0.02, 0.03, 0.04, 0.04]
    other = catalogue.with_limits({"COV006.vertex_tolerance_m": 0.5})
    assert other["COV006"].limit("vertex_tolerance_m", 200) == 0.5
    assert rule.limit("vertex_tolerance_m", 200) == 0.015
    with pytest.raises(ConfigurationError):
        catalogue.with_limits({"COV006.no_such_m": 1})


def test_the_hash_is_stable_within_one_program() -> None:
    assert catalogue_hash() == load_catalogue().content_hash
    assert len(catalogue_hash()) == 64


@given(st.sampled_from([200, 500, 1000, 2000, 5000, 10000]), st.floats(0, 1e6))
def test_the_bands_given_to_statements_are_the_legal_table(scale: int, area_m2: float) -> None:
    band = max(
        (one for one in area_limit_bands() if one["scale"] == scale and one["from_m2"] <= area_m2),
        key=lambda one: one["from_m2"],
    )
    limit = band["limit_m2"] + (area_m2 - band["from_m2"]) * band["slope"]
    assert limit == pytest.approx(area_limit_m2(area_m2, scale))


@given(st.floats(0.001, 50), st.floats(1, 300), st.floats(0, 180))
def test_a_rectangle_is_as_wide_as_its_short_side(a: float, b: float, angle: float) -> None:
    box = shapely.affinity.rotate(shapely.box(500_000, 2_300_000, 500_000 + b, 2_300_000 + a), angle)
    assert width_m(box) == pytest.approx(min(a, b), rel=2e-3, abs=1e-5)


def test_a_long_tail_does_not_make_a_wide_polygon_narrow() -> None:
    tailed = shapely.union_all([shapely.Point(0, 0).buffer(2), shapely.box(0, -0.01, 300, 0.01)])
    assert 4 * tailed.area / tailed.length < 0.2
    assert width_m(tailed) == pytest.approx(4, rel=0.01)


def test_the_cheap_bounds_hold_for_irregular_polygons() -> None:
    noise = np.random.default_rng(5)
    hulls = [shapely.convex_hull(shapely.multipoints(noise.uniform(0, 50, (12, 2)))) for _ in range(30)]
    stars = [shapely.difference(hull, shapely.Point(hull.centroid).buffer(5)) for hull in hulls]
    for polygon in [*hulls, *stars]:
        low, high = width_bounds_m(np.array([polygon]))
        assert low[0] <= width_m(polygon) * 1.01 <= high[0] * 1.02


def test_every_reason_that_a_statement_gives_has_words_where_its_rule_has_any() -> None:
    for rule in load_catalogue().rules.values():
        if rule.sql is None or not rule.reasons:
            continue
        text = files("landdb.validators").joinpath("sql", rule.sql).read_text("utf-8")
        given = set(re.findall(r"(?:THEN|ELSE)\s+'([A-Z][A-Z_0-9]+)'|'([A-Z][A-Z_0-9]+)' AS reason", text))
        assert {one or two for one, two in given} <= set(rule.reasons), rule.rule_id


def test_a_reason_is_told_with_its_own_remedy() -> None:
    rule = load_catalogue()["TEN003"]
    finding = Finding("TEN003", "error", 1, "party:5", details={"reason": "LOST_LEADING_ZERO"})
    assert "leading zero" in rule.describe(finding, "en")
    assert "Excel" in rule.remedy_for(finding, "vi")
    assert rule.remedy_for(finding._replace(details={}), "en") == rule.remedy.en


def test_every_reason_is_said_in_both_languages() -> None:
    for rule in load_catalogue().rules.values():
        for reason in rule.reasons.values():
            for words in (reason.title, reason.remedy):
                assert len({words.vi, words.en, ""}) == 3, (rule.rule_id, reason.code)
                assert not reason.title.vi.endswith(".")


def test_every_form_of_serial_has_its_period() -> None:
    fitting = {
        serial: next(form["valid_from"] for form in serial_periods() if re.fullmatch(form["pattern"], serial))
        for serial in ("AA 12345678", "A 123456", "AĐ 123456", "BA 123456", "DĐ 123456", "XA 123456")
    }
    assert list(fitting.values()) == ["2025-01-01", None, "2004-07-01", "2009-12-10", "2014-07-01", None]
