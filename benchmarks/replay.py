"""What a run costs beside a bare replay of its own requests.

    python benchmarks/replay.py --seed 0

Judges a sandbox that is served by a process of its own, and keeps each request that is sent. Then sends the same
requests again, in the same order and over as many connections, by plain sessions of `requests` that judge nothing, to
another sandbox of the same seed. Prints the CPU time of both, and of the two sandboxes, as a Markdown table.
"""

import contextlib
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident
from typing import Any, NamedTuple
from unittest import mock

import click
import requests
from processes import sandbox

from conformance.cli.run import run
from conformance.profile import loader
from conformance.wire.client import Call, Client


class Sent(NamedTuple):
    """A request, and the thread that sent it: each thread has a connection of its own."""

    call: Call
    thread: int


class Used(NamedTuple):
    """What was used: CPU seconds here and in the sandbox, and seconds by the clock."""

    here_s: float
    sandbox_s: float
    wall_s: float


@click.command()
@click.option("--seed", default=0, show_default=True, help="Seed of the run.")
def main(seed: int) -> None:
    """Measure a run and its replay, and print both."""
    with TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        started_s = time.process_time()  # the imports
        sent: list[Sent] = []
        with _sandbox(seed, folder) as (profile, used), _kept(sent), contextlib.suppress(SystemExit):
            words = ["--target", str(profile), "--seed", str(seed), "--report-dir", folder, "--quiet"]
            run.main(words, standalone_mode=False)
        judged = used[0]._replace(here_s=used[0].here_s + started_s)
        with _sandbox(seed, folder) as (profile, used):
            _replay(sent, loader.load(profile).target.base_url)
        _table(len(sent), {"run": judged, "replay": used[0]})


@contextlib.contextmanager
def _sandbox(seed: int, folder: str) -> Iterator[tuple[Path, list[Used]]]:
    """A sandbox in a process of its own: its profile, and at the end what was used meanwhile."""
    used: list[Used] = []
    before_s = _children_s()
    with sandbox(seed, Path(folder)) as profile:
        cpu_s, wall_s = time.process_time(), time.monotonic()
        yield profile, used
        cpu_s, wall_s = time.process_time() - cpu_s, time.monotonic() - wall_s
    used.append(Used(cpu_s, _children_s() - before_s, wall_s))


def _children_s() -> float:
    """The CPU time of the processes that were started here and have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


@contextlib.contextmanager
def _kept(sent: list[Sent]) -> Iterator[None]:
    """Inside, keep each request that the suite sends."""
    ask = Client._ask

    def ask_and_keep(client: Client, call: Call) -> Any:
        sent.append(Sent(call, get_ident()))
        return ask(client, call)

    with mock.patch.object(Client, "_ask", ask_and_keep):
        yield


def _replay(sent: list[Sent], base_url: str) -> None:
    """Send the requests again, to the target of this URL."""
    sessions = {thread: requests.Session() for _, thread in sent}
    for call, thread in sent:
        url = call.whole_url.split("/", 3)[3]
        sessions[thread].request(
            call.method,
            f"{base_url.rsplit('/api/', 1)[0]}/{url}",
            headers=dict(call.headers),
            data=call.body,
            allow_redirects=False,
            timeout=15,
        )


def _table(count: int, rows: dict[str, Used]) -> None:
    lines = [f"{count} requests", "", "| | CPU s | ms a request | sandbox, CPU s | s |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {each.here_s:.2f} | {1000 * each.here_s / count:.2f} | {each.sandbox_s:.2f} | {each.wall_s:.1f} |"
        for name, each in rows.items()
    ]
    lines.append(f"\na run takes {rows['run'].here_s / rows['replay'].here_s:.1f} times the CPU of its replay")
    click.echo("\n".join(lines))


if __name__ == "__main__":
    main()
