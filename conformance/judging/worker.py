"""A judged pytest session: the judge at work in each worker, their outcomes gathered in one place."""

import contextlib
import logging
import platform
import signal
import threading
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest

import conformance
from conformance import hypothesis_seam, requirements
from conformance.gating import waivers
from conformance.judging import crashes, verdicts
from conformance.judging.judge import Judge, needs_of, verifies_of
from conformance.judging.plan import Plan
from conformance.judging.traceability import checks_by_requirement
from conformance.judging.verdicts import Outcome
from conformance.reporting import files, terminal
from conformance.results import Mishaps, Results

# What a report of pytest carries the outcome under; reports travel between processes as plain values.
_OUTCOME = "conformance_outcome"
_REQUESTS = "conformance_requests"
_LATENCIES = "conformance_latencies"
_LEFT = "conformance_left"
_CRASHES = "conformance_crashes"

_STOPPED_CLEANING = "told twice to stop, the run did not clean up: what it placed may be left; the next run removes it"

_STATUS = {
    "inconclusive": ("inconclusive", "?", "INCONCLUSIVE"),
    "not exercised": ("not exercised", "-", "NOT EXERCISED"),
}


class ToldToStop(KeyboardInterrupt):
    """A signal that tells the run to stop.

    Not the plain one: once that has passed through any exec(), CPython dies of it at its end, though it was handled.
    """


