"""What a run takes of a target that is far away, by the number of connections and of lanes, beside its own limit.

    python benchmarks/distance.py --ms 0 --ms 40 --ms 120 --connections 1 --connections 8 --lanes 1 --lanes 2

The sandbox is served by a process of its own, which holds back each answer for so many milliseconds, and the first one
of each connection twice as long: a connection takes a round trip to make. Prints a Markdown table.
"""

import asyncio
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from starlette.types import ASGIApp, Receive, Scope, Send

from conformance.sandbox import Sandbox


class Far(Sandbox):
    """A sandbox so many seconds away, there and back."""

    def __init__(self, away_s: float, seed: int | None = None, lanes: int = 1) -> None:
        self.lanes = lanes
        super().__init__(seed)
        self._away_s = away_s
        self._connected: set[Any] = set()

    @property
    def app(self) -> ASGIApp:
        """What is served, late."""
        near = super().app

        async def far(scope: Scope, receive: Receive, send: Send) -> None:
            new = scope["client"] not in self._connected
            self._connected.add(scope["client"])
            await asyncio.sleep(self._away_s / 2 + new * self._away_s)

            async def send_late(message: Any) -> None:
                if message["type"] == "http.response.start":
                    await asyncio.sleep(self._away_s / 2)
                await send(message)

            await near(scope, receive, send_late)

        return far


def _serve(away_s: float, seed: int, lanes: int, profile: Path) -> None:
    Far(away_s, seed, lanes).serve_forever(
        0, lambda served: profile.write_text(served.profile_toml, encoding="utf-8") and None
    )


@contextmanager
def far(away_ms: int, seed: int, folder: Path, lanes: int = 1) -> Iterator[Path]:
    """The profile of a sandbox that is so far away, served while the context lasts."""
    profile = folder / "far.toml"
    profile.unlink(missing_ok=True)
    arguments = away_ms / 1000, seed, lanes, profile
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=arguments)
    process.start()
    try:
        while not profile.exists() or not profile.read_text(encoding="utf-8"):
            time.sleep(0.05)
        yield profile
    finally:
        process.terminate()
        process.join()


def judged(away_ms: int, connections: int, lanes: int, seed: int) -> str:
    """A row of the table: a run over so many connections and lanes."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with far(away_ms, seed, folder, lanes) as profile:
            words = ["--target", profile, "--seed", seed, "--jobs", connections, "--report-dir", folder, "--quiet"]
            code = subprocess.run(  # noqa: S603 - this very suite
                [sys.executable, "-m", "conformance", "run", *map(str, words)],
                env={**os.environ, "XDG_STATE_HOME": name},
                stdout=subprocess.DEVNULL,
                check=False,
            ).returncode
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    limit, total = results["limit"], results["requests"]["total"]
    told = f"{limit['limit_s']:.1f} ({limit['set_by']}, {limit['chain']}) | {limit['ratio']:.2f}"
    seconds = f"{results['duration_s']:.1f}"
    return f"| {away_ms} | {connections} | {lanes} | {seconds} | {told} | {total} | {results['verdict']}, exit {code} |"


_HEAD = "| ms away | connections | lanes | s | limit, s (set by, chain) | ratio | requests | verdict |"


@click.command()
@click.option("--ms", multiple=True, type=click.IntRange(0), default=(0, 40, 120), show_default=True)
@click.option("--connections", multiple=True, type=click.IntRange(1), default=(1, 4, 8), show_default=True)
@click.option("--lanes", multiple=True, type=click.IntRange(1, 4), default=(1,), show_default=True)
@click.option("--seed", default=0, show_default=True, help="Seed of the runs.")
def main(ms: tuple[int, ...], connections: tuple[int, ...], lanes: tuple[int, ...], seed: int) -> None:
    """Measure a run for each distance, each number of connections and each number of lanes."""
    click.echo(f"{_HEAD}\n|---|---|---|---|---|---|---|---|")
    for each in itertools.product(ms, connections, lanes):
        click.echo(judged(*each, seed))


if __name__ == "__main__":
    main()
