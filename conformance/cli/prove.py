"""`p99-conformance prove`."""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from conformance import faults
from conformance import requirements as catalogue
from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.cli.variants import in_groups, together_as_one
from conformance.exits import Exit, WrongUsage
from conformance.judging.plan import writable
from conformance.judging.traceability import check_names
from conformance.options import REPORT_DIR, SEED
from conformance.proving import presentation, share_tables, trial_log
from conformance.proving.bench import Subject, trials
from conformance.proving.matrix import Matrix, Trial
from conformance.proving.shares import Shares, portion

_PRELOADED = ("conformance.cli.ready",)

JOBS = 3 * (os.cpu_count() or 1)  # trials wait for most of their time
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@options(SEED, REPORT_DIR)
@click.option("--jobs", type=click.IntRange(1), default=JOBS, help="How many to test at the same time.")
@click.option("--faults/--no-faults", "with_faults", default=True, help="Test the sandbox with each fault.")
@click.option("--twins/--no-twins", "with_twins", default=True, help="Test each twin, a correct variant.")
@click.option(
    "--whole", is_flag=True, help="Test each fault with all checks, to see which violation is named first. Slower."
)
@click.option(
    "--together",
    type=click.IntRange(1),
    default=6,
    show_default=True,
    metavar="N",
    help="How many twins to test as one server, where they do different things.",
)
@click.option("--seeds", type=click.IntRange(1), metavar="N", help="Test each with N seeds, faults with all checks.")
@click.option("--resume", type=_FILE, metavar="FILE", help="With --seeds: go on with the trials in FILE, or begin it.")
@click.option("--share", metavar="K/N", help="With --seeds: only the K-th of N portions of the trials.")
@click.option("--compare", "old", type=_FILE, metavar="OLD", help="With --seeds: what changed since the trials in OLD.")
@click.argument("names", nargs=-1)
def prove(
    seed: int,
    jobs: int,
    report_dir: str,
    with_faults: bool,
    with_twins: bool,
    whole: bool,
    together: int,
    seeds: int | None,
    resume: Path | None,
    share: str | None,
    old: Path | None,
    names: tuple[str, ...],
) -> None:
    """Prove that every check finds its faults, and that correct servers pass.

    Tests the sandbox with each fault and each twin, or only with those NAMES. A fault is a small error on purpose. A
    twin does something that the documents allow. Without NAMES, six twins are tested as one server; the seed decides
    which. NAMES with + between are tested as one server too. The outcome goes to prove.json.

    With --seeds 10, each is tested, by itself, with the seeds from --seed on. The outcome is how often each fault was
    found, and named first by what it breaks. The trials go to trials.jsonl, line by line. Join the files of several
    shares, and give the whole to --resume.

    \b
    Exit codes: 0 every fault is found, no twin is accused, every check and requirement is proven · 1 not so
    2 wrong usage · 4 the suite failed
    """
    with complaints():
        for each in names:
            together_as_one(each)
        folder = writable(Path(report_dir))
        apart = seeds is not None
        chosen = list(
            map(_subject, names) if names else _subjects(with_faults, with_twins, 1 if apart else together, seed)
        )
        if seeds is not None:
            sys.exit(_with_seeds(chosen, range(seed, seed + seeds), jobs, folder, resume, share, old))
        if resume or share or old:
            raise WrongUsage("--resume, --share and --compare need --seeds")
        started = time.monotonic()
        judged = trials(chosen, seed, jobs, whole=whole, preload=_PRELOADED)
        found = presentation.watched(judged, len(chosen), Console(stderr=True))
        if names or not with_faults:
            matrix = Matrix(found)
        else:
            levels = {entry.id: entry.level for entry in catalogue.load().values()}
            matrix = Matrix(found, check_names(), levels)
    path = _written(folder, matrix.to_json())
    console = output()
    console.print(presentation.render(matrix, time.monotonic() - started, whole=whole))
    console.print(f"report: {path}")
    sys.exit(Exit.OK if matrix.proven else Exit.VIOLATED)


def _with_seeds(
    subjects: Sequence[Subject],
    seeds: Sequence[int],
    jobs: int,
    folder: Path,
    resume: Path | None,
    share: str | None,
    old: Path | None,
) -> Exit:
    """Judge each subject with each seed, but for the trials that are there already. Raises WrongUsage."""
    log = resume or folder / "trials.jsonl"
    try:
        part, parts = portion(share or "1/1")
        before = None if old is None else Shares(trial for _, trial in trial_log.read(old))
        if resume is None:
            log.unlink(missing_ok=True)
        trial_log.mend(log)
        done = {(seed, trial.name) for seed, trial in trial_log.read(log)}
    except (ValueError, OSError) as error:
        raise WrongUsage(str(error)) from None
    pairs = [(seed, each) for seed in seeds for each in subjects][part - 1 :: parts]
    left = [(seed, each) for seed, each in pairs if (seed, each.name) not in done]
    console = Console(stderr=True)
    console.print(f"the trials go to {log}; if interrupted, go on with --resume {log}", highlight=False)

    def judged() -> Iterator[Trial]:
        for seed in seeds:
            chosen = [each for of, each in left if of == seed]
            for trial in trials(chosen, seed, jobs, whole=True, preload=_PRELOADED):
                trial_log.add(log, seed, trial)
                yield trial

    for _ in presentation.watched(judged(), len(left), console):
        pass
    wanted = {(seed, each.name) for seed in seeds for each in subjects}
    shares = Shares(trial for seed, trial in trial_log.read(log) if (seed, trial.name) in wanted)
    path = _written(folder, shares.to_json())
    output().print(share_tables.render(shares, before))
    output().print(f"report: {path}")
    return Exit.OK if shares.proven else Exit.VIOLATED


def _written(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "prove.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _subjects(with_faults: bool, with_twins: bool, together: int, seed: int) -> Iterator[Subject]:
    if with_faults:
        yield from map(_subject, faults.load())
    if with_twins:
        for group in in_groups(faults.twins().values(), together, seed):
            yield _subject("+".join(twin.name for twin in group))


def _subject(names: str) -> Subject:
    """The fault or twin of this name, or several as one server, their names joined by +."""
    variants = together_as_one(names)
    says = " ".join(each.says for each in variants)
    breaks = next((each.breaks for each in variants if isinstance(each, faults.Fault)), None)
    return Subject(names, says, breaks, partial(faults.serve, names), variants[0].command)
