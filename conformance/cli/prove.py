"""`p99-conformance prove`."""

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
from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.cli.variants import variant
from conformance.exits import Exit
from conformance.judging.plan import writable
from conformance.judging.traceability import check_names
from conformance.options import REPORT_DIR, SEED
from conformance.proving import presentation
from conformance.proving.bench import Subject, trials
from conformance.proving.matrix import Matrix

_PRELOADED = ("conformance.cli.ready",)

# One more than there are cores: trials wait for a part of their time.
JOBS = (os.cpu_count() or 1) + 1


@click.command()
@options(SEED, REPORT_DIR)
@click.option("--jobs", type=click.IntRange(1), default=JOBS, help="How many to test at the same time.")
@click.option("--faults/--no-faults", "with_faults", default=True, help="Test the sandbox with each fault.")
@click.option("--twins/--no-twins", "with_twins", default=True, help="Test each twin, a correct variant.")
@click.option(
    "--whole", is_flag=True, help="Test each fault with all checks, to see which violation is named first. Slower."
)
@click.argument("names", nargs=-1)
def prove(
    seed: int, jobs: int, report_dir: str, with_faults: bool, with_twins: bool, whole: bool, names: tuple[str, ...]
) -> None:
    """Prove that every check finds its faults, and that correct servers pass.

    Tests the sandbox with each fault and each twin, or only with those NAMES. A fault is a small error on purpose. A
    twin does something that the documents allow. The outcome goes to prove.json.

    \b
    Exit codes: 0 every fault is found, no twin is accused, every check and requirement is proven · 1 not so
    2 wrong usage · 4 the suite failed
    """
    with complaints():
        for name in names:
            variant(name)
        folder = writable(Path(report_dir))
        chosen = [each for each in _subjects(with_faults, with_twins) if not names or each.name in names]
        started = time.monotonic()
        judged = trials(chosen, seed, jobs, whole=whole, preload=_PRELOADED)
        found = presentation.watched(judged, len(chosen), Console(stderr=True))
        if names or not with_faults:
            matrix = Matrix(found)
        else:
            levels = {entry.id: entry.level for entry in catalogue.load().values()}
            matrix = Matrix(found, check_names(), levels)
    path = folder / "prove.json"
    path.write_text(json.dumps(matrix.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console = output()
    console.print(presentation.render(matrix, time.monotonic() - started, whole=whole))
    console.print(f"report: {path}")
    sys.exit(Exit.OK if matrix.proven else Exit.VIOLATED)


def _subjects(with_faults: bool, with_twins: bool) -> Iterator[Subject]:
    for fault in faults.load().values() if with_faults else ():
        yield Subject(fault.name, fault.says, fault.breaks, partial(faults.serve, fault.name), fault.command)
    for twin in faults.twins().values() if with_twins else ():
        yield Subject(twin.name, twin.says, None, partial(faults.serve, twin.name), twin.command)
