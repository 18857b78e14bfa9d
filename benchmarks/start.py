"""How long a run takes to its first request, and how much memory it holds at most.

    python benchmarks/start.py

The first request goes to a socket that only listens: once it connects, Linux is asked how much CPU time the run has
used. Then whole runs judge a sandbox, in a process of its own and embedded in the run. Prints a Markdown table.
"""

import os
import socket
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from processes import run, sandbox, started


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
