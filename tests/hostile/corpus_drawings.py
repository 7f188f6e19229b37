"""Drawings that break off, refer to themselves, multiply, or cross themselves everywhere."""

from collections.abc import Iterable
from pathlib import Path

from hostile_files import EAST, NORTH, Corpus, Place, refused, rows, square

FILES = Corpus()
add = FILES.add
JOB = {"crs": 9208, "commune_code": "99009", "sheet_no": "12"}


def _line(layer: str, points: Iterable[Iterable[float]], *, closed: bool = True) -> str:
    pairs = [f"10\n{east}\n20\n{north}\n" for east, north in points]
    return f"0\nLWPOLYLINE\n8\n{layer}\n90\n{len(pairs)}\n70\n{int(closed)}\n{''.join(pairs)}"


def _text(words: str, layer: str = "SO_THUA") -> str:
    return f"0\nTEXT\n8\n{layer}\n10\n{EAST + 5}\n20\n{NORTH + 5}\n40\n1.0\n1\n{words}\n"


def _drawing(place: Place, *entities: str, blocks: str = "") -> Path:
    sections = f"0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n" if blocks else ""
    body = f"0\nSECTION\n2\nENTITIES\n{''.join(entities)}0\nENDSEC\n0\nEOF\n"
    return place.file("a.dxf", f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n0\nENDSEC\n{sections}{body}")


def _block(name: str, *entities: str) -> str:
    return f"0\nBLOCK\n8\n0\n2\n{name}\n70\n0\n10\n0\n20\n0\n{''.join(entities)}0\nENDBLK\n8\n0\n"


def _insert(name: str) -> str:
    return f"0\nINSERT\n8\nRANH_THUA\n2\n{name}\n10\n0\n20\n0\n"


HONEST = (_line("RANH_THUA", square()[:4]), _text("1"))


@add(rows(1), **JOB)
def drawing_honest(place: Place) -> Path:
    return _drawing(place, *HONEST)


@add(refused("FILE_CUT"), **JOB)
def drawing_cut(place: Place) -> Path:
    path = _drawing(place, *HONEST * 50)
    return place.file("a.dxf", path.read_bytes()[:-300])


@add(refused("UNREADABLE_DRAWING", "NO_BOUNDARIES"), **JOB)
def drawing_of_nothing(place: Place) -> Path:
    return _drawing(place)


@add(rows(1), **JOB)
def block_that_inserts_itself(place: Place) -> Path:
    return _drawing(place, *HONEST, _insert("A"), blocks=_block("A", _insert("B")) + _block("B", _insert("A")))


@add(refused("TOO_MANY_ENTITIES"), **JOB)
def blocks_that_multiply(place: Place) -> Path:
    """Ten blocks, each inserting the one before ten times: ten thousand million lines."""
    blocks = _block("B0", _line("X", square()[:4]))
    blocks += "".join(_block(f"B{n + 1}", *[_insert(f"B{n}")] * 10) for n in range(10))
    return _drawing(place, *HONEST, _insert("B10"), blocks=blocks)


@add(refused("TOO_MANY_ENTITIES"), **JOB)
def block_in_a_thousand_million_copies(place: Place) -> Path:
    copies = _insert("A") + "70\n32767\n71\n32767\n"
    blocks = _block("A", _line("X", square()[:4])) + _block("B", copies)
    return _drawing(place, *HONEST, _insert("B"), blocks=blocks)


@add(refused("TOO_MANY_ENTITIES", "TOO_MUCH_MEMORY"), slow=True, **JOB)
def entity_in_a_thousand_million_copies(place: Place) -> Path:
    copies = _insert("A") + "70\n32767\n71\n32767\n"
    return _drawing(place, *HONEST, copies, blocks=_block("A", _line("X", square()[:4])))


def _zigzag(count: int) -> list[list[float]]:
    return [[EAST + i * 1e-3, NORTH + (i % 2) * 100] for i in range(count)]


@add(refused("TOO_MUCH_MEMORY"), slow=True, **JOB)
def lines_that_all_cross(place: Place) -> Path:
    """Write 400 KB with nine million crossings, each the corner of four faces."""
    lines = [[(EAST + n, NORTH), (EAST + n, NORTH + 3000)] for n in range(3000)]
    lines += [[(EAST, NORTH + n), (EAST + 3000, NORTH + n)] for n in range(3000)]
    return _drawing(place, *HONEST, *(_line("RANH_THUA", line, closed=False) for line in lines))


@add(rows(1, NO_NUMBER_IN_POLYGON=1), **JOB)
def closed_zigzag_of_6000_vertices(place: Place) -> Path:
    return _drawing(place, *HONEST, _line("RANH_THUA", [*_zigzag(6000), [EAST + 3, NORTH - 50]]))


@add(rows(1, NO_NUMBER_IN_POLYGON=4), **JOB)
def bow_tie_across_a_line(place: Place) -> Path:
    tie = [square(3)[0], square(3)[2], square(3)[1], square(3)[3]]
    across = _line("RANH_THUA", [[EAST + 20, NORTH + 5], [EAST + 50, NORTH + 5]], closed=False)
    return _drawing(place, *HONEST, _line("RANH_THUA", tie), across)


@add(rows(NO_POLYGON_AROUND_NUMBER=1), **JOB)
def drawing_with_coordinates_of_noise(place: Place) -> Path:
    ring = "0\nLWPOLYLINE\n8\nRANH_THUA\n90\n4\n70\n1\n" + "10\nnan\n20\n1e999\n" * 4
    return _drawing(place, ring, _text("1"))


@add(refused("UNKNOWN_FORMAT", "UNREADABLE_DRAWING"), **JOB)
def zero_before_endless_lines(place: Place) -> Path:
    """Make whoever looks for the word SECTION after any number of blank lines look the square of their number."""
    return place.file("a.dxf", "0" + "\n" * 65_530 + "x")


@add(refused("NO_BOUNDARIES"), **JOB)
def layers_named_with_commands(place: Place) -> Path:
    return _drawing(place, *(_line(f"\x1b[2J{n}" + "x" * 200, square()[:4]) for n in range(2000)), _text("1"))


@add(rows(1), **JOB)
def text_of_escapes(place: Place) -> Path:
    words = "\\U+D800\\U+0000%%000\\M+1FFFF" + "{\\f" * 2000
    return _drawing(place, *HONEST, _text(words, "KHAC"), _text("\\U+0000\\U+D800", "DAT"))


@add(refused("DGN_V8"))
def dgn_v8(place: Place) -> Path:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return place.file("a.dgn", head + bytes(1000) + "Dgn~H".encode("utf-16-le") + bytes(5000))


@add(refused("FILE_CUT"))
def dgn_of_noise(place: Place) -> Path:
    return place.file("a.dgn", b"\x08\x09\xfe\x02" + bytes(range(256)) * 200)
