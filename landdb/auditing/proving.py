"""A proof for one record: that it stands under a signed root. Whoever checks it needs the public key alone."""

import base64
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from landdb.domain.checkpoint import Checkpoint, public_text
from landdb.domain.merkle import inclusion_path, leaf_hash, root_by_path
from landdb.errors import Conflict, NotFound
from landdb.store import seals


def prove(conn: psycopg.Connection, key: Ed25519PublicKey, access_id: int) -> dict[str, Any]:
    """Give the proof of a record under the newest seal, as JSON holds it; raises NotFound or Conflict (NOT_SEALED)."""
    line = seals.find_line(conn, access_id)
    if line is None:
        raise NotFound(f"there is no record {access_id}")
    leaves = [leaf for part in seals.all_leaves(conn) for leaf in part]
    place = next((at for at, leaf in enumerate(leaves) if leaf.access_id == access_id), None)
    notes = seals.seals_after(conn, 0)
    if place is None or not notes:
        raise Conflict(
            "NOT_SEALED", f"record {access_id} is not sealed yet", remedy="wait a minute, or landdb audit seal"
        )
    path = inclusion_path([leaf.leaf_hash for leaf in leaves], place)
    return {
        "record": line.decode("utf-8"),
        "leaf_index": place,
        "path": [base64.b64encode(step).decode() for step in path],
        "checkpoint": notes[-1][1],
        "public_key": public_text(key),
    }


def check_proof(proof: dict[str, Any], key: Ed25519PublicKey) -> Checkpoint | None:
    """Give the signed root that the record of a proof stands under, None when it does not stand there."""
    try:
        path = [base64.b64decode(step, validate=True) for step in proof["path"]]
        line, index, note = str(proof["record"]).encode(), int(proof["leaf_index"]), str(proof["checkpoint"])
    except (KeyError, TypeError, ValueError):
        return None
    signed = Checkpoint.opened(note, key)
    if signed is None or root_by_path(leaf_hash(line), index, signed.tree_size, path) != signed.root:
        return None
    return signed
