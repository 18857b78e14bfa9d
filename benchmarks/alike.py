"""Whether a run over many connections finds what one finds that sends one request after the other.

    python benchmarks/alike.py limit-unbounded far-away      # these faults and twins
    python benchmarks/alike.py                               # all of them; this takes hours

Each is judged by all checks, once with one connection and once with eight. Prints those for which the exit code, or the
requirements that are violated, differ, and exits with 1 where any does.
"""

import multiprocessing
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from tempfile import TemporaryDirectory

import click
from rich.console import Console

from conformance import faults
from conformance.judging.plan import make_plan
from conformance.judging.runner import run
from conformance.profile import loader
from conformance.results import Results
from conformance.verdict import Verdict

CONNECTIONS = (1, 8)

Found = tuple[int, tuple[str, ...]]
"""The exit code, and the ids of what is violated by itself."""


def judged(name: str, connections: int, seed: int) -> Found:
    """What a run over so many connections finds."""
    variant = {**faults.load(), **faults.twins()}[name]
    with TemporaryDirectory() as folder, variant.sandbox(seed).serve() as served:
        os.environ["XDG_STATE_HOME"] = folder
        plan = make_plan(
            loader.loads(served.profile_toml, name),
            scope=None,
            seed=seed,
            require="none",
            labels=(),
            report_dir=folder,
            cancel_existing=False,
            jobs=connections,
        )
        return _found(run(plan, Console(quiet=True), stop_on_first=False))


def _found(results: Results) -> Found:
    failed = results.with_verdict(Verdict.FAIL)
    return results.exit_code, tuple(sorted(each.id for each in failed if not each.consequence_of))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--seed", default=0, show_default=True, help="Seed of the runs.")
@click.option("--processes", default=2, show_default=True, help="How many runs at a time.")
def main(names: Iterable[str], seed: int, processes: int) -> None:
    """Judge each of these variants twice, and compare."""
    chosen = list(names) or [*faults.load(), *faults.twins()]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, max_tasks_per_child=1) as pool:
        asked = list(product(chosen, CONNECTIONS))
        running = [pool.submit(judged, name, connections, seed) for name, connections in asked]
        found = dict(zip(asked, (each.result() for each in running), strict=True))
    differ = [name for name in chosen if len({found[name, each] for each in CONNECTIONS}) > 1]
    for name in differ:
        for each in CONNECTIONS:
            click.echo(f"{name}, {each} at once: exit {found[name, each][0]}, {', '.join(found[name, each][1])}")
    click.echo(f"alike: {len(chosen) - len(differ)} of {len(chosen)}")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
