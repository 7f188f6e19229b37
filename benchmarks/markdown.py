"""Figures as Markdown."""

from typing import Any


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Give rows as a table, all but the first column to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def host(result: dict[str, Any]) -> str:
    """Give what figures were measured on where no database took part."""
    machine = result["machine"]
    return (
        f"{machine['measured_at'][:10]}, {machine['cores']} × {machine['processor']}, {machine['memory_gib']} GiB;"
        f" load average {machine['load_average']} before, {result['load_average_after']} after"
    )
