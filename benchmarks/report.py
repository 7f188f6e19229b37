"""The last figures as text: a summary to print, and the table in benchmarks/README.md.

``python -m benchmarks.report`` writes what benchmarks/results holds into the README, between its two marks.
"""

from typing import Any

from benchmarks import measure, report_coverage, report_serving
from benchmarks.import_speed import PROMISED
from benchmarks.lookups import LIMIT_MS, LISTS
from benchmarks.markdown import table
from benchmarks.outputs import LIMIT_S as OUTPUT_LIMIT_S

README = measure.FOLDER / "README.md"
IMPORT_COLUMNS = ("ogr2ogr_s", "process_s", "import_s", "ogr2ogr_cpu_s", "process_cpu_s")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def summary() -> str:
    """Give the promises and what was measured of each, a line for each."""
    lines = ["", "Promise → measured"]
    if found := measure.read("lookups"):
        single = [row for row in found["lookups"] if row["lookup"] not in LISTS]
        slowest = max(single, key=lambda row: row["statements_ms"])
        scanned = sorted({table for row in found["lookups"] for table in row["scanned"]})
        lines.append(
            f"single lookups under {LIMIT_MS:g} ms → slowest median {slowest['statements_ms']} ms"
            f" ({slowest['lookup']}, {slowest['at']}), tables read whole: {', '.join(scanned) or 'none'}"
        )
    if found := measure.read("import_speed"):
        lines.append(f"import at most {PROMISED:g} × ogr2ogr → {found['ratio_process']} ×")
    if found := measure.read("import_memory"):
        lines.append(f"memory, {found['ratio_parcels']:g} × the parcels → {found['ratio_peak']} ×")
    if found := measure.read("findings"):
        lines.append(
            f"{found['findings']:,} findings stored anew in {found['first_s']} s, an edit's in {found['edit_ms']} ms"
        )
    if found := measure.read("repairs"):
        lines.append(
            f"repairable faults closed by a repair that opens none → {found['closed']} of {found['repairable']}"
            f" ({found['rate']:.1%}), {found['beyond_accuracy_class']} beyond accuracy,"
            f" {found['beyond_legal_area']} beyond area limits"
        )
    if found := measure.read("outputs"):
        tested = next(row for row in found["figures"] if row["what"].startswith("scores, words"))
        worst = max(row["ratio_peak"] for row in found["files"])
        lines.append(
            f"{found['parcels']:,} parcels scored and grouped within {OUTPUT_LIMIT_S:g} s → {tested['best_s']} s,"
            f" {tested['processor_s']} s of processor; files of 28 times the findings → {worst} × the memory"
        )
    return "\n".join([*lines, *report_serving.promises(), *report_coverage.promises()])


def figures() -> str:
    """Give the figures as Markdown."""
    parts = [_lookups(measure.read("lookups")), _speed(measure.read("import_speed"))]
    parts.append(_memory(measure.read("import_memory")))
    parts.append(_findings(measure.read("findings")))
    parts.append(_repairs(measure.read("repairs")))
    parts.append(_outputs(measure.read("outputs")))
    if serving := measure.read("serving"):
        parts.append(report_serving.part(_machine(serving)))
    parts += report_coverage.parts()
    return "\n\n".join(part for part in parts if part)


def _machine(result: dict[str, Any]) -> str:
    machine = result["machine"]
    return (
        f"{machine['measured_at'][:10]}, {machine['cores']} × {machine['processor']}, {machine['memory_gib']} GiB,"
        f" PostgreSQL {machine['postgresql'].split()[0]}, PostGIS {machine['postgis']},"
        f" shared_buffers {machine['shared_buffers']}, fsync {machine['fsync']};"
        f" load average {machine['load_average']} before, {result['load_average_after']} after"
    )


