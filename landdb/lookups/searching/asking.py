"""What every part of a search is given."""

from dataclasses import dataclass
from typing import Any, Final

from landdb.lookups.parcels import Connection
from landdb.lookups.searching.communes import NamedCommune
from landdb.store import lookups as store

#: Read through without a commune: a commune's own database, not a province's.
FEW_COMMUNES: Final = 5


@dataclass(frozen=True, slots=True)
class Search:
    """Where to search: the connection, the chosen commune, how many hits are listed, whose eyes see them."""

    conn: Connection
    here: NamedCommune | None
    limit: int
    is_staff: bool

    async def ask(self, question: str, **parameters: Any) -> list[dict[str, Any]]:
        """Give the rows that a statement finds."""
        return await store.ask_rows(self.conn, question, {"limit": self.limit, **parameters})
