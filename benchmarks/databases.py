"""Databases that live as long as a measurement, made on the server of a given URL by a role that may make them."""

import csv
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from landdb.store import admin_units, migrate


def at(url: str, name: str) -> str:
    """Give the URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def fresh(url: str, template: str | None = None) -> Iterator[str]:
    """Give the URL of a new database, empty or a copy; it is dropped afterwards."""
    name = f"landdb_bench_{secrets.token_hex(4)}"
    copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copied)
        try:
            yield at(url, name)
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def landdb_template(url: str, communes: Path) -> Iterator[str]:
    """Give the name of a database with landdb's schema and the communes of a replicated map registered."""
    with fresh(url) as made:
        migrate.upgrade(made)
        with psycopg.connect(made) as conn, communes.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter=";"):
                lon, lat, area = float(row["lon"]), float(row["lat"]), float(row["area_km2"])
                name, kind, province = row["name"], row["kind"], row["province_code"]
                commune = admin_units.Commune(0, row["commune_code"], name, kind, province, lon, lat, area)
                admin_units.add_commune(conn, commune, valid_from=date(2025, 7, 1))
        yield urlsplit(made).path.removeprefix("/")


@contextmanager
def postgis_template(url: str) -> Iterator[str]:
    """Give the name of a database that has PostGIS and nothing else."""
    with fresh(url) as made:
        with psycopg.connect(made) as conn:
            conn.execute("CREATE EXTENSION postgis")
        yield urlsplit(made).path.removeprefix("/")


def settle(url: str) -> None:
    """Write what the server still holds back, so that the next measurement does not pay for the last one."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CHECKPOINT")
