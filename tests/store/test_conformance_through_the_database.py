"""The kit as any delivery: imported, checked in the database, scored. Every planted fault is found or refused."""

import datetime as dt
from pathlib import Path

import psycopg
import pytest

from landdb import pipeline
from landdb.conformance.answer_sheet import read_answers
from landdb.conformance.commune import SRID, make_fabric
from landdb.conformance.judged import as_said, to_sheet_places
from landdb.conformance.kit import COMMUNES, write_kit
from landdb.conformance.scoring import ToolFinding, score
from landdb.importers.delivery import ImportJob
from landdb.store import admin_units
from landdb.store.vault import Vault

PARCELS = 4_500
SEED = 3
#: The import itself says what is wrong with these, row by row, so that no rule has to.
REFUSED = {"unclosed_ring": "RING_NOT_CLOSED", "swapped_axes": "OUTSIDE_CRS"}
#: Rules on areas, numbers and papers judge a map of shapes alone too, but no fault of the kit is about them.
ABOUT_SHAPES = ("GEO", "COV", "ADM001", "ADM003")


def register_communes(conn: psycopg.Connection) -> dict[int, str]:
    """Enter the kit's communes and give their codes by id."""
    codes = {}
    for made in make_fabric(SEED, PARCELS, communes=COMMUNES):
        _, place = to_sheet_places(made)
        name = f"Mẫu {made.commune_code}"
        commune = admin_units.Commune(0, made.commune_code, name, "xã", "42", *place.lonlat, place.area_km2)
        admin_units.add_commune(conn, commune, valid_from=dt.date(2025, 7, 1))
        codes[admin_units.get_commune(conn, made.commune_code).commune_id] = made.commune_code
    return codes


def checked(conn: psycopg.Connection, codes: dict[int, str]) -> list[ToolFinding]:
    """Give the findings of all communes, those at a seam once."""
    found = []
    for commune_id, code in codes.items():
        findings = pipeline.check(conn, code).findings
        found += [f for f in findings if f.commune_id == commune_id and f.rule_id.startswith(ABOUT_SHAPES)]
    return [as_said(finding, codes, SRID) for finding in found]


@pytest.mark.db
@pytest.mark.slow
def test_the_kit_is_found_through_import_and_check(conn: psycopg.Connection, vault: Vault, tmp_path: Path) -> None:
    write_kit(tmp_path, parcels=PARCELS, seed=SEED)
    planted, _ = read_answers(tmp_path)
    codes = register_communes(conn)
    handover = pipeline.Handover(actor="tests")
    ingested = pipeline.ingest(conn, ImportJob(tmp_path / "fabric.gpkg", profile="generic"), vault, handover)
    reasons = {
        reason
        for (reason,) in conn.execute(
            "SELECT DISTINCT reason_code FROM staging.rejected_row WHERE batch_id = %s", [ingested.batch_id]
        )
    }
    assert reasons == set(REFUSED.values())
    scored = score(planted, checked(conn, codes))
    assert {fault.kind for fault, _ in scored.missed} <= set(REFUSED)
    assert {fault.kind for fault, _, _ in scored.misnamed} <= set(REFUSED)
    assert (scored.invented, scored.repeated) == ([], [])
