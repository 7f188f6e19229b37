"""The `landdb` command: arguments in, a door called, text or JSON out.

A command is loaded when it is asked for: all of them together take a second, longer than most questions.
"""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from landdb import __version__

#: Command → module and name of what runs it; a Typer with commands of its own may be given more of them.
_COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "db": ("db:app", "logins:logins"),
    "commune": ("communes:app",),
    "rules": ("rules:app",),
    "scans": ("scans:app",),
    "find": ("finding:find",),
    "lookup": ("looking_up:app", "bulk_looking_up:bulk"),
    "findings": ("findings:app", "triaging:accept", "triaging:assign", "triaging:revoke", "triaging:comment"),
    "quality": ("quality:app",),
    "repairs": ("repairing:app",),
    "conformance": ("conformance:app",),
    "export": ("exporting:app", "exporting_parcels:parcels", "checking_files:ground", "exporting_qgis:qgis"),
    "register": (
        "registering:app",
        "bulk_registering:bulk",
        "deciding:due",
        "deciding:approve",
        "deciding:reject",
        "deciding:supplement",
        "deciding:amend",
        "deciding:submit",
        "deciding:four_eyes",
    ),
    "webhook": ("feeding:app",),
    "account": ("accounts:app",),
    "client": ("clients:app",),
    "agreement": ("clients:agreements",),
    "audit": (
        "auditing:app",
        "sealing:seal",
        "sealing:verify",
        "sealing:prove",
        "sealing:check_proof",
        "sealing:key",
        "granting:quota",
        "granting:embargo",
    ),
    "doctor": ("doctor:doctor",),
    "import": ("importing:import_files",),
    "batches": ("importing:list_batches",),
    "rejects": ("importing:list_rejects",),
    "check": ("checking:check",),
    "check-files": ("checking_files:check_files",),
    "report": ("reporting:report",),
    "extract": ("extracting:app",),
    "history": ("tracing:history",),
    "changes": ("feeding:changes",),
    "render": ("rendering:render",),
    "serve": ("serving:serve",),
    "demo": ("demo:demo",),
}


class _Commands(TyperGroup):
    """Knows all commands by name and loads the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Give the names in the order of the help."""
        return [*_COMMANDS, *super().list_commands(ctx)]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Give what the arguments name; a near miss is told with the names that are meant perhaps."""
        if args and args[0] not in _COMMANDS:
            self.commands.update({name: _loaded(name) for name in get_close_matches(args[0], _COMMANDS)})
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Give the command of this name, None when there is none."""
        return _loaded(cmd_name) if cmd_name in _COMMANDS else super().get_command(ctx, cmd_name)


@cache
def _loaded(name: str) -> Any:
    runs, *more = (
        getattr(import_module(f"{__name__}.{module}"), attribute)
        for module, _, attribute in (target.partition(":") for target in _COMMANDS[name])
    )
    alone = typer.Typer()
    if isinstance(runs, typer.Typer):
        for function in more:
            runs.command()(function)
        alone.add_typer(runs, name=name)
    else:
        alone.command(name)(runs)
    return typer.main.get_group(alone).commands[name]


app = typer.Typer(
    cls=_Commands,
    help="landdb: the open land-parcel database. Start with `landdb doctor` and `landdb import --help`.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("version")
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def _tell_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def landdb(
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run the command that follows."""


def main() -> None:
    """Run the command line."""
    app()
