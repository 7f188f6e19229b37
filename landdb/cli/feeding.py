"""landdb changes, webhook: the change feed, asked for or pushed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import psycopg
import typer

from landdb.cli.output import JsonOption, err, explained_errors, print_rows
from landdb.cli.session import session
from landdb.domain.identifiers import normalise_commune_code
from landdb.registration import webhooks
from landdb.registration.feed import FeedPage, read_changes
from landdb.store import admin_units, feed
from landdb.store.sealing_key import open_vault
from landdb.store.vault import Vault

app = typer.Typer(help="Subscribers that are told of changes by POST, signed.", no_args_is_help=True)
PAUSE_S = 1.0


def changes(
    after: Annotated[str | None, typer.Option(help="Cursor of an earlier answer; none: from the beginning.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many events; 0: all there are.", min=0)] = 100,
    follow: Annotated[bool, typer.Option("--follow", help="Go on waiting for new ones until Ctrl-C.")] = False,
    commune: Annotated[list[str] | None, typer.Option(help="Only of this commune; may be repeated.")] = None,
) -> None:
    """Print the change feed: one CloudEvent as JSON per line, each change once, in the order they were made.

    Each event carries its cursor (`landdbcursor`); the one to go on with is told at the end.

    Examples:

      landdb changes --limit 0 > feed.jsonl

      landdb changes --after "$(tail -1 feed.jsonl | jq -r .landdbcursor)" --follow
    """
    with explained_errors(), session() as (_, conn):
        codes = [normalise_commune_code(code) for code in commune] if commune else None
        try:
            asyncio.run(_print_feed(conn, after, limit, codes, follow=follow))
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


async def _print_feed(
    conn: psycopg.Connection, after: str | None, limit: int, communes: list[str] | None, *, follow: bool
) -> None:
    left = limit or 2**62
    async for page in _pages(conn, after, communes, follow=follow, most=left):
        for event in page.events:
            typer.echo(json.dumps(event, ensure_ascii=False))
        left -= len(page.events)
        after = page.next
        if left <= 0 and not follow:
            break
    err.print(f"next: {after}", highlight=False)


async def _pages(
    conn: psycopg.Connection, after: str | None, communes: list[str] | None, *, follow: bool, most: int
) -> AsyncIterator[FeedPage]:
    link = await psycopg.AsyncConnection.connect(conn.info.dsn, password=conn.info.password, autocommit=True)
    async with link:
        while True:
            page = await read_changes(link, after, limit=min(500, most), communes=communes)
            yield page
            after = page.next
            if not page.is_full:
                if not follow:
                    return
                await asyncio.sleep(PAUSE_S)


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Where to POST; https, or this machine.")],
    commune: Annotated[list[str] | None, typer.Option(help="Only of this commune; may be repeated.")] = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Everything since the feed began.")] = False,
) -> None:
    """Add a subscriber and print its secret once; `landdb webhook push` delivers."""
    with explained_errors(), session() as (settings, conn), conn.transaction():
        codes = [admin_units.get_commune(conn, normalise_commune_code(code)).commune_code for code in commune or ()]
        vault = open_vault(conn, settings.key_file)
        number, secret = webhooks.subscribe(conn, vault, url, commune_codes=codes or None, from_start=from_start)
    err.print(f"Webhook {number}. Its secret is shown only now:", highlight=False)
    typer.echo(secret)


@app.command("list")
def list_webhooks(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List subscribers and how their deliveries fare."""
    with explained_errors(), session() as (_, conn):
        print_rows("Webhooks", feed.list_webhooks(conn), as_json=as_json)


@app.command("remove")
def remove(number: Annotated[int, typer.Argument(help="As `landdb webhook list` shows.")]) -> None:
    """Remove a subscriber."""
    with explained_errors(), session() as (_, conn):
        feed.remove_webhook(conn, number)
    err.print(f"webhook {number} is removed")


@app.command("push")
def push(
    follow: Annotated[bool, typer.Option("--follow", help="Go on delivering until Ctrl-C.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Deliver what is due to each subscriber; failed ones are tried again later, ever less often."""
    with explained_errors(), session() as (settings, conn):
        vault = open_vault(conn, settings.key_file)
        try:
            asyncio.run(_push(conn, vault, follow=follow, as_json=as_json))
        except KeyboardInterrupt:
            raise typer.Exit(0) from None


async def _push(conn: psycopg.Connection, vault: Vault, *, follow: bool, as_json: bool) -> None:
    link = await psycopg.AsyncConnection.connect(conn.info.dsn, password=conn.info.password, autocommit=True)
    async with link:
        while True:
            sent = await webhooks.push(link, vault)
            rows: list[dict[str, Any]] = [
                {"webhook": one.webhook_id, "events": one.events, "fault": one.fault} for one in sent
            ]
            if rows:
                print_rows("Delivered", rows, as_json=as_json)
            elif not follow:
                return
            else:
                await asyncio.sleep(PAUSE_S)
