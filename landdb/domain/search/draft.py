"""What has been seen of a text so far: numbers with and without a label, places, addresses."""

from dataclasses import dataclass, field

from landdb.domain.search.readings import Note


@dataclass(slots=True)
class Draft:
    """The pieces of one text, filled from left to right.

    `bare` holds numbers without a label, each with the sign before it (a space when there is none). `runs` are
    words without a label. `units` are places by level: commune, district, province.
    """

    sheet_no: str | None = None
    parcel_nos: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bare: list[tuple[str, str]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    commune_kind: str | None = None
    addresses: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    is_old: bool = False
    is_former: bool = False
    #: What stood last: a number or a place, for a "cũ" that follows it.
    last: str | None = None

    def note(self, code: Note) -> None:
        """Note once what was passed over."""
        if code not in self.notes:
            self.notes.append(code)

    def name_unit(self, level: str, name: str) -> None:
        """Keep the first place named at a level."""
        self.units.setdefault(level, name)
        self.last = "place"

    def mark_old(self) -> None:
        """Take "cũ" for what stood last: the place, else the numbers."""
        if self.last == "place":
            self.is_former = True
        else:
            self.is_old = True
