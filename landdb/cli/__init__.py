"""The `landdb` command: arguments in, a door called, text or JSON out."""

import typer

from landdb import __version__
from landdb.cli import (
    auditing,
    checking,
    communes,
    conformance,
    db,
    deciding,
    doctor,
    exporting,
    feeding,
    findings,
    importing,
    looking_up,
    quality,
    repairing,
    reporting,
    rules,
    scans,
    serving,
    tokens,
    tracing,
    triaging,
)
from landdb.cli.demo import demo

app = typer.Typer(
    help="landdb: the open land-parcel database. Start with `landdb doctor` and `landdb import --help`.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(db.app, name="db")
app.add_typer(communes.app, name="commune")
app.add_typer(rules.app, name="rules")
app.add_typer(scans.app, name="scans")
app.add_typer(looking_up.app, name="lookup")
for decide in (triaging.accept, triaging.assign, triaging.revoke, triaging.comment):
    findings.app.command()(decide)
app.add_typer(findings.app, name="findings")
app.add_typer(quality.app, name="quality")
app.add_typer(repairing.app, name="repairs")
app.add_typer(conformance.app, name="conformance")
app.add_typer(exporting.app, name="export")
app.add_typer(deciding.app, name="register")
app.add_typer(feeding.app, name="webhook")
app.add_typer(tokens.app, name="token")
app.add_typer(auditing.app, name="audit")
app.command("doctor")(doctor.doctor)
app.command("import")(importing.import_files)
app.command("batches")(importing.list_batches)
app.command("rejects")(importing.list_rejects)
app.command("check")(checking.check)
app.command("report")(reporting.report)
app.command("history")(tracing.history)
app.command("changes")(feeding.changes)
app.command("serve")(serving.serve)
app.command("demo")(demo)


@app.command("version")
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command line."""
    app()
