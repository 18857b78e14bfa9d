"""Trials side by side: each variant judged by a run of its own, in a process of its own."""

import multiprocessing
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypedDict, Unpack

from rich.console import Console

from conformance.exits import Exit
from conformance.judging.plan import make_plan
from conformance.judging.runner import run
from conformance.overload.bounds import Bounds
from conformance.overload.run import Overload
from conformance.profile import loader
from conformance.proving.matrix import Trial
from conformance.results import Results
from conformance.verdict import Verdict

# Ten times what the slowest twin takes, one that answers late.
TIME_LIMIT_S = 300

# Of a small overload: the queue of what is tested so is small, too.
BOUNDS = Bounds(requests=1200, at_once=128, per_second=500, seconds=30, orders=700, recover_s=8, watch_s=3)


@dataclass(frozen=True, slots=True)
class Subject:
    """A variant to be judged: a fault with what it `breaks`, or a twin.

    `serve` serves it for a seed while its context lasts, and yields its profile as TOML. It travels between processes.
    `command`: what judges it, `run` or `overload`.
    """

    name: str
    says: str
    breaks: str | None
    serve: Callable[[int], AbstractContextManager[str]]
    command: str = "run"


class How(TypedDict, total=False):
    """How a subject is judged.

    `whole`: a fault by all checks; `stop_on_first`: until one finds anything. `connections`: how many send requests
    that do not depend on each other. `proven`: checks that have found another fault.
    """

    whole: bool
    connections: int | None
    stop_on_first: bool
    proven: Set[str]


def trials(
    subjects: Sequence[Subject],
    seed: int,
    jobs: int,
    *,
    whole: bool = False,
    connections: int | None = None,
    stop_on_first: bool = False,
    preload: Sequence[str] = ("conformance.judging.runner",),
) -> Iterator[Trial]:
    """Judge each subject, `jobs` at a time; the trials come as they end. A check that has found a fault need not show
    with others that it can.

    `whole`: all checks judge a fault, too, rather than stop at the first that finds it. `connections`: of each run.
    `stop_on_first`: no check follows the first that finds a violation. `preload`: modules to import once for all.
    """
    # Each in a process of its own: nothing of a run is left for the next.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    waiting = _Waiting(subjects, jobs)
    running: dict[Connection, _Running] = {}
    proven: set[str] = set()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                subject = waiting.next(one.subject for one in running.values())
                here, there = context.Pipe(duplex=False)
                how = How(whole=whole, connections=connections, stop_on_first=stop_on_first, proven=frozenset(proven))
                asked = (subject, seed, there, how)
                process = context.Process(target=_judge_and_tell, args=asked, daemon=True)
                process.start()
                there.close()
                running[here] = _Running(subject, process, time.monotonic())
            for ended in wait(list(running), timeout=1):
                assert isinstance(ended, Connection)
                trial = running.pop(ended).told(ended)
                proven.update(trial.killed_by)
                yield trial
            for late in [each for each, one in running.items() if one.seconds > TIME_LIMIT_S]:
                yield running.pop(late).given_up()
    finally:
        for one in running.values():
            one.process.kill()


class _Waiting:
    """Subjects that wait for their trial. Twins, judged in full, take long and mostly wait: of the trials that run at
    the same time two thirds are theirs, and faults have the rest. Overloads, the longest, come first.
    """

    def __init__(self, subjects: Iterable[Subject], jobs: int) -> None:
        first = sorted(subjects, key=lambda subject: subject.command != "overload")
        self._twins = deque(each for each in first if not _is_fault(each))
        self._faults = deque(each for each in first if _is_fault(each))
        self._of_twins = max(1, jobs * 2 // 3)

    def __len__(self) -> int:
        return len(self._twins) + len(self._faults)

    def next(self, running: Iterable[Subject]) -> Subject:
        """The next one, beside those that are running. There has to be one."""
        twins = sum(not _is_fault(each) for each in running)
        more = bool(self._twins) and (not self._faults or twins < self._of_twins)
        return self._twins.popleft() if more else self._faults.popleft()


@dataclass(frozen=True, slots=True)
class _Running:
    """A trial that is under way."""

    subject: Subject
    process: BaseProcess
    started: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def told(self, pipe: Connection) -> Trial:
        try:
            trial: Trial = pipe.recv()
        except EOFError:
            return self._without_verdict("its process ended without a word")
        finally:
            pipe.close()
            self.process.join()
        return trial

    def given_up(self) -> Trial:
        self.process.kill()
        return self._without_verdict(f"no end within {TIME_LIMIT_S} s")

    def _without_verdict(self, reason: str) -> Trial:
        subject = self.subject
        return Trial(
            subject.name, subject.says, subject.breaks, Exit.SUITE_FAILED, (), (), (), 0, round(self.seconds, 2), reason
        )


def _judge_and_tell(subject: Subject, seed: int, pipe: Connection, how: How) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder  # what is left on a server that is gone concerns nobody
        pipe.send(judge(subject, seed, **how))
    pipe.close()


def judge(subject: Subject, seed: int, **how: Unpack[How]) -> Trial:
    """Judge one subject: a fault by the checks of what it breaks, and by all others until that is found violated. Once
    it is, those that are proven are not waited for.
    """
    started = time.monotonic()
    results = judged(subject, seed, **how)
    return trial_of(subject, results, time.monotonic() - started)


def judged(subject: Subject, seed: int, **how: Unpack[How]) -> Results:
    """What a run found on one subject; as `judge`."""
    whole, proven = how.get("whole", False), how.get("proven", frozenset())
    with subject.serve(seed) as profile, tempfile.TemporaryDirectory() as folder:
        plan = make_plan(
            loader.loads(profile, subject.name),
            scope=None,
            seed=seed,
            require="none",
            labels=(),
            report_dir=folder,
            cancel_existing=False,
            aim=None if whole else subject.breaks,
            jobs=how.get("connections"),
        )
        # Nobody reads the reports of a trial, and nobody else uses what is served. A twin is cleaned up as targets are.
        plan = replace(plan, writes=False, cleans_up=whole or subject.breaks is None, proven=proven)
        if subject.command == "overload":
            return Overload(plan, BOUNDS, lambda _: None).run()
        return run(plan, Console(quiet=True), stop_on_first=how.get("stop_on_first", False))


def trial_of(subject: Subject, results: Results, seconds: float) -> Trial:
    """What a run that took so many seconds proves of the subject."""
    failed = results.with_verdict(Verdict.FAIL)
    affected = [each.id for each in failed if each.consequence_of]
    own = next((each for each in failed if each.id == subject.breaks and each.id not in affected), None)
    told = [f"{each.id}: {each.reason}" for each in (*failed, *results.with_verdict(Verdict.INCONCLUSIVE))]
    return Trial(
        name=subject.name,
        says=subject.says,
        breaks=subject.breaks,
        exit_code=results.exit_code,
        violated=tuple(each.id for each in failed if each.id not in affected),
        affected=tuple(affected),
        killed_by=() if own is None else tuple(dict.fromkeys(_function(each.check) for each in own.findings)),
        requests=results.requests["total"],
        seconds=round(seconds, 2),
        reason="; ".join([*told, *results.mishaps.crashes]),
    )


def _function(check: str) -> str:
    return check.partition("[")[0]


def _is_fault(subject: Subject) -> bool:
    return subject.breaks is not None
