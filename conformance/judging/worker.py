"""The work of one process: it orders the checks, runs each on its stage, and lets its reports carry the outcomes."""

import logging
import zlib
from collections.abc import Generator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import pytest

from conformance import hypothesis_seam
from conformance.cost import Work
from conformance.coverage.areas import Area
from conformance.judging import crashes, lanes
from conformance.judging.aim import Aim
from conformance.judging.beside import Beside
from conformance.judging.declarations import cancels, is_alone, is_early, lane_of, name_of, needs_of, verifies_of
from conformance.judging.judge import Judge
from conformance.judging.plan import Plan
from conformance.judging.signals import ToldToStop
from conformance.judging.verdicts import Outcome
from conformance.judging.wanted import Wanted
from conformance.reporting import terminal

# What a report of pytest carries, as plain values, since reports travel between processes.
_OUTCOME = "conformance_outcome"
_REQUESTS = "conformance_requests"
_LATENCIES = "conformance_latencies"

# What a process tells the controller at its end, as plain values too.
_CLEAN_UP = "conformance_clean_up"
_COVERAGE = "conformance_coverage"
_WORK = "conformance_work"


class CleanUp(NamedTuple):
    """How cleaning up went. `left`: what may still be on the target, a line each; `crashes`: where the suite broke."""

    left: tuple[str, ...] = ()
    crashes: tuple[str, ...] = ()


def clean_up_in(workeroutput: Mapping[str, Any]) -> CleanUp:
    """How cleaning up went in another process, from what that process told the controller at its end."""
    return CleanUp(**workeroutput.get(_CLEAN_UP, {}))


def coverage_in(workeroutput: Mapping[str, Any]) -> dict[str, Area]:
    """What another process has covered, area by area."""
    areas: dict[str, Area] = workeroutput.get(_COVERAGE, {})
    return areas


def work_in(workeroutput: Mapping[str, Any]) -> Work:
    """What another process has done."""
    return Work(**workeroutput.get(_WORK, {}))


def outcome_in(report: pytest.TestReport) -> Outcome | None:
    """The outcome that the report carries."""
    plain = getattr(report, _OUTCOME, None)
    return Outcome.from_plain(plain) if plain else None


def requests_in(report: pytest.TestReport) -> dict[str, Any]:
    """How many requests were sent since the last report that carries this, as the fields of Counts."""
    requests: dict[str, Any] = getattr(report, _REQUESTS, {})
    return requests


def latencies_in(report: pytest.TestReport) -> dict[str, dict[str, int]]:
    """How many answers of each operation took how many ms at most, since the last report that carries this."""
    latencies: dict[str, dict[str, int]] = getattr(report, _LATENCIES, {})
    return latencies


