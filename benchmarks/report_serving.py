"""The figures of the API under load as text: promises, and the tables of benchmarks/README.md."""

from typing import Any

from benchmarks import measure
from benchmarks.markdown import table


def promises() -> list[str]:
    """Give what was promised of the API and what was measured, a line for each."""
    found = measure.read("serving")
    if found is None:
        return []
    lines = [
        f"{row['what']} at least {row['promised']:g} × {found['peer']} → {row['ratio']} ×"
        for row in found["rows"]
        if row["promised"] and row["ratio"]
    ]
    deep, harvest, export = found["deep"], found["harvest"], found["export"]
    return [
        *lines,
        f"a page at row 500,000 at most {deep['promised_at_most']:g} × the first → {deep['ratio']} ×",
        f"{harvest['features']:,} features by next links under {harvest['promised_s']:g} s → {harvest['seconds']} s",
        (
            f"{export['features']:,} features as GeoJSON text sequence under {export['promised_s']:g} s →"
            f" {export['seconds']} s, memory {export['memory_before_mib']} → {export['memory_peak_mib']} MiB"
        ),
    ]


def part(machine: str) -> str:
    """Give the figures as Markdown, nothing without a result; `machine` tells what they were measured on."""
    found = measure.read("serving")
    if found is None:
        return ""
    rows = [_row(row, found["peer"]) for row in found["rows"]]
    head = ("question", "÷ peer", "promised", "landdb, per s", "p50 ms", "p99 ms", "CPU ms", "DB ms", "bytes",
            "peer, per s", "CPU ms", "DB ms", "bytes")  # fmt: skip
    deep, harvest, export = found["deep"], found["harvest"], found["export"]
    told = [
        f"A page of 10 takes {deep['first_ms']} ms at the beginning and {deep['deep_ms']} ms at row 500,000.",
        f"All {harvest['features']:,} parcels by {harvest['pages']:,} next links: {harvest['seconds']} s; the last",
        f"tenth of the pages takes {harvest['last_tenth_to_first']} × the first.",
        f"All as one GeoJSON text sequence of {export['bytes'] / 2**20:,.0f} MiB: {export['seconds']} s, of which the",
        f"server computes {export['server_s']} and the database {export['database_s']}; the server holds",
        f"{export['memory_before_mib']} MiB before it and {export['memory_peak_mib']} MiB at most.",
    ]
    if found["peer"]:
        told.insert(1, f"{found['peer']} takes {deep['peer_first_ms']} and {deep['peer_deep_ms']} ms.")
    return f"### Serving\n\n{found['rounds']} rounds. {machine}.\n\n{table(head, rows)}\n\n{' '.join(told)}"


def _row(row: dict[str, Any], peer: str | None) -> tuple[Any, ...]:
    own, other = row["landdb"], row.get(peer or "") or {}
    names = ("per_s", "p50_ms", "p99_ms", "server_ms", "database_ms", "bytes")
    return (row["what"], row["ratio"], row["promised"], *(own[name] for name in names),
            *(other.get(name) for name in ("per_s", "server_ms", "database_ms", "bytes")))  # fmt: skip
