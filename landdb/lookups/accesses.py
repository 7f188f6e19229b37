"""What a citizen is told: which office looked, when, at what and why."""

from typing import Any

import psycopg

from landdb import codelists
from landdb.domain.purposes import purposes
from landdb.lookups.viewpoint import Page
from landdb.store import audit


async def list_accesses_about(
    conn: psycopg.AsyncConnection[Any], citizen_id_index: bytes, *, page: Page
) -> list[dict[str, Any]]:
    """Give who looked at a citizen, newest first: the office and never its clerk, what in words, why, by which law.

    What a lawful embargo covers appears when it ends. Reading one's own list is no access to another's data and
    leaves no record.
    """
    rows = await audit.accesses_about(conn, citizen_id_index, limit=page.limit, after=page.after)
    return [_told(row) for row in rows]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    action = next((one for one in codelists.load("access_question") if one["code"] == row["question"]), None)
    purpose = purposes().get(row["purpose"])
    return {
        "access_id": row["access_id"],
        "at": row["at"],
        "office": row["actor_org"],
        "role": row["actor_role"],
        "action": {
            "code": row["question"],
            "vi": action["label_vi"] if action else "Tra cứu thông tin cá nhân",
            "en": action["label_en"] if action else "asked about personal details",
        },
        "fields": row["fields"] or [],
        "purpose": {
            "code": purpose.code if purpose else None,
            "vi": purpose.label_vi if purpose else row["purpose"],
            "en": purpose.label_en if purpose else row["purpose"],
        },
        "case_ref": row["case_ref"],
        "legal_basis": row["legal_basis"],
    }
