"""A design file or an exchange that breaks off is refused wherever it was cut, and whole ones pass."""

from pathlib import Path

import pytest
import shapely
from drawing_files import dgn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landdb.errors import ImportRefused
from landdb.importers import ImportJob, open_delivery
from landdb.importers.formats import design_file, edigeo


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    squares = [(10, shapely.box(east, 2_300_000, east + 10, 2_300_010), "") for east in range(500_000, 500_100, 10)]
    return dgn(tmp_path_factory.mktemp("design") / "a.dgn", squares).read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_design_file_is_refused_wherever_it_is_cut(tmp_path: Path, design: bytes, data: st.DataObject) -> None:
    path = tmp_path / "a.dgn"
    path.write_bytes(design)
    design_file.check(path)
    path.write_bytes(design + bytes(300))  # what lies behind the end mark is padding
    design_file.check(path)
    path.write_bytes(design[: data.draw(st.integers(5, len(design) - 1))])
    with pytest.raises(ImportRefused, match="FILE_CUT"):
        design_file.check(path)


def test_a_design_file_cut_between_two_elements_is_refused_by_the_import(tmp_path: Path, design: bytes) -> None:
    path = tmp_path / "a.dgn"
    path.write_bytes(design[:-2])
    with pytest.raises(ImportRefused, match="FILE_CUT"), open_delivery(ImportJob(path)):
        pass


def part(name: str, *lines: str) -> bytes:
    return "\r\n".join([f"BOMT {len(name):02}:{name}", "CSET 03:IRV", *lines, "EOMT 00:", ""]).encode("latin-1")


@pytest.fixture
def exchange(tmp_path: Path) -> Path:
    lot = [f"{field}NSA02:{end}" for field, end in (("GN", "SE"), ("SC", "SE"), ("GD", "T1"), ("GD", "S1"))]
    files = {"E0A1.THF": ["RTYSA03:GTL", "LONSA04:EDA1", *lot], "EDA1SE.GEN": [], "EDA1SE.SCD": [], "EDA1T1.VEC": []}
    for name, lines in files.items():
        (tmp_path / name).write_bytes(part(name, *lines))
    (tmp_path / "eda1s1.vec").write_bytes(part("EDA1S1.VEC", "RTYSA03:PAR", "RIDSA11:Arc_1838975"))
    return tmp_path / "E0A1.THF"


def test_a_whole_exchange_passes(exchange: Path) -> None:
    edigeo.check(exchange)


@pytest.mark.parametrize("name", ["EDA1SE.GEN", "EDA1SE.SCD", "EDA1T1.VEC", "eda1s1.vec"])
def test_an_exchange_without_a_part_is_refused_by_its_name(exchange: Path, name: str) -> None:
    exchange.with_name(name).unlink()
    with pytest.raises(ImportRefused, match=f"(?s)FILE_CUT.*{name.upper()}"):
        edigeo.check(exchange)


@pytest.mark.parametrize("name", ["E0A1.THF", "EDA1T1.VEC", "eda1s1.vec"])
@pytest.mark.parametrize("octets", [10, 12, 40])
def test_a_part_cut_near_its_end_is_refused(exchange: Path, name: str, octets: int) -> None:
    cut = exchange.with_name(name)
    cut.write_bytes(cut.read_bytes()[:-octets])
    with pytest.raises(ImportRefused, match="FILE_CUT"):
        edigeo.check(exchange)
