"""Classes of faults that any tool can tell apart, and the rules that belong to each."""

from types import MappingProxyType
from typing import Final

#: A tool may answer with a rule id or, when it is less exact, with the class.
RULES_OF_CLASS: Final = MappingProxyType(
    {
        "invalid": frozenset({"GEO001", "GEO007"}),
        "degenerate": frozenset({"GEO002", "GEO006"}),
        "vertex": frozenset({"GEO003", "GEO008"}),
        "spike": frozenset({"GEO004"}),
        "multipart": frozenset({"GEO005"}),
        "touching": frozenset({"GEO009"}),
        "overlap": frozenset({"COV001", "COV002", "COV003", "COV008", "COV009", "COV013"}),
        "gap": frozenset({"COV004", "COV005", "COV007", "COV010", "COV012", "COV014"}),
        "mismatch": frozenset({"COV006", "COV011"}),
        # for tools that say that two polygons do not fit, but not how
        "coverage": frozenset(f"COV{number:03}" for number in range(1, 15)),
        "outside": frozenset({"ADM001"}),
        "misplaced": frozenset({"ADM003"}),
    }
)


def answers(said: str, rule_id: str) -> bool:
    """Tell whether a tool that says this rule or class means that rule."""
    return said == rule_id or rule_id in RULES_OF_CLASS.get(said, frozenset())


def is_known(said: str) -> bool:
    """Tell whether something is a class or the id of a rule that a class holds."""
    return said in RULES_OF_CLASS or any(said in rules for rules in RULES_OF_CLASS.values())
