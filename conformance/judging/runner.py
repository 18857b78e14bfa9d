"""One run: a pytest session that the options, plugins and files of the user do not influence."""

import contextlib
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from conformance import hypothesis_seam
from conformance.exits import EndsCommand, Exit
from conformance.judging import crashes, signals
from conformance.judging.gathering import Gathering
from conformance.judging.keys import CHECKS, PLAN
from conformance.judging.plan import Plan
from conformance.judging.signals import ToldToStop
from conformance.profile import ProfileError
from conformance.reporting.progress import Progress
from conformance.results import Results
from conformance.wire.redaction import Redactor

# From these variables pytest would take options and plugins of the user.
_PYTEST_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_THEME")


class NoVerdict(EndsCommand):
    """Pytest ended before there were any results."""

    exit = Exit.SUITE_FAILED


class NothingSelected(EndsCommand):
    """-k matches no check."""

    exit = Exit.INCONCLUSIVE


# A run makes many objects that live as long as it does: to look through them less often saves a tenth of its time.
_GARBAGE = 100_000


class _Hooks:
    """The pytest hooks of `run` alone: they hand over the plan, show progress, and note how the session ends."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._plan = plan
        self._console = console
        self._progress: Progress | None = None
        self.gathering: Gathering | None = None
        self.selected: int | None = None
        self.told_to_stop = False
        self.crash: str | None = None

    def stop(self) -> None:
        """Note that the run was stopped."""
        self.told_to_stop = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[PLAN] = self._plan
        config.option.tbstyle = "no"  # nobody sees tracebacks here, and each takes up to a tenth of a second

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.gathering = session.config.pluginmanager.get_plugin(Gathering.NAME)
        self.selected = len(session.items)
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
        if self.told_to_stop:  # a library may have caught the signal as an error of its own
            raise ToldToStop

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.crash = crashes.told(excinfo.value)
        return True  # else pytest prints a page about its own insides; the report tells the crash in one line

    def pytest_unconfigure(self) -> None:
        if self._progress:
            self._progress.close()


def run(plan: Plan, console: Console, *, stop_on_first: bool, select: str | None = None) -> Results:
    """Judge the target of the plan, and show progress on the console. `select` is an expression as for pytest -k.

    Raises NothingSelected if no check matches it, NoVerdict if pytest ended without results, ProfileError if `select`
    cannot be read, and SystemExit(130) if a signal ended the run before there were results.
    """
    hooks = _Hooks(plan, console)
    args = [
        str(CHECKS),
        *plan.private.paths,
        f"--rootdir={CHECKS}",
        f"--config-file={Path(__file__).with_name('pytest.ini')}",
        "--noconftest",
        "-p", "conformance.plugin",
        "-p", "no:cacheprovider",
        "-p", "no:terminal",
        "-p", "no:unraisableexception",  # it collects garbage five times over at the end, for warnings nobody sees
        "--assert=plain",  # no check needs rewritten assertions, and rewriting takes a third of a second
    ]  # fmt: skip
    if stop_on_first:
        args.append("--stop-on-first")
    if select:
        args.append(f"-k={select}")
    gc.set_threshold(_GARBAGE)
    with hypothesis_seam.leaving_nothing(), _isolated(), signals.stopping(hooks.stop):
        try:
            code = pytest.main(args, plugins=[hooks])
        except KeyboardInterrupt:
            code = Exit.INTERRUPTED
        except Exception as error:  # noqa: BLE001 - else Python exits with 1, as for a violation
            code, hooks.crash = pytest.ExitCode.INTERNAL_ERROR, crashes.told(error)
    if hooks.gathering is not None and hooks.gathering.results is not None:
        results = hooks.gathering.results
        if select and plan.writes and hooks.selected == 0 and results.exit_code is Exit.INCONCLUSIVE:
            raise NothingSelected(f"-k {select!r} matches no check; `p99-conformance requirements` names them")
        return results
    if select and code == pytest.ExitCode.USAGE_ERROR:
        raise ProfileError(f"-k {select!r} cannot be read; it takes names joined by and, or, not")
    if code == Exit.INTERRUPTED:
        sys.exit(Exit.INTERRUPTED)
    broke = Redactor(plan.profile.secrets).redact(hooks.crash or f"pytest ended with {code}")
    raise NoVerdict(f"the suite itself failed before it could write a report: {broke}")


@contextlib.contextmanager
def _isolated() -> Iterator[None]:
    """Inside, pytest takes no options and no plugins from the environment of the user."""
    kept = dict(os.environ)
    for name in _PYTEST_VARIABLES:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
