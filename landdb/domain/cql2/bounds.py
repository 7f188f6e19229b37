"""How large a filter may be: what anybody may make a server compute."""

from typing import Any, Final

from landdb.errors import InvalidValue

LONGEST_TEXT: Final = 8_000
DEEPEST: Final = 40
MOST_NODES: Final = 1_000
MOST_VERTICES: Final = 2_000
_COORDINATES: Final = "coordinates"


def check_bounds(tree: Any) -> None:
    """Raise InvalidValue when the tree is too deep or too large; it is walked without recursion."""
    waiting: list[tuple[Any, int, bool]] = [(tree, 0, False)]
    nodes = numbers = 0
    while waiting:
        node, depth, is_coordinate = waiting.pop()
        if depth > DEEPEST:
            raise InvalidValue("filter", "TOO_DEEP", remedy=f"at most {DEEPEST} levels")
        nodes, numbers = nodes + (not is_coordinate), numbers + (is_coordinate and not isinstance(node, list))
        if nodes > MOST_NODES:
            raise InvalidValue("filter", "TOO_LARGE", remedy=f"at most {MOST_NODES} parts")
        if numbers > 3 * MOST_VERTICES:
            raise InvalidValue("filter", "TOO_MANY_VERTICES", remedy=f"at most {MOST_VERTICES} vertices")
        if isinstance(node, dict):
            waiting += [(part, depth + 1, name == _COORDINATES) for name, part in node.items()]
        elif isinstance(node, list):
            waiting += [(part, depth + 1, is_coordinate) for part in node]
