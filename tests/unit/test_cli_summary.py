"""The summary of a check fits a province on one screen, worst first."""

from landdb.cli.summary import MOST_COMMUNES, Checked, print_communes, print_rules
from landdb.quality import Assessment, Numbers, load_formula
from landdb.store.finding_list import RuleCount


def checked(number: int, *, score: float | None = 90.0, errors: int = 1) -> Checked:
    return Checked(f"{number:05}", f"Xã {number}", 1_000, errors, 2, 1, 0, 0, score)


def whole(parcels: int, errors: int) -> Assessment:
    numbers = Numbers(parcels, 1e6, {"COV001": {"error": errors}}, 0, 0, errors)
    return Assessment(0, numbers, load_formula().score(numbers))


def lines(capsys) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_communes_come_lowest_score_first_then_most_errors_and_those_without_parcels_last(capsys):
    print_communes(
        [checked(1, score=None), checked(2, score=95.0), checked(3, score=60.0), checked(4, score=60.0, errors=9)],
        whole(4_000, 12),
    )

    assert [line.split()[0] for line in lines(capsys)[2:]] == ["00004", "00003", "00002", "00001", "all"]


def test_a_province_is_folded_to_a_screen_and_nothing_of_it_is_lost(capsys):
    print_communes([checked(number, score=50 + number / 10) for number in range(148)], whole(148_000, 148))

    printed = lines(capsys)
    folded, total = printed[-2].split(), printed[-1].split()
    assert len(printed) == MOST_COMMUNES + 4
    assert folded[:3] == ["…", str(148 - MOST_COMMUNES), "more,"]
    assert "108,000" in folded
    assert total[:2] == ["all", "148"]
    assert "148,000" in total


def test_one_commune_needs_no_total(capsys):
    print_communes([checked(7)], whole(1_000, 1))

    assert [line.split()[0] for line in lines(capsys)[2:]] == ["00007"]


def test_rules_come_most_errors_first_with_the_number_of_communes(capsys):
    print_rules(
        [
            RuleCount("00001", "Xã 1", "GEO004", "warning", 50, []),
            RuleCount("00001", "Xã 1", "COV001", "error", 2, []),
            RuleCount("00002", "Xã 2", "COV001", "error", 3, []),
            RuleCount("00002", "Xã 2", "COV001", "warning", 1, []),
        ],
        "en",
    )

    cells = [line.split() for line in lines(capsys)[2:]]
    assert cells[0][:5] == ["COV001", "5", "1", "2", "Overlap"]
    assert cells[1][:4] == ["GEO004", "50", "1", "Spike"]
    assert cells[2] == ["all", "5", "51", "2"]


def test_a_clean_commune_says_so(capsys):
    print_rules([], "en")

    assert "no open finding" in capsys.readouterr().err
