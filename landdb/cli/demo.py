"""landdb demo: two invented communes in, their planted faults out, questions answered; then the API."""

import asyncio
import csv
import datetime as dt
import json
import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import psycopg
import shapely.geometry
import typer

from landdb import lookups, pipeline
from landdb.access.accounts import add_account, set_password
from landdb.access.clients import add_client
from landdb.cli.checking import summary_rows
from landdb.cli.output import err, explained_errors, out, print_table, progress_bar
from landdb.cli.serving import serve
from landdb.cli.session import session
from landdb.domain.dates import today
from landdb.domain.identifiers import CitizenId
from landdb.importers import ImportJob
from landdb.settings import Settings
from landdb.store import admin_units
from landdb.store.access.accounts import find_account, find_client
from landdb.store.access.mandates import Mandate, NewAgreement, add_agreement, list_agreements
from landdb.store.sealing_key import open_vault
from landdb.store.vault import Vault
from landdb.validators.runner import RunResult

#: Maps first: a holder's row needs its parcel.
ORDER = ("ranh_gioi", "to_ban_do", "ban_do", "giao_thong", "thua_dat", "to_9", "PL3", "nguoi_su_dung", "doi_chieu")

#: Invented, as the province code 099 shows, which nobody was issued: the holder of 99002, sheet 1, parcel 1.
SAMPLE_CITIZEN_ID = "099177200007"


def demo(
    sample: Annotated[Path, typer.Argument(help="Folder of the sample deliveries.")] = Path("sample_gis/broken"),
    port: Annotated[int, typer.Option(help="Port of the API afterwards.")] = 8000,
) -> None:
    """Import two invented communes, find every planted fault, answer lookups, then serve the API.

    LANDDB_DEMO_ONCE=1 stops after the summary. Everything lands in the private cluster of LANDDB_HOME.
    """
    with explained_errors(), session() as (settings, conn):
        communes = _register(conn, sample)
        ingested = _ingest(conn, settings, sample)
        results = [_check(conn, code) for code in communes]
        _report(ingested, results, sample)
        asyncio.run(_ask(conn, settings))
        people = _mandate(conn, settings)
    _invite(port, people, next((one.batch_id for one in ingested if one.counts.rejected), ingested[0].batch_id))
    if os.environ.get("LANDDB_DEMO_ONCE") != "1":
        serve(port=port)


def _register(conn: psycopg.Connection, sample: Path) -> list[str]:
    """Enter the invented communes; gives their codes."""
    with (sample / "communes.csv").open(encoding="utf-8") as stream, conn.transaction():
        rows = list(csv.DictReader(stream, delimiter=";"))
        for row in rows:
            commune = admin_units.Commune(
                0, row["commune_code"], row["name"], row["kind"], row["province_code"],
                float(row["lon"]), float(row["lat"]), float(row["area_km2"]),
            )  # fmt: skip
            admin_units.add_commune(conn, commune, valid_from=today())
    return [row["commune_code"] for row in rows]


def _ingest(conn: psycopg.Connection, settings: Settings, sample: Path) -> list[pipeline.Ingested]:
    vault = open_vault(conn, settings.key_file)
    handover = pipeline.Handover("demo", document="sample_gis")
    files = [file for file in sample.iterdir() if any(part in file.name for part in ORDER)]
    files.sort(key=lambda file: (next(i for i, part in enumerate(ORDER) if part in file.name), file.name))
    ingested = []
    for file in files:
        with progress_bar(file.name) as progress, conn.transaction():
            ingested.append(pipeline.ingest(conn, ImportJob(path=file), vault, handover, progress))
    return ingested


def _check(conn: psycopg.Connection, commune_code: str) -> RunResult:
    with err.status(f"checking {commune_code}"), conn.transaction():
        return pipeline.check(conn, commune_code)


def _report(ingested: list[pipeline.Ingested], results: list[RunResult], sample: Path) -> None:
    print_table(
        "Imported",
        ("file", "source", "stored", "merged", "unchanged", "rejected"),
        [
            (one.file_name, c.source, c.stored, c.merged, c.unchanged, c.rejected)
            for one in ingested
            for c in [one.counts]
        ],
    )
    rows = summary_rows(results, "en")
    print_table("\nFindings", ("commune", "rule", "severity", "findings", "what"), [list(row.values()) for row in rows])
    _compare(results, sample.parent / "expected_findings.csv")


def _compare(results: list[RunResult], expected_file: Path) -> None:
    """Say whether exactly the planted faults were found."""
    if not expected_file.exists():
        return
    with expected_file.open(encoding="utf-8") as stream:
        planted = Counter((row["commune_code"], row["rule_id"]) for row in csv.DictReader(stream))
    found = Counter((result.commune_code, finding.rule_id) for result in results for finding in result.findings)
    missed, invented = planted - found, found - planted
    colour = "green" if not missed and not invented else "red"
    out.print(
        f"\n[bold {colour}]{planted.total()} planted, {(planted & found).total()} found, "
        f"{missed.total()} missed, {invented.total()} invented[/]",
        highlight=False,
    )


