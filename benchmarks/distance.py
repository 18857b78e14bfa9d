"""What a run takes of a target that is far away, by the number of connections.

    python benchmarks/distance.py --ms 0 --ms 40 --ms 120 --connections 1 --connections 8

The sandbox is served by a process of its own, which holds back each answer for so many milliseconds, and the first one
of each connection twice as long: a connection takes a round trip to make. Prints a Markdown table.
"""

import asyncio
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

    def __init__(self, away_s: float, seed: int | None = None) -> None:
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


def _serve(away_s: float, seed: int, profile: Path) -> None:
    Far(away_s, seed).serve_forever(
        0, lambda served: profile.write_text(served.profile_toml, encoding="utf-8") and None
    )


@contextmanager
def far(away_ms: int, seed: int, folder: Path) -> Iterator[Path]:
    """The profile of a sandbox that is so far away, served while the context lasts."""
    profile = folder / "far.toml"
    profile.unlink(missing_ok=True)
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(away_ms / 1000, seed, profile))
    process.start()
    try:
        while not profile.exists() or not profile.read_text(encoding="utf-8"):
            time.sleep(0.05)
        yield profile
    finally:
        process.terminate()
        process.join()


def judged(away_ms: int, connections: int, seed: int) -> str:
    """A row of the table: a run over so many connections."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with far(away_ms, seed, folder) as profile:
            words = ["--target", profile, "--seed", seed, "--jobs", connections, "--report-dir", folder, "--quiet"]
            started = time.monotonic()
            code = subprocess.run(  # noqa: S603 - this very suite
                [sys.executable, "-m", "conformance", "run", *map(str, words)],
                env={**os.environ, "XDG_STATE_HOME": name},
                stdout=subprocess.DEVNULL,
                check=False,
            ).returncode
            wall_s = time.monotonic() - started
        results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    told, requests = results["verdict"], results["requests"]["total"]
    return (
        f"| {away_ms} | {connections} | {results['duration_s']:.1f} | {wall_s:.1f} | {requests} | {told}, exit {code} |"
    )


@click.command()
@click.option("--ms", multiple=True, type=click.IntRange(0), default=(0, 40, 120), show_default=True)
@click.option("--connections", multiple=True, type=click.IntRange(1), default=(1, 4, 8), show_default=True)
@click.option("--seed", default=0, show_default=True, help="Seed of the runs.")
def main(ms: tuple[int, ...], connections: tuple[int, ...], seed: int) -> None:
    """Measure a run for each distance and each number of connections."""
    click.echo("| ms away | connections | s | s with its start | requests | verdict |\n|---|---|---|---|---|---|")
    for away_ms in ms:
        for count in connections:
            click.echo(judged(away_ms, count, seed))


if __name__ == "__main__":
    main()
