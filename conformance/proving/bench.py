"""Trials side by side: each variant judged by a run of its own, in a process of its own."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rich.console import Console

from conformance.judging.assignment import assign
from conformance.judging.runner import run
from conformance.proving.matrix import Trial
from conformance.results import Results
from conformance.target.profile import reading
from conformance.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Subject:
    """A variant to be judged: a fault with what it `breaks`, or a twin.

    `serve` serves it for a seed while its context lasts, and yields its profile as TOML. It travels between processes.
    """

    name: str
    says: str
    breaks: str | None
    serve: Callable[[int], AbstractContextManager[str]]


def trials(subjects: Sequence[Subject], seed: int, jobs: int) -> Iterator[Trial]:
    """Judge each subject, `jobs` at a time; the trials come as they end."""
    # Each from a clean process: nothing of a run is left for the next, and the imports are made once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["conformance.judging.runner", "conformance.sandbox", "schemathesis"])
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        # The long ones first: a twin is judged in full.
        for done in as_completed([pool.submit(judge, each, seed) for each in sorted(subjects, key=_is_fault)]):
            yield done.result()


def judge(subject: Subject, seed: int) -> Trial:
    """Judge one subject: a fault by the checks of what it breaks, and by all others until that is found violated."""
    started = time.monotonic()
    with subject.serve(seed) as profile, tempfile.TemporaryDirectory() as folder:
        assignment = assign(
            reading.loads(profile, subject.name),
            scope=None,
            seed=seed,
            require="none",
            labels=(),
            report_dir=folder,
            cancel_existing=False,
            aim=subject.breaks,
        )
        results = run(assignment, Console(quiet=True), stop_on_first=False)
    return _trial(subject, results, time.monotonic() - started)


def _trial(subject: Subject, results: Results, seconds: float) -> Trial:
    failed = results.with_verdict(Verdict.FAIL)
    own = next((each for each in failed if each.id == subject.breaks), None)
    told = [f"{each.id}: {each.reason}" for each in (*failed, *results.with_verdict(Verdict.INCONCLUSIVE))]
    return Trial(
        name=subject.name,
        says=subject.says,
        breaks=subject.breaks,
        exit_code=results.exit_code,
        violated=tuple(each.id for each in failed),
        killed_by=() if own is None else tuple(dict.fromkeys(_function(each.check) for each in own.findings)),
        requests=results.requests["total"],
        seconds=round(seconds, 2),
        reason="; ".join([*told, *results.mishaps.crashes]),
    )


def _function(check: str) -> str:
    return check.partition("[")[0]


def _is_fault(subject: Subject) -> bool:
    return subject.breaks is not None
