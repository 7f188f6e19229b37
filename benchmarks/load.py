"""Load on a server: wrk asks a list of paths over a few connections, and says how many were answered, and how fast."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 8
#: One thread: the generator must not take the cores of what it measures.
_SCRIPT = """
local paths = {}
for line in io.lines(os.getenv("LOAD_PATHS")) do paths[#paths + 1] = line end
local asked, once = 0, os.getenv("LOAD_ONCE") == "1"
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long us; } moment; int gettimeofday(moment *, void *);")
local now = ffi.new("moment")
local function now_us()
    ffi.C.gettimeofday(now, nil)
    return tonumber(now.s) * 1e6 + tonumber(now.us)
end
local running
setup = function(thread) running = thread end
request = function()
    begun_us = begun_us or now_us()
    if once and asked >= #paths then
        ended_us = now_us()
        wrk.thread:stop()
    end
    asked = asked + 1
    return wrk.format("GET", paths[(asked - 1) % #paths + 1])
end
done = function(summary, latency)
    local errors = summary.errors
    local ended_us = running:get("ended_us")
    -- A thread that has asked all there is stops, but wrk itself sleeps to the end of its time.
    local spent_us = ended_us and ended_us - running:get("begun_us") or summary.duration
    local told = '\\n{"answers": %d, "seconds": %f, "bytes": %d, "p50_ms": %f, "p99_ms": %f, "faults": %d}\\n'
    io.write(string.format(told, summary.requests, spent_us / 1e6, summary.bytes,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a server did under load. `faults` are answers of 400 or more, and broken connections."""

    answers: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    faults: int

    @property
    def per_s(self) -> float:
        """Give the answers in a second; one that gave none in time counts as having given one."""
        return max(1, self.answers) / self.seconds


def load(
    base: str,
    paths: Sequence[str],
    *,
    seconds: float,
    headers: Mapping[str, str],
    once: bool = False,
    connections: int = CONNECTIONS,
) -> Loaded:
    """Ask these paths in turn for so many seconds; with `once` at most until all were asked.

    Raises RuntimeError without wrk (apt-get install wrk).
    """
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        script, listed = Path(name) / "load.lua", Path(name) / "paths"
        script.write_text(_SCRIPT, "utf-8")
        listed.write_text("\n".join(paths) + "\n", "utf-8")
        given = [part for header, value in headers.items() for part in ("-H", f"{header}: {value}")]
        command = [program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "60s", *given]
        environment = {**os.environ, "LOAD_PATHS": str(listed), "LOAD_ONCE": "1" if once else "0"}
        ran = subprocess.run(
            [*command, "-s", str(script), base], env=environment, check=True, capture_output=True, text=True
        )
    return Loaded(**json.loads(ran.stdout.strip().splitlines()[-1]))
