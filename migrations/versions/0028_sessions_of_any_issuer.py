"""Sessions are keyed by issuer and subject, so that people of an identity provider have them too.

Revision: 0028, after 0027, made 2026-11-26.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_BEFORE = "Assertions that clients have shown; each counts once"
_AFTER = "Assertions that clients have shown, sign-ins that came back from a provider; each counts once"
_KEYED = """
UPDATE access.session AS s SET issuer = 'urn:landdb:local', subject = 'account:' || a.name
FROM access.account AS a WHERE s.account_id = a.account_id
"""


def upgrade() -> None:
    op.add_column("session", sa.Column("issuer", sa.Text), schema="access")
    op.add_column("session", sa.Column("subject", sa.Text), schema="access")
    op.add_column(
        "session",
        sa.Column("citizen_id_index", sa.LargeBinary, comment="blind index of the citizen whom the issuer identified"),
        schema="access",
    )
    op.execute(_KEYED)
    op.alter_column("session", "issuer", nullable=False, schema="access")
    op.alter_column("session", "subject", nullable=False, schema="access")
    op.alter_column(
        "session", "account_id", nullable=True, comment="when the subject is an account of ours", schema="access"
    )
    op.create_table_comment("used_assertion", _AFTER, existing_comment=_BEFORE, schema="access")


def downgrade() -> None:
    op.create_table_comment("used_assertion", _BEFORE, existing_comment=_AFTER, schema="access")
    op.execute("DELETE FROM access.session WHERE account_id IS NULL")
    op.alter_column("session", "account_id", nullable=False, comment=None, schema="access")
    for name in ("citizen_id_index", "subject", "issuer"):
        op.drop_column("session", name, schema="access")