class Court:
    """Hooks of one session. With several workers each has its own; the controller's gathers, and writes the reports."""

    NAME = "conformance-court"

    def __init__(self, config: pytest.Config, plan: Plan) -> None:
        self.results: Results | None = None
        logging.getLogger("urllib3").setLevel(logging.INFO)  # at DEBUG it would log signed queries as they are
        self._config = config
        self._plan = plan
        self._catalogue = dict(requirements.load())
        self._judge = Judge(plan, self._catalogue)
        self._outcomes: list[Outcome] = []
        self._requests = {"total": 0, "setup": 0, "retried_503": 0}
        self._latencies: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._crashes: list[str] = []
        self._interrupted = False
        self._left: list[str] = []
        self._refusal: str | None = None
        self._started = time.monotonic()
        self._started_at = datetime.now(UTC)

    # -- in every process ------------------------------------------------------------------------------------------

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Take note of the session, to end it early. However it ends, the reports of an earlier one are not its own."""
        self._session = session
        if not hasattr(self._config, "workerinput"):
            for name in files.NAMES:
                (self._plan.report_dir / name).unlink(missing_ok=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the checks, share them out where there are several workers, and let what is drawn follow the seed."""
        items.sort(key=self._turn)
        for item in items:
            if hasattr(self._config, "workerinput"):
                item.add_marker(pytest.mark.lane(self._lane_of(item.nodeid)))
            check = getattr(item, "obj", None)
            if hypothesis_seam.draws(check):
                hypothesis_seam.follow(self._plan.seed, check)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What is selected is known now, and so is what has to be brought about for it."""
        self._judge.expect(session.items)

    def _turn(self, item: pytest.Item) -> tuple[bool, bool, bool, int]:
        """Reading goes first, then what needs live orders that stand since set-up; all in the catalogue's order.

        Before all others goes what the run is aimed at.
        """
        ids = list(self._catalogue)
        first = min((ids.index(id) for id in verifies_of(item)), default=len(ids))
        aside = not self._is_aimed_at(item)
        return aside, item.get_closest_marker("cancels") is not None, "live" not in needs_of(item), first

    def _is_aimed_at(self, item: pytest.Item) -> bool:
        return self._plan.aim in verifies_of(item)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """With several workers each lane is one's alone: two on one account would be in each other's way."""
        from xdist.scheduler import LoadScopeScheduling

        lane_of = self._lane_of

        class ByLane(LoadScopeScheduling):  # type: ignore[misc]
            def _split_scope(self, nodeid: str) -> str:
                return f"lane {lane_of(nodeid)}"

        return ByLane(config, log)

    def _lane_of(self, nodeid: str) -> int:
        """A module of checks keeps to one lane, the same in every process."""
        module = nodeid.partition("::")[0].rpartition("/")[2]
        return zlib.crc32(module.encode()) % len(self._plan.profile.lanes)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Bring the check onto its stage."""
        self._judge.set_up(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Judge."""
        return (yield from self._judge.run(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report carry the outcome, and look like it."""
        report = yield
        if report.when == "call" or (report.when == "setup" and not report.passed):
            outcome = self._judge.outcome(item, call)
            setattr(report, _OUTCOME, outcome.to_plain())
            self._colour(report, outcome)
        elif not report.passed:
            setattr(report, _OUTCOME, self._judge.outcome(item, call).to_plain())
        if report.when == "teardown":
            setattr(report, _REQUESTS, self._judge.stages.take_counts())
            setattr(report, _LATENCIES, self._judge.stages.take_latencies())
        redact = self._judge.stages.redactor.redact
        if report.failed:
            report.longrepr = redact(report.longreprtext)  # a traceback tells what functions were called with
        report.sections = [(name, redact(text)) for name, text in report.sections]
        return report

    def _colour(self, report: pytest.TestReport, outcome: Outcome) -> None:
        if self._judge.fails(outcome):
            report.outcome = "failed"
            report.longrepr = "\n\n".join(terminal.finding(id, found) for id, found in outcome.findings.items())
        elif outcome.ending in ("inconclusive", "not exercised", "refused") or outcome.doubts:
            report.outcome = "skipped"
            report.longrepr = (report.nodeid, 0, outcome.reason or "; ".join(outcome.doubts.values()))

    # -- where outcomes are gathered -------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """A check that did not judge does not look like one that was skipped."""
        plain = getattr(report, _OUTCOME, None)
        if not plain or not report.skipped:
            return None
        return _STATUS["not exercised" if plain["ending"] == "not exercised" else "inconclusive"]

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Leave it at what has been found, once that is what the run is aimed at."""
        self._aimed_at_next = nextitem is not None and self._is_aimed_at(nextitem)

    def pytest_runtest_logfinish(self) -> None:
        """After each check."""
        met = any(self._plan.aim in outcome.findings for outcome in self._outcomes)
        if self._plan.aim and met and not self._aimed_at_next:
            self._session.shouldfail = f"{self._plan.aim} is violated"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in an outcome."""
        if plain := getattr(report, _OUTCOME, None):
            outcome = Outcome.from_plain(plain)
            self._outcomes.append(outcome)
            if outcome.ending == "refused":
                self._refusal = self._refusal or outcome.reason
                self._session.shouldfail = outcome.reason
            if outcome.ending == "crashed":
                self._crashes.append(f"{outcome.check}: {outcome.reason}")
        for name, count in getattr(report, _REQUESTS, {}).items():
            self._requests[name] += count
        for method, steps in getattr(report, _LATENCIES, {}).items():
            self._latencies[method].update(steps)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be collected judges nothing: that is the suite's own failure."""
        if report.failed:
            self._crashes.append(f"{report.nodeid} could not be collected: {report.longrepr}")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Pytest, or a plugin, broke."""
        self._crashes.append(crashes.told(excinfo.value))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """A worker is gone."""
        told = getattr(node, "workeroutput", {})
        self._left += told.get(_LEFT, [])
        self._crashes += told.get(_CRASHES, [])
        if error:
            self._crashes.append(f"worker {node.gateway.id} went down: {error}")
            self._left.append(f"what worker {node.gateway.id} had placed may be left; the next run removes it")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Ctrl-C; what derives from it is how pytest itself ends a session early."""
        self._interrupted |= excinfo.type in (KeyboardInterrupt, ToldToStop, pytest.exit.Exception)

    def _clean_up(self) -> list[str]:
        """Leave the target as it was found; returns what is left. To be told once to stop keeps no run from it."""
        try:
            return self._judge.stages.close()
        except KeyboardInterrupt:
            if self._interrupted:
                return [_STOPPED_CLEANING]
            self._interrupted = True
            return self._clean_up()
        except Exception as error:  # noqa: BLE001 - whatever it is, what was judged has to be told
            self._crashes.append(f"cleaning up ended with {crashes.told(error)}")
            return ["what the run placed may be left: cleaning up broke"]

    def _judged(self) -> list[Outcome]:
        """The outcomes; where no check came to judge, what was seen in passing does not stand for it."""
        if any(outcome.ending in ("passed", "violated", "inconclusive") for outcome in self._outcomes):
            return self._outcomes
        return [replace(outcome, saw={}) for outcome in self._outcomes]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Give the verdicts, write them down, and let them decide what the process exits with."""
        so_far = len(self._crashes)
        left = self._clean_up()
        if hasattr(session.config, "workerinput"):
            session.config.workeroutput |= {_LEFT: left, _CRASHES: self._crashes[so_far:]}  # type: ignore[attr-defined]
            return
        self._left += left
        if session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        for name, count in self._judge.stages.take_counts().items():
            self._requests[name] += count
        with _deaf():
            results = self._results()
            files.write(results, self._plan.report_dir)
            self.results = results
        session.exitstatus = self.results.exit_code

    def _results(self) -> Results:
        results = Results(
            catalogue_version=requirements.CATALOGUE_VERSION,
            suite_version=conformance.__version__,
            versions={"python": platform.python_version(), "hypothesis": hypothesis.__version__},
            seed=self._plan.seed,
            require=self._plan.require,
            started_at=self._started_at.isoformat(timespec="seconds"),
            duration_s=round(time.monotonic() - self._started, 2),
            target=self._plan.target,
            requirements=verdicts.results(self._catalogue, checks_by_requirement(), self._judged()),
            requests=self._requests,
            latency_ms=self._latencies,
            labels=self._plan.labels,
            select=self._config.option.keyword or None,
            mishaps=Mishaps(
                refusal=self._refusal,
                crashes=tuple(map(self._judge.stages.redactor.redact, self._crashes)),
                interrupted=self._interrupted,
                left=tuple(self._left),
                stopped=bool(self._session.shouldfail or self._session.shouldstop),
            ),
        )
        return waivers.apply(results, self._plan.waivers, self._started_at.date())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The summary that `run` prints too."""
        if self.results is not None:
            terminalreporter.write_line(terminal.summary(self.results, self._plan.report_dir))


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Inside, nobody's telling the process to stop is heeded: it takes a moment, and half a report is none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
