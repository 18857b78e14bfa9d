"""How long a run takes to its first request, how much memory it holds at most, and what commands cost that only tell.

    python benchmarks/start.py

The first request goes to a socket that only listens: once it connects, Linux is asked how much CPU time the run has
used. Then whole runs judge a sandbox, in a process of its own and embedded in the run. Commands that only tell
something are held against Python with click and rich alone, in turn, the best of five each. Prints a Markdown table.
"""

import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from processes import run, sandbox, started

BARE = ["-c", "import click, rich.console"]
TELLING = (["--help"], ["requirements"], ["explain", "list.limit-max"])


@click.command()
@click.option("--seed", default=0, show_default=True, help="Seed of the runs.")
def main(seed: int) -> None:
    """Measure both, and print them."""
    with TemporaryDirectory() as name:
        os.environ["XDG_STATE_HOME"] = name
        folder = Path(name)
        cpu_s, wall_s = first_request(folder)
        with sandbox(seed, folder) as profile:
            apart = run(folder, "--target", str(profile), "--seed", str(seed))
        embedded = run(folder, "--seed", str(seed))
    click.echo(
        "| | |\n|---|---|\n"
        f"| CPU time to the first request | {cpu_s:.2f} s |\n"
        f"| time by the clock to the first request | {wall_s:.2f} s |\n"
        f"| memory at most | {apart.memory_mb:.0f} MB |\n"
        f"| memory at most, with the embedded sandbox | {embedded.memory_mb:.0f} MB |"
    )
    bare_s, *telling = cpu_of([BARE, *(["-m", "conformance", *words] for words in TELLING)])
    for words, took_s in zip(TELLING, telling, strict=True):
        times = took_s / bare_s
        click.echo(f"| CPU time of `{' '.join(words)}` | {took_s:.2f} s, {times:.1f} times click and rich alone |")


def cpu_of(commands: list[list[str]], times: int = 5) -> list[float]:
    """The least CPU seconds that each of these commands of Python took; they run in turn."""
    least = [float("inf")] * len(commands)
    for _ in range(times):
        for number, words in enumerate(commands):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *words], capture_output=True, check=True)  # noqa: S603 - our own words
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            least[number] = min(least[number], took_s)
    return least


def first_request(folder: Path) -> tuple[float, float]:
    """CPU seconds, and seconds by the clock, from the start of a run to its first request."""
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        os.environ["P99_JWT"] = "a-token"
        process = started("run", "-q", "--report-dir", str(folder), "--target", f"http://127.0.0.1:{port}/api/v1")
        try:
            listening.accept()
            used = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            return sum(map(int, used[11:13])) / os.sysconf("SC_CLK_TCK"), time.monotonic() - began
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
