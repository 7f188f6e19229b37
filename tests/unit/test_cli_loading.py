"""A command loads what it needs, and every command that is named can be loaded."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from landdb.cli import _COMMANDS, app


def test_the_program_itself_loads_no_library_of_the_work() -> None:
    code = "import sys; import landdb.cli; print({'numpy', 'pyarrow', 'psycopg', 'sqlalchemy'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_a_question_about_a_parcel_loads_no_rules_and_no_compiler() -> None:
    code = "import sys; import landdb.cli.looking_up; print({'numba', 'landdb.repairs'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0
    assert f"{name} [OPTIONS]" in " ".join(told.output.split())


def test_a_slip_is_told_with_the_name_that_is_meant() -> None:
    told = CliRunner().invoke(app, ["imprt"])
    assert told.exit_code == 2
    assert "Did you mean 'import'?" in " ".join(told.output.split())
