"""The page as the API serves it."""

import json
from typing import Any

import pytest
from web_paths import DIST


@pytest.fixture(scope="session")
def manifest() -> dict[str, str]:
    assert DIST.is_dir(), "the page is not built: run `make page`"
    listed: dict[str, Any] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return listed
