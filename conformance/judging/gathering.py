"""The results of a run, gathered in one process: from the outcomes of all workers to reports and an exit code."""

import platform
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest

import conformance
from conformance import requirements
from conformance.cost import Work, limit
from conformance.coverage.areas import Area, merged
from conformance.gating import waivers
from conformance.gating.selecting import narrowed
from conformance.judging import crashes, signals, verdicts
from conformance.judging.configuration import configuration
from conformance.judging.plan import Plan
from conformance.judging.verdicts import Outcome
from conformance.judging.worker import (
    CleanUp,
    Worker,
    clean_up_in,
    coverage_in,
    latencies_in,
    outcome_in,
    requests_in,
    work_in,
)
from conformance.reporting import files, terminal
from conformance.results import Mishaps, Results
from conformance.wire.counts import Counts

_STATUS = {
    "inconclusive": ("inconclusive", "?", "INCONCLUSIVE"),
    "not exercised": ("not tested", "-", "NOT TESTED"),
}


class Gathering:
    """The pytest hooks of the process that reports: with several workers the controller, else the only process.

    `results`: what the run found, once the session is over. `worker`: the worker of this process.
    """

    NAME = "conformance-gathering"

    def __init__(self, config: pytest.Config, plan: Plan, worker: Worker) -> None:
        self.results: Results | None = None
        self._config = config
        self._plan = plan
        self._worker = worker
        self._outcomes: list[Outcome] = []
        self._requests = Counts()
        self._works: list[Work] = []
        self._latencies: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._begun = False
        self._refusal: str | None = None
        self._crashes: list[str] = []
        self._left: list[str] = []
        self._coverage: list[dict[str, Area]] = []
        self._started = time.monotonic()
        self._started_at = datetime.now(UTC)

    # -- what is gathered --------------------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what the report of a check carries."""
        if report.when == "setup" and report.passed and not self._begun:
            self._begun = True
            files.remove(self._plan.report_dir)  # from now on something is judged, however the run ends
        if outcome := outcome_in(report):
            self._outcomes.append(outcome)
            if outcome.ending == "declined":
                self._refusal = self._refusal or outcome.reason
            if outcome.ending == "crashed":
                self._crashes.append(f"{outcome.check}: {outcome.reason}")
        self._requests.add(Counts(**requests_in(report)))
        for operation, steps in latencies_in(report).items():
            self._latencies[operation].update(steps)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module of checks that cannot be collected: the suite itself failed."""
        if report.failed:
            self._crashes.append(f"{report.nodeid} could not be collected: {report.longrepr}")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that pytest or a plugin broke."""
        self._crashes.append(crashes.told(excinfo.value))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take in how cleaning up went in a worker that has ended, or note that the worker died."""
        told = getattr(node, "workeroutput", {})
        self._coverage.append(coverage_in(told))
        self._works.append(work_in(told))
        self._take(clean_up_in(told))
        if error:
            self._crashes.append(f"worker {node.gateway.id} went down: {error}")
            self._left.append(f"what worker {node.gateway.id} had placed may be left; the next run cancels it")

    def _take(self, clean_up: CleanUp) -> None:
        self._left += clean_up.left
        self._crashes += clean_up.crashes

    # -- what becomes of it ------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Clean up, give the verdicts, write the reports, and set the exit code."""
        self._coverage.append(self._worker.stages.coverage())
        self._take(self._worker.clean_up())
        if session.exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        self._requests.add(Counts(**self._worker.stages.take_counts()))
        self._works.append(self._worker.stages.work())
        with signals.ignored():
            # An exploring run is not broken off by the end of its time: it is a part of all rounds.
            stopped = session.shouldfail or (session.shouldstop and not self._plan.effort.time_is_up())
            results = self._results(stopped=bool(stopped))
            if self._plan.writes:
                results = files.save(results, self._plan.report_dir)
            self.results = results
        session.exitstatus = results.exit_code

    def _results(self, *, stopped: bool) -> Results:
        duration_s = round(time.monotonic() - self._started, 2)
        results = Results(
            catalogue_version=requirements.CATALOGUE_VERSION,
            suite_version=conformance.__version__,
            versions={"python": platform.python_version(), "hypothesis": hypothesis.__version__},
            seed=self._plan.seed,
            require=self._plan.require,
            started_at=self._started_at.isoformat(timespec="seconds"),
            duration_s=duration_s,
            target=self._plan.target,
            requirements=verdicts.results(
                self._plan.catalogue, self._plan.judged_by, self._judged(), requirements.consequences()
            ),
            requests=self._requests.totals(),
            by_purpose=self._requests.purposes(),
            limit=limit(duration_s, self._requests.total, self._works),
            latency_ms=self._latencies,
            labels=self._plan.labels,
            configuration=configuration(self._plan.profile, self._plan.waivers),
            coverage=merged(self._coverage),
            select=self._config.option.keyword or None,
            mishaps=Mishaps(
                refusal=self._refusal,
                crashes=tuple(map(self._worker.stages.redactor.redact, self._crashes)),
                interrupted=self._worker.interrupted,
                left=tuple(self._left),
                stopped=stopped,
            ),
        )
        return waivers.apply(narrowed(results, self._plan.selection), self._plan.waivers, self._started_at.date())

    def _judged(self) -> list[Outcome]:
        """The outcomes. If no check judged anything, what was seen in passing does not count either."""
        if any(outcome.ending in ("passed", "violated") for outcome in self._outcomes):
            return self._outcomes
        return [replace(outcome, saw={}) for outcome in self._outcomes]

    # -- what pytest's own terminal shows ----------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show a check that did not judge by a word of its own, not as skipped."""
        outcome = outcome_in(report) if report.skipped else None
        if outcome is None:
            return None
        return _STATUS["not exercised" if outcome.ending == "not exercised" else "inconclusive"]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the summary that `run` prints too."""
        if self.results is not None:
            terminalreporter.write_line(terminal.summary(self.results, self._plan.report_dir))
