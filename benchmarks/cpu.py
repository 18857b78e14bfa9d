"""Where the CPU time of a run goes, room by room.

    python benchmarks/cpu.py --seed 0

Judges the embedded sandbox as `p99-conformance run` does. Meanwhile a thread looks a few hundred times a second at what
each other thread does, and asks Linux how much CPU time that thread has used since. Prints a Markdown table.
"""

import contextlib
import json
import os
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

_EVERY_S = 0.002
_SWITCH_S = 0.00001  # else a thread that works without pause is seen only where it waits for something

_LEAST = 0.005  # a smaller share is not told by itself

# The innermost frame that one of these matches names the room. What no frame matches is told as "other".
_ROOMS = (
    (re.compile(r"/conformance/(\w+)"), None),
    (re.compile(r"/(uvicorn|starlette|asyncio|httptools|anyio)/"), "sandbox"),
    (re.compile(r"/(requests|urllib3)/"), "requests, urllib3"),
    (re.compile(r"/tenacity/"), "wire"),
    (re.compile(r"/(hypothesis|schemathesis)/"), "hypothesis, schemathesis"),
    (re.compile(r"/(_pytest|pluggy)/"), "pytest"),
)
_IMPORTING = "<frozen importlib._bootstrap>"


class Sampler:
    """Counts the CPU nanoseconds of all other threads, by room."""

    def __init__(self) -> None:
        self.ns: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Sampler":
        sys.setswitchinterval(_SWITCH_S)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        used: dict[int, int] = {}
        while not self._stop.wait(_EVERY_S):
            threads = {thread.ident: thread.native_id for thread in threading.enumerate()}
            rooms = {
                native: _room(frame)
                for ident, frame in sys._current_frames().items()
                if (native := threads.get(ident)) is not None and ident != threading.get_ident()
            }
            for native, room in rooms.items():
                now = _cpu_ns(native)
                self.ns[room] += max(0, now - used.get(native, 0))
                used[native] = now


def _cpu_ns(thread: int) -> int:
    try:
        return int(Path(f"/proc/self/task/{thread}/schedstat").read_text().split()[0])
    except OSError:  # it has just ended
        return 0


def _room(frame: FrameType) -> str:
    files = list(_files(frame))
    if _IMPORTING in files:
        return "imports"
    for file in files:
        for pattern, name in _ROOMS:
            if found := pattern.search(file):
                return name or found[1]
    return "other"


def _files(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back


def main() -> None:
    """Run, and print the table."""
    with TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        with Sampler() as sampler:
            from conformance.cli.run import run  # here, since the imports are a part of it

            with contextlib.suppress(SystemExit):
                run.main([*sys.argv[1:], "--quiet", "--report-dir", folder], standalone_mode=False)
        requests = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))["requests"]["total"]
    table(sampler.ns, requests)


def table(ns: Counter[str], requests: int) -> None:
    """Print the rooms, the one that takes most first."""
    total = ns.total()
    rooms = [each for each in ns.most_common() if each[1] >= _LEAST * total]
    rest = total - sum(each for _, each in rooms)
    lines = ["| room | CPU s | share | ms a request |", "|---|---|---|---|"]
    lines += [
        f"| {room} | {each / 1e9:.2f} | {each / total:.0%} | {each / 1e6 / requests:.2f} |"
        for room, each in [*rooms, ("the rest", rest), ("all", total)]
    ]
    sys.stdout.write("\n".join([*lines, f"\n{requests} requests"]) + "\n")


if __name__ == "__main__":
    main()