def _lookups(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for row in result["lookups"]:
        by_name.setdefault(row["lookup"], {})[row["at"]] = row
    rows = [
        (
            name, now["statements_ms"], now["statements_p95_ms"], now["server_ms"], now["young_ms"],
            then["statements_ms"], then["statements_p95_ms"], then["server_ms"], then["young_ms"], now["peer_ms"],
        )
        for name, now, then in ((name, both["now"], both["as of"]) for name, both in by_name.items())
    ]  # fmt: skip
    head = ("lookup (ms)", "now", "p95", "server", "young", "as of", "p95", "server", "young", "geometry alone")
    count = f"{result['lookups'][0]['keys']} keys each, {result['parcels']:,} parcels"
    return f"### Lookups\n\n{count}. {_machine(result)}.\n\n{table(head, rows)}"


def _findings(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    names = ("bare_copy_s", "first_s", "again_s", "moved_s", "edit_ms", "edit_p95_ms")
    head = ("", "bare COPY, s", "first run, s", "unchanged, s", "all redrawn, s", "one edit, ms", "95 %, ms")
    row = (f"{result['findings']:,} in {result['communes']} communes", *(result[name] for name in names))
    return f"### Findings stored\n\n{_machine(result)}.\n\n{table(head, [row])}"


def _repairs(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    said = (
        f"{result['closed']} of {result['repairable']} repairable faults ({result['rate']:.1%}) on {result['seeds']}"
        f" fabrics of {result['parcels']:,} parcels are closed by {result['carried_out']} repairs; {result['opened']}"
        f" findings opened, {result['beyond_accuracy_class']} moves beyond the accuracy class,"
        f" {result['beyond_legal_area']} areas beyond their limit. A proposal takes"
        f" {result['solve_ms_median']:.0f} ms (95 %: {result['solve_ms_p95']:.0f})."
    )
    head = ("kind of fault", "size", "findings", "repairable", "closed", "for a survey", "no proposal")
    names = ("kind", "size", "findings", "repairable", "closed", "needs survey", "no proposal")
    rows = [tuple(row[name] for name in names) for row in result["kinds"]]
    return f"### Repairs\n\n{said}\n\n{table(head, rows)}"


def _outputs(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    figures = [(row["what"], row["best_s"], row["median_s"], row["processor_s"], f"{row['gave']:,}")
               for row in result["figures"]]  # fmt: skip
    files = [
        (row["form"], f"{row['findings']:,}", row["s"], round(row["bytes"] / 2**20, 1), row["peak_mib"],
         f"{row['few_findings']:,}", row["few_peak_mib"], row["ratio_peak"])
        for row in result["files"]
    ]  # fmt: skip
    head = ("figures", "best s", "median s", "processor s", "gave")
    file_head = ("file", "findings", "s", "MiB", "peak MiB", "findings", "peak MiB", "peak ÷ peak")
    told = f"{result['parcels']:,} parcels. {_machine(result)}."
    return f"### Outputs\n\n{told}\n\n{table(head, figures)}\n\n{table(file_head, files)}"


def _speed(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    rows: list[tuple[Any, ...]] = [
        (number, *(one[name] for name in IMPORT_COLUMNS), one["load"])
        for number, one in enumerate(result["rounds"], start=1)
    ]
    rows.append(("median", *(result[name] for name in IMPORT_COLUMNS), ""))
    ratios = (1, result["ratio_process"], result["ratio_import"], 1, result["ratio_cpu"])
    rows.append(("÷ ogr2ogr, median", *ratios, ""))
    told = f"{result['parcels']:,} parcels, {result['peer']}. {_machine(result)}."
    head = ("round (s)", "ogr2ogr", "landdb", "without Python's start", "ogr2ogr, CPU", "landdb, CPU", "load average")
    return f"### Import\n\n{told}\n\n{table(head, rows)}"


def _memory(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    names = ("parcels", "file_mb", "peak_mib", "importing_process_mib", "reading_child_mib")
    rows = [tuple(f"{one[name]:,}" for name in names) for one in result["imports"]]
    told = f"{result['ratio_parcels']:g} times the parcels take {result['ratio_peak']} times the memory."
    head = ("parcels", "file, MB", "peak together, MiB", "importing process", "reading child")
    return f"### Memory of an import\n\n{told} {_machine(result)}.\n\n{table(head, rows)}"


def main() -> None:
    """Write the figures into the README."""
    text = README.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{figures()}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
