"""Build the page before the wheel that carries it; everything else about the package is in pyproject.toml."""

import subprocess
import sys

from setuptools import setup
from setuptools.command.build_py import build_py


class WithPage(build_py):
    """Makes api/web/dist first. An editable installation leaves that to bootstrap.sh and `make page`."""

    def run(self) -> None:
        """Build the page, then gather the package."""
        if not self.editable_mode:
            subprocess.run([sys.executable, "api/web/make.py"], check=True)
        super().run()


setup(cmdclass={"build_py": WithPage})