class Worker:
    """The pytest hooks of every process. With several workers the controller has them too, but it runs no check.

    `interrupted`: whether this process was told to stop.
    """

    def __init__(self, config: pytest.Config, plan: Plan) -> None:
        self.interrupted = False
        self._config = config
        self._plan = plan
        self._judge = Judge(plan)
        self.stages = self._judge.stages
        self._beside = Beside(self._judge)
        self._turns = {id: turn for turn, id in enumerate(plan.catalogue)}
        self._aim = Aim(plan.aim, plan.proven)
        logging.getLogger("urllib3").setLevel(logging.INFO)  # at DEBUG it would log signed queries as they are

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session, to be able to end it early."""
        self._session = session

    # -- which check is run when, and by whom ------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose and order the checks, give each its lane if there are several, and let it draw by the seed."""
        self._expect_known(items)
        wanted = Wanted(self._plan.selection, self._plan.judged_by)
        if left_out := [item for item in items if not wanted.tests(item)]:
            items[:] = [item for item in items if wanted.tests(item)]
            self._config.hook.pytest_deselected(items=left_out)
        items.sort(key=self._turn)
        if not hasattr(self._config, "workerinput") and len(self._plan.lanes) > 1:
            lanes.share_out(items, self._plan.lanes)
            items.sort(key=lambda item: (*self._turn(item)[:3], lane_of(item)))  # a lane goes on where it was
        self._aim.follow(items)
        for item in items:
            if hasattr(self._config, "workerinput"):
                item.add_marker(pytest.mark.lane(self._lane(item.nodeid)))
            check = getattr(item, "obj", None)
            if hypothesis_seam.draws(check):
                plan, times = self._plan, self._plan.effort.times_as_many_examples
                hypothesis_seam.follow(plan.seed, check, name_of(item), times=times, kept=plan.examples)

    def _expect_known(self, items: list[pytest.Item]) -> None:
        """Raise KeyError if a check verifies what no catalogue has: its verdict would be lost."""
        for item in items:
            for id in verifies_of(item):
                self._plan.catalogue[id]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell the judge which checks are selected."""
        self._judge.expect(session.items)

    def _turn(self, item: pytest.Item) -> tuple[bool, bool, bool, bool, bool, int]:
        """The checks that the run aims at come first. Those that only read come before those that call cancel-all; all
        of them where it aims at lists, since these are chosen from what is live after set-up. Where it aims at records,
        or at cancel-alls, what else cancels comes before what else reads.

        Then come those that need live orders, while the orders from the set-up are live. Of those that cancel, the ones
        that have the target alone come last. The rest of the order is the catalogue's.
        """
        first = min((self._turns[id] for id in verifies_of(item)), default=len(self._turns))
        last = cancels(item) and is_alone(item)
        turn = not self._aim.verified_by(item), cancels(item) is not self._aim.is_of_orders
        return (
            *(turn[::-1] if self._aim.is_of_lists else turn),
            last,
            "live" not in needs_of(item),
            not is_early(item),
            first,
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Give each lane to one worker alone: two workers on one account would disturb each other."""
        from xdist.scheduler import LoadScopeScheduling

        lane = self._lane

        class ByLane(LoadScopeScheduling):  # type: ignore[misc]
            def _split_scope(self, nodeid: str) -> str:
                return f"lane {lane(nodeid)}"

        return ByLane(config, log)

    def _lane(self, nodeid: str) -> int:
        """The lane of a check: the same for all checks of a module, and the same in every process."""
        module = nodeid.partition("::")[0].rpartition("/")[2]
        return zlib.crc32(module.encode()) % len(self._plan.profile.lanes)

    # -- how a check is run ------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Set up the stage of the check, unless it was judged beside another lane."""
        if self._judged_beside(item):
            return
        self.stages.turn_to(lane_of(item))
        if is_alone(item) and cancels(item):
            self.stages.clear_other_lanes(lane_of(item))
        self._judge.set_up(item)

    def _judged_beside(self, item: pytest.Item) -> bool:
        """Whether the check was judged beside another lane. Several workers stand beside each other themselves."""
        if self._plan.lanes_at_once is False or hasattr(self._config, "workerinput"):
            return False
        if item not in self._beside:
            self._beside.begin(self._session.items[self._session.items.index(item) :])
        return item in self._beside

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Run the check."""
        if item in self._beside:
            return (yield)
        with self._judge.running(item, item.runtest):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Do not run again what was judged beside another lane."""
        return True if pyfuncitem in self._beside else None

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Let other lanes go on where this check was the last to place orders that trade."""
        if item not in self._beside:
            self._judge.clear_the_way(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report carry the outcome, and show it."""
        report = yield
        if report.when == "call" or not report.passed:
            outcome = self._outcome(item, call)
            setattr(report, _OUTCOME, outcome.to_plain())
            if report.when != "teardown":
                self._show(outcome, report)
        if report.when == "teardown":
            setattr(report, _REQUESTS, self.stages.take_counts())
            setattr(report, _LATENCIES, self.stages.take_latencies())
        redact = self.stages.redactor.redact
        if report.failed:
            report.longrepr = redact(report.longreprtext)  # a traceback shows the arguments of functions
        report.sections = [(name, redact(text)) for name, text in report.sections]
        return report

    def _outcome(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Outcome:
        judged_beside = self._beside.outcome(item)
        return judged_beside or self._judge.outcome(item, call.excinfo.value if call.excinfo else None, call.duration)

    def _show(self, outcome: Outcome, report: pytest.TestReport) -> None:
        """Let pytest show a violation as a failure, unless its level is advisory, and what is in doubt as skipped."""
        catalogue = self._plan.catalogue
        if any(catalogue[id].level != "advisory" for id in outcome.findings):
            report.outcome = "failed"
            report.longrepr = "\n\n".join(terminal.finding(id, found).plain for id, found in outcome.findings.items())
        elif outcome.ending in ("inconclusive", "not exercised", "declined") or outcome.doubts:
            report.outcome = "skipped"
            report.longrepr = (report.nodeid, 0, outcome.reason or "; ".join(outcome.doubts.values()))

    # -- when to stop ------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Leave out a check that has nothing to add to what the run aims at."""
        return None if self._aim.begin(item) else True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Stop where the suite refuses to go on. The controller does so too when a worker reports it."""
        outcome = outcome_in(report)
        if outcome is None:
            return
        self._aim.note(outcome)
        if outcome.ending == "declined":
            self._session.shouldfail = outcome.reason

    def pytest_runtest_logfinish(self) -> None:
        """Stop where no check has anything to add to what the run aims at, and at the end of the time for exploring."""
        if self._plan.effort.time_is_up():
            self._session.shouldstop = "the time for exploring is up"
        if self._aim.is_over:
            self._session.shouldfail = f"{self._aim.id} is violated"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that the run was stopped. Other kinds of KeyboardInterrupt are how pytest ends a session early."""
        self.interrupted |= excinfo.type in (KeyboardInterrupt, ToldToStop, pytest.exit.Exception)

    # -- at the end --------------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """In one of several workers: clean up, and tell the controller what was covered, done and left."""
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput[_COVERAGE] = self.stages.coverage()
            self._config.workeroutput[_CLEAN_UP] = self.clean_up()._asdict()
            self._config.workeroutput[_WORK] = asdict(self.stages.work())

    def clean_up(self) -> CleanUp:
        """Leave the target as it was found. The run finishes this even if it is told to stop once."""
        try:
            self._beside.stop()
            return CleanUp(left=tuple(self.stages.close()))
        except KeyboardInterrupt:
            if self.interrupted:
                return CleanUp(
                    left=tuple(self.stages.not_cleaned_up("was not checked, since the run was stopped twice"))
                )
            self.interrupted = True
            return self.clean_up()
        except Exception as error:  # noqa: BLE001 - whatever it is, the verdicts are still reported
            broke = f"cleaning up ended with {crashes.told(error)}"
            return CleanUp(("orders of this run may be left, since cleaning up failed",), (broke,))
