"""`python -m landdb` is the `landdb` command."""

from landdb.cli import main

main()