async def _ask(conn: psycopg.Connection, settings: Settings) -> None:
    """Ask one question of each kind and show who was found, masked."""
    view = lookups.Viewpoint(audience="staff")
    vault = open_vault(conn, settings.key_file)
    link = await psycopg.AsyncConnection.connect(conn.info.dsn, password=conn.info.password, autocommit=True)
    async with link:
        by_number = await lookups.parcels_by_number(link, "99001", "1", "12", view=view)
        parcel = json.loads(by_number.body)["parcels"][0]
        inside = shapely.geometry.shape(parcel["geometry"]).representative_point()
        lon, lat = round(inside.x, 6), round(inside.y, 6)
        answers = [
            ("sheet 1 parcel 12 of 99001", by_number),
            (f"code {parcel['parcel_code']}", await lookups.parcels_by_code(link, parcel["parcel_code"], view=view)),
            (f"point {lon} {lat}", await lookups.parcels_at_point(link, lon, lat, view=view)),
            ("certificate", await lookups.parcels_by_certificate(link, _serial(parcel), view=view)),
            ("citizen ID (audited)", await _by_citizen_id(link, vault, view)),
        ]
    print_table("\nLookups", ("question", "status", "parcels"), [(what, r.status, _told(r)) for what, r in answers])


async def _by_citizen_id(
    link: psycopg.AsyncConnection[Any], vault: Vault, view: lookups.Viewpoint
) -> lookups.Resolution:
    citizen_id = CitizenId.parse(SAMPLE_CITIZEN_ID)
    return await lookups.parcels_by_citizen_id(
        link, citizen_id, vault=vault, asker=lookups.Asker("demo", "clerk"),
        reason=lookups.Reason("demonstration", "DEMO-1"), request_id="demo", view=view,
    )  # fmt: skip


def _serial(parcel: dict[str, Any]) -> str:
    return str(parcel["certificates"][0]["serial"]) if parcel["certificates"] else ""


def _told(resolution: lookups.Resolution) -> str:
    parcels = json.loads(resolution.body)["parcels"]
    return ", ".join(f"{p['sheet']['sheet_no']}/{p['parcel_no']}" for p in parcels[:5])


#: Invented people of this machine's demonstration: account, role, in whose name, communes.
PEOPLE = (
    ("clerk", "clerk", "demo clerk", ["99001", "99002"]),
    ("analyst", "analyst", "demo analyst", None),
    ("auditor", "auditor", "demo auditor", None),
    ("admin", "administrator", "demo administrator", None),
    ("citizen", "citizen", "demo citizen", None),
)
AGREEMENT = "DEMO-1"
CLIENT = "demo-tax-office"


def _mandate(conn: psycopg.Connection, settings: Settings) -> dict[str, str]:
    """Give the account names of invented people with new passwords; enters them, an agreement and its client once."""
    citizen = open_vault(conn, settings.key_file).index("citizen_id", SAMPLE_CITIZEN_ID)
    passwords = {name: f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}" for name, *_ in PEOPLE}
    with conn.transaction():
        for name, role, actor, communes in PEOPLE:
            if find_account(conn, name) is None:
                index = citizen if role == "citizen" else None
                mandate = Mandate(role, actor, "UBND Mẫu", communes, citizen_id_index=index)
                add_account(conn, name, passwords[name], mandate, by="demo")
            else:
                set_password(conn, name, passwords[name])
        _agree(conn)
    return passwords


def _agree(conn: psycopg.Connection) -> None:
    if not any(row["code"] == AGREEMENT for row in list_agreements(conn)):
        fields = ("geometry", "areas", "land_uses", "rights.share", "rights.party")
        until = today() + dt.timedelta(days=365)
        purposes = ("land tax", "demonstration")
        basis = "NĐ 101/2024/NĐ-CP Đ.60"
        add_agreement(conn, NewAgreement(AGREEMENT, "Chi cục Thuế Mẫu", fields, purposes, basis, until))
    if find_client(conn, CLIENT) is None:
        add_client(conn, CLIENT, Mandate("service", "demo tax office", agreement=AGREEMENT), by="demo")


def _invite(port: int, passwords: dict[str, str], batch_id: int) -> None:
    rows = [(name, role, passwords[name]) for name, role, *_ in PEOPLE]
    print_table("\nAccounts (invented, of this machine only)", ("account", "role", "password"), rows)
    out.print(
        f"\nTry:\n  the page at http://127.0.0.1:{port}/app, as one of these accounts\n"
        f"  curl 'http://127.0.0.1:{port}/parcels?commune=99001&sheet=1&parcel=12'\n"
        f"  TOKEN=$(landdb client token {CLIENT})\n"
        f'  curl -X POST http://127.0.0.1:{port}/persons/search -H "Authorization: Bearer $TOKEN" \\\n'
        "       -H 'Content-Type: application/json' \\\n"
        f'       -d \'{{"citizen_id": "{SAMPLE_CITIZEN_ID}", "purpose": "demonstration", "case_ref": "DEMO-1"}}\'\n'
        f"  landdb check 99001        landdb lookup --help        landdb rejects {batch_id}\n"
        "  landdb report --out bao_cao        landdb export findings --out findings.gpkg\n",
        highlight=False,
        markup=False,
    )
