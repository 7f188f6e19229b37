"""From what somebody typed into the search box to what it can mean."""

from landdb.domain.legacy_text import undecoded
from landdb.domain.search import combining, links, papers, places
from landdb.domain.search.readings import GridReading, Reading, Refused, Understanding
from landdb.domain.search.scanning import scan
from landdb.domain.search.tokens import MOST_CHARACTERS, clean


def understand(text: str) -> Understanding:
    """Give the readings of a text, surest forms first; never raises, and never guesses between two.

    Names and numbers of people are refused: they are searched elsewhere, with a reason. Takes a time that grows
    with the length of the text, which is limited.
    """
    if len(text) > MOST_CHARACTERS:
        return Understanding(refused="TOO_LONG")
    spelled = clean(text)
    if not spelled:
        return Understanding(refused="EMPTY")
    key = _key(spelled)
    if isinstance(key, Understanding):
        return key
    if undecoded(spelled) is not None:
        return Understanding(refused="LEGACY_FONT")
    kept, notes = papers.without_personal_numbers(spelled)
    draft = scan(kept)
    draft.notes.extend(notes)
    return combining.understanding(draft)


def _key(text: str) -> Understanding | None:
    """Give what the text is as a whole: a link, a place, a key from a paper, or a number that is not searched."""
    if (link := links.link_in(text)) is not None:
        return _of(link)
    if (place := places.coordinates_in(text)) is not None:
        return _of(_with_commune(place, text))
    if refused := papers.refused_number(text):
        return Understanding(refused=refused)
    readings = papers.paper_in(text)
    return Understanding(readings) if readings else None


def _with_commune(found: Reading | Refused, text: str) -> Reading | Refused:
    """Give the place with the commune that stands beside its coordinates: it tells the zone."""
    if not isinstance(found, GridReading) or found.srid is not None:
        return found
    beside = combining.understanding(scan(places.without_coordinates(text)))
    place = getattr(beside.readings[0], "place", None) if beside.readings else None
    return GridReading(found.northing_m, found.easting_m, found.srid, place, found.points)


def _of(found: Reading | Refused) -> Understanding:
    return Understanding(refused=found) if isinstance(found, str) else Understanding((found,))
