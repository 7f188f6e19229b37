"""The record of access, sealed so that no edit, deletion or insertion stays unseen, and verified by anybody.

Each minute what was recorded becomes leaves of a Merkle tree (RFC 6962) whose root is signed with a key that the
database never sees (`sealing`). The signed roots and the leaves also go to a file outside the database (`witness`).
`verification` compares the records with them and names each that is not as it was sealed; `proving` gives a proof
for one record that needs nothing but the public key.
"""

from landdb.auditing.key import AuditKey, audit_key_file
from landdb.auditing.proving import check_proof, prove
from landdb.auditing.sealing import Sealed, keep_sealed, seal_round
from landdb.auditing.verification import Fault, Verified, verify
from landdb.auditing.witness import Witness, witness_file

__all__ = [
    "AuditKey",
    "Fault",
    "Sealed",
    "Verified",
    "Witness",
    "audit_key_file",
    "check_proof",
    "keep_sealed",
    "prove",
    "seal_round",
    "verify",
    "witness_file",
]
