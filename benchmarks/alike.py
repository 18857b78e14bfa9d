"""Whether a run over many connections finds what one finds that sends one request after the other.

    python benchmarks/alike.py limit-unbounded far-away      # these faults and twins
    python benchmarks/alike.py --share 1/20                  # the first of each twenty of them
    python benchmarks/alike.py                               # all of them; this takes hours

Each is judged by all checks, once with one connection and once with eight. Prints those for which the exit code, or the
requirements that are violated, differ, and exits with 1 where any does.
"""

import sys
from functools import partial

import click

from conformance import faults
from conformance.cli.complaints import complaints
from conformance.cli.variants import variant
from conformance.exits import WrongUsage
from conformance.proving.bench import Subject, trials
from conformance.proving.matrix import Trial

CONNECTIONS = (1, 8)


def subjects(names: tuple[str, ...], share: str) -> list[Subject]:
    """Those of these names, else this share of all that `run` judges. Raises WrongUsage."""
    which, _, of = share.partition("/")
    if not (which.isdecimal() and of.isdecimal() and 1 <= int(which) <= int(of)):
        raise WrongUsage(f"--share {share}: give it as 1/20")
    every = {**faults.load(), **faults.twins()}.values()
    chosen = [variant(name) for name in names] or [each for each in every if each.command == "run"]
    return [
        Subject(each.name, each.says, getattr(each, "breaks", None), partial(faults.serve, each.name), each.command)
        for each in (chosen if names else chosen[int(which) - 1 :: int(of)])
    ]


def found(trial: Trial) -> str:
    """The exit code, and what is violated by itself, in words."""
    return f"exit {int(trial.exit_code)}, {', '.join(sorted(trial.violated)) or 'nothing violated'}"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--share", default="1/1", show_default=True, help="Which share of all: 1/20 is the first of each twenty.")
@click.option("--seed", default=0, show_default=True, help="Seed of the runs.")
@click.option("--processes", default=2, show_default=True, help="How many runs at a time.")
def main(names: tuple[str, ...], share: str, seed: int, processes: int) -> None:
    """Judge each of these variants twice, and compare."""
    with complaints():
        chosen = subjects(names, share)
    by_connections = {
        each: {trial.name: found(trial) for trial in trials(chosen, seed, processes, whole=True, connections=each)}
        for each in CONNECTIONS
    }
    differ = [each.name for each in chosen if len({of[each.name] for of in by_connections.values()}) > 1]
    for name in differ:
        for each, of in by_connections.items():
            click.echo(f"{name}, {each} at once: {of[name]}")
    click.echo(f"alike: {len(chosen) - len(differ)} of {len(chosen)}")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
