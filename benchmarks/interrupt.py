"""Interrupts runs at random moments, and tells how they ended and what they left behind.

    python benchmarks/interrupt.py --runs 100 --jobs 8 --ms 40

Each run judges a sandbox of its own, so many milliseconds away, and is sent SIGINT or SIGTERM, in turn, at some moment
between its first word and its last. Exits with 1 where one took long to end, left an order, or told of anything but an
interruption.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from distance import Far

from conformance.exits import Exit
from conformance.sandbox import Sandbox

DONE = (Exit.OK, False)
IN_TIME_S = 5  # container runtimes wait twice as long, by default, before they kill
HANGS_S = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, `after_s` behind its first word and `took_s` behind the signal. `results`: None without any."""

    code: int
    after_s: float
    took_s: float
    left: int
    results: dict[str, Any] | None

    @property
    def faults(self) -> list[str]:
        """What is wrong with it. Before it begins, and once it has ended, the signal itself may be its end."""
        found = [f"took {self.took_s:.1f} s"] if self.took_s > IN_TIME_S else []
        found += [f"left {self.left}"] if self.left else []
        told = self.results and (self.results["exit_code"], self.results["partial"])
        killed, done = self.code < 0 and told is None, self.code <= 0 and told == DONE
        if self.code != Exit.INTERRUPTED and not killed and not done:
            found.append(f"exit {self.code}")
        if told not in (DONE, (Exit.INTERRUPTED, True), None):
            found.append(f"results.json says exit and partial: {told}")
        return found


@contextmanager
def under_way(folder: Path, sandbox: Sandbox, jobs: int) -> Iterator[subprocess.Popen[str]]:
    """A run on this sandbox that has said its first word."""
    with sandbox.serve() as served:
        (folder / "profile.toml").write_text(served.profile_toml, encoding="utf-8")
        words = ["run", "--target", "profile.toml", "--report-dir", ".", "--jobs", str(jobs)]
        process = subprocess.Popen(  # noqa: S603 - this very suite
            [sys.executable, "-m", "conformance", *words],
            cwd=folder,
            env={**os.environ, "XDG_STATE_HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert process.stderr is not None
            process.stderr.readline()
            yield process


def interrupted(sent: signal.Signals | None, after_s: float, jobs: int, ms: int, lanes: int) -> Ended:
    """A run that is sent this signal; that is left alone where there is none."""
    sandbox = Far(ms / 1000, lanes=lanes)
    with TemporaryDirectory() as name, under_way(Path(name), sandbox, jobs) as process:
        started = time.monotonic()
        if sent is not None:
            time.sleep(after_s)
            process.send_signal(sent)
        signaled = time.monotonic()
        try:
            process.communicate(timeout=HANGS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        ended = time.monotonic()
        left = sum(order.live for orders in sandbox.exchange.orders.values() for order in orders.values())
        path = Path(name) / "results.json"
        results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return Ended(process.returncode, signaled - started, ended - signaled, left, results)


@click.command()
@click.option("--runs", type=click.IntRange(1), default=100, show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=8, show_default=True, help="As of a run.")
@click.option("--ms", type=click.IntRange(0), default=40, show_default=True, help="How far away the sandbox is.")
@click.option("--lanes", type=click.IntRange(1), default=1, show_default=True, help="How many it has.")
@click.option("--seed", type=int, default=0, show_default=True, help="The moments follow from it.")
def main(runs: int, jobs: int, ms: int, lanes: int, seed: int) -> None:
    """Interrupt so many runs."""
    # What a shell runs in the background has Ctrl-C ignored, and so would have the runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    whole_s = interrupted(None, 0, jobs, ms, lanes).took_s
    click.echo(f"a whole run takes {whole_s:.1f} s")
    found: list[Ended] = []
    for number in range(runs):
        sent = (signal.SIGINT, signal.SIGTERM)[number % 2]
        found.append(ended := interrupted(sent, rng.uniform(0, whole_s), jobs, ms, lanes))
        if ended.faults:
            click.echo(f"run {number}, {sent.name} after {ended.after_s:.3f} s: {', '.join(ended.faults)}")
    codes = ", ".join(f"{count} with {code}" for code, count in sorted(Counter(each.code for each in found).items()))
    click.echo(f"the slowest took {max(each.took_s for each in found):.1f} s to end")
    click.echo(f"ended within {IN_TIME_S} s: {sum(each.took_s <= IN_TIME_S for each in found)} of {runs}")
    click.echo(f"left an order: {sum(each.left > 0 for each in found)}")
    click.echo(f"exit codes: {codes}")
    sys.exit(any(each.faults for each in found))


if __name__ == "__main__":
    main()
