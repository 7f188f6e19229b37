"""The kit that others run: its files, and how any tool's findings are read and scored."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import mapping
from typer.testing import CliRunner

from landdb.cli import app
from landdb.conformance.answer_sheet import read_answers
from landdb.conformance.expected import Planted
from landdb.conformance.judged import judge
from landdb.conformance.kit import make_planted, write_kit
from landdb.conformance.scoring import score
from landdb.conformance.tool_findings import read_findings
from landdb.errors import InvalidValue

PARCELS = 4_500
runner = CliRunner()


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    write_kit(folder, parcels=PARCELS, seed=2)
    return folder


@pytest.fixture(scope="module")
def planted(kit: Path) -> list[Planted]:
    return read_answers(kit)[0]


def answers(planted: list[Planted]) -> list[dict[str, Any]]:
    return [
        {
            "class": expected.rule_id,
            "geometry": mapping(expected.place),
            "names": [*sorted(expected.names), *sorted(expected.any_of)[:1]],
            "severity": expected.severity,
        }
        for fault in planted
        for expected in fault.expected
    ]


def test_the_same_arguments_write_the_same_bytes(kit: Path, tmp_path: Path) -> None:
    write_kit(tmp_path, parcels=PARCELS, seed=2)
    names = sorted(path.name for path in kit.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in names if (kit / name).read_bytes() != (tmp_path / name).read_bytes()] == []


@pytest.mark.filterwarnings("ignore:Non closed ring detected", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_geopackage_and_geojson_hold_the_same_coordinates(kit: Path) -> None:
    for layer, _ in pyogrio.list_layers(kit / "fabric.gpkg"):
        table, text = (pyogrio.raw.read(kit / file, layer=layer) for file in ("fabric.gpkg", f"{layer}.geojson"))
        one, other = (shapely.from_wkb(read[2], on_invalid="fix") for read in (table, text))
        assert shapely.equals_exact(one, other, tolerance=1e-6).all()
        assert table[0]["crs"] == text[0]["crs"] == f"EPSG:{layer.rpartition('_')[2]}"


def test_one_ring_is_delivered_open(kit: Path, planted: list[Planted]) -> None:
    named = [fault.names for fault in planted if fault.kind == "unclosed_ring"]
    features = json.loads((kit / "parcel_5897.geojson").read_text("utf-8"))["features"]
    rings = [ring for f in features if f["geometry"]["type"] == "Polygon" for ring in f["geometry"]["coordinates"]]
    assert sum(ring[0] != ring[-1] for ring in rings) == len(named)


def test_what_lies_outside_the_faults_is_an_exact_coverage(kit: Path, planted: list[Planted]) -> None:
    layers = [pyogrio.raw.read(kit / "fabric.gpkg", layer=f"{noun}_5897")[2] for noun in ("parcel", "land_object")]
    ground = shapely.from_wkb(np.concatenate(layers), on_invalid="fix")
    ground = ground[shapely.is_valid(ground)]
    bad = ground[~shapely.is_empty(shapely.coverage_invalid_edges(ground))]
    sites = shapely.STRtree([fault.site for fault in planted])
    # across zones vertices agree within a centimetre only, and no coverage in one zone can tell
    assert len(np.unique(sites.query(bad, predicate="dwithin", distance=80.0)[0])) == len(bad) > 30


def test_the_answer_sheet_itself_scores_full_marks(kit: Path, planted: list[Planted], tmp_path: Path) -> None:
    said = tmp_path / "said.json"
    said.write_text(json.dumps(answers(planted)), "utf-8")
    scored = score(planted, read_findings(said, 5897))
    assert (scored.missed, scored.misnamed, scored.invented, scored.repeated) == ([], [], [], [])
    assert scored.total()["recall"] == scored.total()["precision"] == 1


def test_landdb_scores_full_marks_on_the_map_of_the_kit(planted: list[Planted]) -> None:
    found = judge(make_planted(PARCELS, 2, 1).communes)
    scored = score(planted, found)
    assert (scored.missed, scored.misnamed, scored.invented, scored.repeated) == ([], [], [], [])


def test_a_coarser_tool_answers_in_classes_without_names(planted: list[Planted], tmp_path: Path) -> None:
    fault = next(fault for fault in planted if fault.kind == "gap" and fault.size == "30 cm")
    point = fault.expected[0].place.representative_point()
    said = tmp_path / "said.csv"
    with said.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerows([("class", "x", "y"), ("gap", point.x, point.y), ("overlap", point.x + 500, point.y)])
    scored = score([fault], read_findings(said, 5897))
    assert scored.total() == {
        "expected": 1, "found": 1, "right_class": 1, "invented": 1, "repeated": 0, "recall": 1.0, "precision": 0.5,
    }  # fmt: skip


def test_the_commands_write_and_score(kit: Path, planted: list[Planted], tmp_path: Path) -> None:
    written = runner.invoke(app, ["conformance", "write", str(tmp_path / "kit"), "--parcels", str(PARCELS), "--json"])
    assert written.exit_code == 0
    assert json.loads(written.stdout)["kinds"] >= 30
    said = tmp_path / "said.json"
    said.write_text(json.dumps(answers(planted)[1:]), "utf-8")
    scored = runner.invoke(app, ["conformance", "score", str(kit), str(said)])
    assert scored.exit_code == 1
    assert len(json.loads(scored.stdout)["missed"]) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[{", "findings: NOT_READABLE"),
        ('[{"class": "sliver", "x": 1, "y": 2}]', "finding 1: class: UNKNOWN_CLASS"),
        ('[{"class": "overlap", "x": 1}]', "finding 1: place: NOT_A_PLACE"),
        ('[{"class": "overlap", "geometry": {"type": "Circle"}}]', "finding 1: place: NOT_A_PLACE"),
        ('["overlap"]', "finding 1: class: UNKNOWN_CLASS"),
    ],
)
def test_findings_that_cannot_be_read_say_which_and_why(text: str, told: str, tmp_path: Path) -> None:
    said = tmp_path / "said.json"
    said.write_text(text, "utf-8")
    with pytest.raises(InvalidValue) as refused:
        read_findings(said, 5897)
    assert refused.value.message == told
    assert refused.value.remedy


def test_a_folder_without_answers_and_too_few_parcels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="NO_ANSWER_SHEET"):
        read_answers(tmp_path)
    with pytest.raises(InvalidValue, match="TOO_FEW"):
        write_kit(tmp_path, parcels=100, seed=1)
