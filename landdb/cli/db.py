"""landdb db: the private PostGIS cluster, for those who want to see it."""

import os
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from landdb import cluster
from landdb.cli.output import JsonOption, err, explained_errors, out, print_json, wants_json
from landdb.cli.session import session
from landdb.errors import ConfigurationError
from landdb.settings import Settings
from landdb.store import feed, privileges

app = typer.Typer(
    no_args_is_help=True,
    help="""The private PostGIS cluster.

    landdb makes, starts and updates it by itself. You need these commands
    to look inside, to stop it, or to connect QGIS and other tools.

    It lives in LANDDB_HOME, listens on this machine only and asks everyone
    for a password, which landdb keeps in a file only its owner can read.

    With LANDDB_DATABASE_URL landdb uses that database instead, and the
    private cluster rests.
    """,
)


@app.command()
def start(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Start the cluster; make it when there is none. After a crash this also recovers it."""
    with explained_errors():
        _show(cluster.start(Settings.from_environment()), as_json=as_json)


@app.command()
def stop(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Stop the cluster. Everything committed is kept; the next command that needs it starts it again."""
    with explained_errors():
        _show(cluster.stop(Settings.from_environment()), as_json=as_json)


@app.command()
def status(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Show whether the cluster runs, where it lives and where its log is. Starts nothing."""
    with explained_errors():
        settings = Settings.from_environment()
        _show(cluster.status(settings), as_json=as_json)
        if settings.database_url:
            err.print("LANDDB_DATABASE_URL is set: commands use that database, not this cluster")


@app.command()
def url() -> None:
    """Print the database's URL, to hand to other programs. Starts nothing.

    The private cluster's URL names the password file and holds no password:

        psql "$(landdb db url)"
    """
    with explained_errors():
        typer.echo(cluster.url(Settings.from_environment()))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database, started when needed.

    What follows goes to psql:

    landdb db psql -c "SELECT count(*) FROM cadastre.parcel"
    """
    with explained_errors():
        settings = Settings.from_environment()
        cluster.ensure_url(settings)
        program, *arguments = cluster.psql_command(settings)
        sys.stdout.flush()
        os.execv(program, [program, *arguments, *context.args])  # noqa: S606 - psql takes over the terminal


@app.command()
def restored(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Make a database that came out of a backup ready: feed, grants, statistics.

    Run it once after each pg_restore or move to another server, before the service starts. A restored server numbers
    its transactions anew, so without this new changes stand before old ones in the feed, and old ones may be missing.

    Afterwards readers with a cursor from before are told FEED_RESTARTED and read again from the beginning; events that
    they had they know by `id`. Webhooks go on. Running it when nothing was restored costs readers no more than that.

    A backup brings neither grants nor statistics: each login of the API is granted again what it may touch, and the
    planner learns anew what the tables hold.
    """
    with explained_errors(), session() as (_, conn):
        epoch = feed.restart(conn)
        has_logins = privileges.apply(conn)
        conn.execute("ANALYZE")
    if wants_json(as_json):
        print_json({"epoch": epoch, "has_logins": has_logins})
        return
    err.print(f"The change feed goes on in epoch {epoch}; readers begin again.", highlight=False)
    if not has_logins:
        err.print("The API's logins do not exist on this server: `landdb db logins` makes them.", highlight=False)


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed when nobody can be asked.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Delete the private cluster with everything in it. There is no way back but a backup.

    The keys in LANDDB_HOME/keys stay, since they also open backups. LANDDB_DATABASE_URL is never touched.
    """
    with explained_errors():
        settings = Settings.from_environment()
        if not yes:
            if not sys.stdin.isatty():
                raise ConfigurationError(
                    "reset deletes all data and nobody can be asked", remedy="landdb db reset --yes"
                )
            typer.confirm(f"Delete the database in {settings.home} with everything in it?", abort=True, err=True)
        _show(cluster.reset(settings), as_json=as_json)


def _show(found: cluster.ClusterStatus, *, as_json: bool) -> None:
    facts = asdict(found)
    if wants_json(as_json):
        print_json(facts)
        return
    for name, value in facts.items():
        if value is not None:
            out.print(f"[bold]{name:<6}[/] ", end="")
            out.print(value, markup=False, highlight=False)
