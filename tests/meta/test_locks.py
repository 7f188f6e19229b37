"""Lock files name packages by their hashes and nobody's server."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "api/web/package-lock.json"])
def test_a_lock_file_names_no_host(lock):
    assert "://" not in (ROOT / lock).read_text("utf-8")
