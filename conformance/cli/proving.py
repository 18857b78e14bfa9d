"""The kill matrix."""

import json
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from conformance import faults
from conformance import requirements as catalogue
from conformance.cli import shared
from conformance.cli.shared import complaints, variant
from conformance.judging.plan import writable
from conformance.judging.traceability import check_names
from conformance.proving import presentation
from conformance.proving.bench import Subject, trials
from conformance.proving.matrix import Matrix

NOT_PROVEN = 1


@click.command()
@click.option("--seed", type=int, default=0, show_default=True, help="What is drawn follows from it.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="How many side by side.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR")
@click.option("--faults/--no-faults", "with_faults", default=True, help="Try the faults.")
@click.option("--twins/--no-twins", "with_twins", default=True, help="Try the conforming twins.")
@click.argument("names", nargs=-1)
def prove(seed: int, jobs: int, report_dir: str, with_faults: bool, with_twins: bool, names: tuple[str, ...]) -> None:
    """Prove that each check can fail and that nobody is accused wrongly: the kill matrix.

    Judges the sandbox with each fault, and each conforming twin, or those NAMES alone; writes prove.json.

    \b
    Exit codes: 0 every fault killed, every twin clean, every check and requirement proven · 1 not so
    2 wrong usage · 4 the suite failed
    """
    with complaints():
        for name in names:
            variant(name)
        folder = writable(Path(report_dir))
        chosen = [each for each in _subjects(with_faults, with_twins) if not names or each.name in names]
        started = time.monotonic()
        found = presentation.watched(trials(chosen, seed, jobs), len(chosen), Console(stderr=True))
        if names or not with_faults:
            matrix = Matrix(found)
        else:
            levels = {entry.id: entry.level for entry in catalogue.load().values()}
            matrix = Matrix(found, check_names(), levels)
    path = folder / "prove.json"
    path.write_text(json.dumps(matrix.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    output = shared.output()
    output.print(presentation.render(matrix, time.monotonic() - started))
    output.print(f"report: {path}")
    sys.exit(0 if matrix.proven else NOT_PROVEN)


def _subjects(with_faults: bool, with_twins: bool) -> Iterator[Subject]:
    for fault in faults.load().values() if with_faults else ():
        yield Subject(fault.name, fault.says, fault.breaks, partial(faults.serve, fault.name))
    for twin in faults.twins().values() if with_twins else ():
        yield Subject(twin.name, twin.says, None, partial(faults.serve, twin.name))
