"""The figures of the coverage check and of its accuracy, as promises and as Markdown."""

from typing import Any

from benchmarks import measure
from benchmarks.coverage_fabrics import VARIANTS
from benchmarks.markdown import host, table

#: What the coverage check may take of GEOS's time and of PostGIS's, and how much a variant may slow it.
PROMISED_GEOS, PROMISED_POSTGIS, PROMISED_VARIANT = 0.45, 0.1, 2.0
_WORDS = {
    "plain": "as it is",
    "giant_road": "all roads one polygon",
    "long_road": "the roads of some communes one polygon",
    "t_dropped": "half of the T-junctions' vertices dropped",
}
ACCURACY = (5_000, 50_000)


def promises() -> list[str]:
    """Give what was promised and what was measured, a line for each."""
    judged = [found for found in (measure.read(f"accuracy_{parcels}") for parcels in ACCURACY) if found]
    lines = [
        f"every planted fault found, none invented, {found['parcels']:,} parcels, {len(found['seeds'])} seeds"
        f" → {found['findings_expected']:,} expected: missed {found['missed']}, misnamed {found['misnamed']},"
        f" invented {found['invented'] + found['invented_on_clean']}"
        for found in judged
    ]
    if found := measure.read("coverage_speed"):
        times = [found[variant]["landdb"]["cpu_s"] for variant in VARIANTS if variant in found]
        slowest = max(times) / found["plain"]["landdb"]["cpu_s"]
        lines.append(
            f"coverage check at most {PROMISED_GEOS} × GEOS, {PROMISED_POSTGIS} × PostGIS; variants below"
            f" {PROMISED_VARIANT:g} × → {found['plain']['ratio_cpu']} ×, {found.get('ratio_postgis', '–')} ×;"
            f" {slowest:.2f} ×"
        )
    if found := measure.read("coverage_scale"):
        lines.append(
            f"{found['ratio_parcels']} × the parcels at most 11 × the time, no more memory"
            f" → {found['ratio_cpu']} ×, {found['ratio_peak']} ×"
        )
    if found := measure.read("sweep_coverage"):
        lines.append(
            f"from PostGIS to stored findings on two workers at most {PROMISED_GEOS} × GEOS → {found['ratio_wall']} ×"
            f" ({found['wall_s']} s, {found['peak_mib']} MiB)"
        )
    if found := measure.read("sweep_all"):
        lines.append(f"the whole catalogue under 60 s → {found['wall_s']} s, {found['peak_mib']} MiB")
    if found := measure.read("rechecking"):
        lines.append(f"an edited parcel judged under 5 ms → median {found['array_rules_ms']['median']} ms")
    if found := measure.read("rechecking_equal"):
        lines.append(f"{found['edits']:,} random edits equal to whole runs → {found['differences']} differences")
    return lines


def parts() -> list[str]:
    """Give the sections for the README; empty where nothing was measured."""
    accuracy = [found for found in (measure.read(f"accuracy_{parcels}") for parcels in ACCURACY) if found]
    return [
        _accuracy(accuracy),
        _speed(measure.read("coverage_speed")),
        _scale(measure.read("coverage_scale")),
        _judged(),
    ]


def _accuracy(found: list[dict[str, Any]]) -> str:
    if not found:
        return ""
    names = ("faults", "findings_expected", "missed", "misnamed", "invented", "invented_on_clean")
    rows = [
        (f"{one['parcels']:,} × {len(one['seeds'])}", len({kind["kind"] for kind in one["kinds"]}),
         *(f"{one[name]:,}" for name in names))
        for one in found
    ]  # fmt: skip
    head = (
        "parcels × seeds",
        "kinds",
        "faults",
        "findings expected",
        "missed",
        "misnamed",
        "invented",
        "on clean ground",
    )
    return f"### Accuracy\n\n{table(head, rows)}"


def _speed(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    plain = result["plain"]
    rows: list[tuple[Any, ...]] = [("GEOS", "as it is", plain["geos"]["cpu_s"], plain["geos"]["wall_s"], 1)]
    for variant in (name for name in VARIANTS if name in result):
        times = result[variant]["landdb"]
        ratio = round(times["cpu_s"] / plain["geos"]["cpu_s"], 2)
        rows.append(("landdb", _WORDS[variant], times["cpu_s"], times["wall_s"], ratio))
    if "postgis" in result:
        peer = result["postgis"]
        scale = plain["parcels"] / peer["parcels"]
        told = "ST_Relate" if scale == 1 else f"ST_Relate, measured at {peer['parcels']:,}, scaled"
        ratio = round(peer["cpu_s"] * scale / plain["geos"]["cpu_s"], 2)
        rows.append(("PostGIS", told, round(peer["cpu_s"] * scale, 1), round(peer["wall_s"] * scale, 1), ratio))
    latency = result["latency"]
    roads = [result[name]["largest_polygon_vertices"] for name in ("giant_road", "long_road") if name in result]
    road = f"; the one road has {' or '.join(f'{vertices:,}' for vertices in roads)}" if roads else ""
    told = (
        f"{plain['parcels']:,} parcels, {plain['vertices']:,} vertices with roads and water{road}."
        f" One commune of {latency['parcels']:,} parcels:"
        f" {latency['cpu_s']} s. {host(result)}."
    )
    return f"### Coverage check\n\n{told}\n\n{table(('check', 'ground', 'CPU s', 'wall s', '÷ GEOS'), rows)}"


def _scale(result: dict[str, Any] | None) -> str:
    if result is None:
        return ""
    rows = [(f"{one['parcels']:,}", one["communes"], one["cpu_s"], one["peak_mib"]) for one in result["runs"]]
    told = f"{result['ratio_parcels']} times the parcels take {result['ratio_cpu']} times the time. {host(result)}."
    columns = ("parcels", "communes", "CPU s", "peak MiB")
    return f"### Coverage check, ten times the ground\n\n{told}\n\n{table(columns, rows)}"


def _judged() -> str:
    """Give what it takes to judge a province from the database, and one edited parcel in it."""
    lines = []
    for name, what in (("sweep_coverage", "coverage rules"), ("sweep_all", "the whole catalogue")):
        if found := measure.read(name):
            lines.append((what, found["wall_s"], found["cpu_s"], found.get("geos_wall_s"), found["peak_mib"]))
    told = (
        table(("781,000 parcels, two workers", "wall s", "CPU s", "GEOS, wall s", "peak MiB"), lines) if lines else ""
    )
    if edits := measure.read("rechecking"):
        rows = [
            (what, *edits[name].values())
            for what, name in (("array rules", "array_rules_ms"), ("all rules, stored", "recheck_ms"))
        ]
        told += "\n\n" + table(("one edited parcel, ms", "median", "95 %", "least"), rows)
    return f"### A province judged, and an edit\n\n{told}" if told else ""
