"""One judged run: a pytest session that nothing in the user's surroundings can move."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from conformance.exits import EndsCommand, Exit
from conformance.judging import crashes
from conformance.judging.keys import ASSIGNMENT, CHECKS
from conformance.judging.plan import Assignment
from conformance.judging.worker import Court, ToldToStop
from conformance.profile import ProfileError
from conformance.reporting.progress import Progress
from conformance.results import Results
from conformance.wire.redaction import Redactor

# Variables by which pytest would take options and plugins from the user's surroundings.
_MOVES_PYTEST = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_THEME")


class NoVerdict(EndsCommand):
    """Pytest ended before there were any results."""

    exit = Exit.SUITE_FAILED


class _Given:
    """Hands the assignment to the plugin, and shows progress."""

    def __init__(self, assignment: Assignment, console: Console) -> None:
        self._assignment = assignment
        self._console = console
        self._progress: Progress | None = None
        self.court: Court | None = None
        self.told_to_stop = False
        self.crash: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[ASSIGNMENT] = self._assignment
        config.option.tbstyle = "no"  # nobody sees it, and each would take up to a tenth of a second

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.court = session.config.pluginmanager.get_plugin(Court.NAME)
        self._progress = Progress(self._console, len(session.items))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._progress:
            self._progress.starts(nodeid.rsplit("/", 1)[-1])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._progress and report.when == "teardown":
            self._progress.ended()
        elif self._progress and report.failed:
            self._progress.violated()

    def pytest_runtest_logfinish(self) -> None:
        if self.told_to_stop:  # and some library took that for a failure of its own
            raise ToldToStop

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.crash = crashes.told(excinfo.value)
        return True  # pytest's own account would be a page of its insides; what is reported tells what broke, and where

    def pytest_unconfigure(self) -> None:
        if self._progress:
            self._progress.close()


def run(assignment: Assignment, console: Console, *, stop_on_first: bool, select: str | None = None) -> Results:
    """Judge the assignment's target, showing progress on the console; `select` as pytest's -k.

    Raises NoVerdict where pytest gave none, ProfileError for a selection that cannot be read, SystemExit where it
    was told to stop before there was anything to tell.
    """
    given = _Given(assignment, console)
    args = [
        str(CHECKS),
        f"--rootdir={CHECKS}",
        f"--config-file={Path(__file__).with_name('pytest.ini')}",
        "--noconftest",
        "-p", "conformance.plugin",
        "-p", "no:cacheprovider",
        "-p", "no:terminal",
        "--assert=plain",  # checks raise what they find; rewriting them takes a third of a second
    ]  # fmt: skip
    if stop_on_first:
        args.append("--stop-on-first")
    if select:
        args.append(f"-k={select}")
    with _undisturbed(), _heeding_signals(given):
        try:
            code = pytest.main(args, plugins=[given])
        except KeyboardInterrupt:
            code = Exit.INTERRUPTED
        except Exception as error:  # noqa: BLE001 - a traceback would end with 1, as if a requirement were violated
            code, given.crash = pytest.ExitCode.INTERNAL_ERROR, crashes.told(error)
    if given.court is not None and given.court.results is not None:
        return given.court.results
    if select and code == pytest.ExitCode.USAGE_ERROR:
        raise ProfileError(f"-k {select!r} cannot be read; it takes names joined by and, or, not")
    if code == Exit.INTERRUPTED:
        sys.exit(Exit.INTERRUPTED)
    broke = Redactor(assignment.profile.secrets).redact(given.crash or f"pytest ended with {code}")
    raise NoVerdict(f"the suite itself failed before there was a report: {broke}")


@contextlib.contextmanager
def _heeding_signals(given: _Given) -> Iterator[None]:
    """Inside, SIGTERM ends the run as Ctrl-C does: what was placed is removed, and what was judged is reported."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        given.told_to_stop = True
        raise ToldToStop

    heeded = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) != signal.SIG_IGN]
    before = {each: signal.signal(each, stop) for each in heeded}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the user's pytest options and plugins."""
    kept = dict(os.environ)
    for name in _MOVES_PYTEST:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
