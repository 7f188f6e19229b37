"""The rules run again around a repair, in the same transaction."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg

from landdb.domain.finding import Finding
from landdb.errors import RepairRefused
from landdb.repairs.target import compare
from landdb.validators import rechecking
from landdb.validators.catalogue import Catalogue
from landdb.validators.runner import check_commune
from landdb.validators.statements import check_statements

#: Families that a change of polygons can concern; findings about people neither come nor go by it.
_CONCERNED: Final = ("GEO", "COV", "ADM", "ARE", "IDN")
#: Rules about sheets and boundaries look at a commune at once.
_OF_A_SHEET: Final = "REPROJECT_SHEET"


def recheck(
    conn: psycopg.Connection,
    commune_ids: Sequence[int],
    parcel_ids: Collection[int],
    catalogue: Catalogue,
    *,
    kinds: Collection[str],
) -> None:
    """Judge the changed parcels with their surroundings and store what follows; a whole sheet with its commune."""
    if _OF_A_SHEET in kinds:
        for commune_id in commune_ids:
            check_commune(conn, commune_id, rules=_CONCERNED, catalogue=catalogue)
    elif parcel_ids:
        rechecking.recheck(conn, parcel_ids, commune_ids)


@contextmanager
def opening_nothing(
    conn: psycopg.Connection,
    commune_id: int,
    parcel_ids: Sequence[int],
    declared: Collection[tuple[str, str]],
    catalogue: Catalogue,
) -> Iterator[None]:
    """Refuse what is done inside when the rules on stored parcels then find what they did not before.

    The array rules have looked at the neighbourhood already; these are the statements, about areas, sheet
    frames and codes. `declared` are (rule, subject) that the proposal said it would open.
    """
    before = _statements(conn, commune_id, parcel_ids, catalogue)
    yield
    after = _statements(conn, commune_id, parcel_ids, catalogue)
    _, opened = compare(before, after, by_place=False)
    surprising = [finding for finding in opened if (finding.rule_id, finding.subject) not in declared]
    if surprising:
        told = ", ".join(f"{finding.rule_id} {finding.subject}" for finding in surprising[:3])
        raise RepairRefused(
            "OPENS_FINDING", f"the check after it finds {told}", remedy="nothing was changed; look at the place"
        )


def _statements(
    conn: psycopg.Connection, commune_id: int, parcel_ids: Sequence[int], catalogue: Catalogue
) -> list[Finding]:
    rules = [catalogue[rule_id] for rule_id in catalogue.select() if rule_id[:3] in _CONCERNED]
    return check_statements(conn, [rule for rule in rules if rule.kind == "sql"], [commune_id], parcel_ids=parcel_ids)
