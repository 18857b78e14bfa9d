"""What the benchmarks start: a sandbox, and a run, each as a process of its own whose CPU time and memory are told."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Ran(NamedTuple):
    """A run that has ended: its exit code, CPU and clock seconds, the most memory that it held, and results.json."""

    code: int
    cpu_s: float
    wall_s: float
    memory_mb: float
    results: dict[str, Any]


@contextlib.contextmanager
def sandbox(seed: int, folder: Path, *words: str) -> Iterator[Path]:
    """Serve a sandbox, with these words of the command; yields its profile, a file in this folder."""
    profile = folder / "sandbox.toml"
    profile.unlink(missing_ok=True)
    process = started("sandbox", "--profile-out", str(profile), "--seed", str(seed), *words)
    try:
        while not profile.exists() or not profile.read_text(encoding="utf-8"):
            if process.poll() is not None:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.05)
        yield profile
    finally:
        process.terminate()
        process.wait()


def run(folder: Path, *words: str) -> Ran:
    """`p99-conformance run` with these words, and its reports in this folder."""
    began = time.monotonic()
    process = started("run", "--quiet", "--report-dir", str(folder), *words)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.monotonic() - began
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    memory_mb = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Ran(process.returncode, used.ru_utime + used.ru_stime, wall_s, memory_mb, results)


def started(*words: str) -> subprocess.Popen[bytes]:
    """`p99-conformance` with these words, under way."""
    return subprocess.Popen([sys.executable, "-m", "conformance", *words], stdout=subprocess.DEVNULL)  # noqa: S603
