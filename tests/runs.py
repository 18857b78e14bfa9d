"""Runs of the suite as users start them: each a process of its own, in a folder of its own."""

import json
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import conformance
from conformance import requirements
from conformance.sandbox import Sandbox
from conformance.sandbox.records import Order

# A run that has not ended by then hangs; a whole one takes some seconds.
ENDS_WITHIN_S = 60

# Started from a process that has imported everything: else that takes longer than most of these runs. There is one such
# process for all that a worker of pytest starts, so that trials have to be started from the same.
PRELOADED = ("tests.ready",)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([*PRELOADED])

# Statements for a run on a target that goes away and never comes back: it is not waited for as long as for others.
GONE_FOR_GOOD = "from conformance.wire import breaker; breaker.AWAY_S = 1"

PACKAGE = Path(conformance.__file__).parent
_OUT, _ERR, _PEAK, _CODES = "stdout.txt", "stderr.txt", "peak.txt", "codes.json"


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended. `results`: what results.json holds, empty where there is none.

    `peak_kb`: the most memory that it held; 0 where it was killed.
    """

    code: int
    results: dict[str, Any]
    stdout: str
    stderr: str
    peak_kb: int = 0

    @property
    def printed(self) -> str:
        return self.stdout + self.stderr

    def with_verdict(self, verdict: str) -> set[str]:
        return {entry["id"] for entry in self.results["requirements"] if entry["verdict"] == verdict}

    @property
    def untested(self) -> set[str]:
        """The requirements without a verdict, but for those of other commands."""
        return {id for id in self.with_verdict("none") if not requirements.command_of(id)}


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is under way in this folder."""

    process: BaseProcess
    folder: Path

    def end(self) -> Ended:
        """Wait for its end."""
        self.process.join(ENDS_WITHIN_S)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
            raise AssertionError(f"no end within {ENDS_WITHIN_S} s")
        code = self.process.exitcode
        self.process.close()
        written = self.folder / "reports" / "results.json"
        results = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
        # A run that prints what is no UTF-8 should fail the test of what it prints, not this line.
        out, err = ((self.folder / name).read_text(encoding="utf-8", errors="replace") for name in (_OUT, _ERR))
        peak = self.folder / _PEAK
        return Ended(code, results, out, err, int(peak.read_text(encoding="utf-8")) if peak.exists() else 0)


def start(folder: Path, *words: str | Path, patch: str = "", environ: Mapping[str, str] | None = None) -> Run:
    """Start `p99-conformance` with these words in the folder, behind some statements that change the suite."""
    return _start(_command, folder, (*words,), patch, environ or {})


def run(folder: Path, *words: str | Path, patch: str = "", **environ: str) -> Ended:
    """`p99-conformance run` with these words."""
    return start(folder, "run", *words, patch=patch, environ=environ).end()


def run_pytest(folder: Path, *words: str | Path, patch: str = "", **environ: str) -> Ended:
    """`pytest` with these words, as where the package is installed: without the checkout's own conftest.py."""
    alone = ("-p", "conformance.plugin", "-p", "no:cacheprovider", f"--confcutdir={PACKAGE}")
    return _start(_pytest, folder, (*alone, *words), patch, environ).end()


@dataclass(frozen=True, slots=True)
class Several:
    """Commands that have ended, and all that they printed."""

    codes: list[int]
    printed: str


def run_each(folder: Path, commands: Sequence[Sequence[str]], **environ: str) -> Several:
    """`p99-conformance` with each of these words, one after the other in one process."""
    process = _start(_each, folder, tuple(map(json.dumps, commands)), "", environ).process
    process.join(ENDS_WITHIN_S * max(1, len(commands) // 4))  # a run may take all of its time, a gate takes none
    process.kill()
    printed = "".join((folder / name).read_text(encoding="utf-8") for name in (_OUT, _ERR))
    return Several(json.loads((folder / _CODES).read_text(encoding="utf-8")), printed)


def live(sandbox: Sandbox, *accounts: str) -> list[Order]:
    """The live orders of these accounts; of all where none is named."""
    orders = sandbox.exchange.orders
    return [order for each in accounts or list(orders) for order in list(orders[each].values()) if order.live]


def _start(what: Any, folder: Path, words: tuple[str | Path, ...], patch: str, environ: Mapping[str, str]) -> Run:
    """In the surroundings of a user who has set nothing, and whose programs keep their state in the folder."""
    around = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), **environ}
    arguments = (what, folder, [str(word) for word in words], patch, around)
    process = _CONTEXT.Process(target=_there, args=arguments)
    process.start()
    return Run(process, folder)


def _there(what: Any, folder: Path, words: list[str], patch: str, environ: dict[str, str]) -> None:
    # A shell starts what it runs in the background with Ctrl-C ignored, and these tests may be run there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for name, number in ((_OUT, 1), (_ERR, 2)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the process
    exec(patch, {})
    try:
        what(words)
    finally:
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        (folder / _PEAK).write_text(str(peak_kb), encoding="utf-8")


def _command(words: list[str]) -> None:
    from conformance.cli import main

    sys.argv = ["p99-conformance", *words]
    main(words)


def _each(commands: list[str]) -> None:
    from conformance.cli import main

    codes = []
    for words in map(json.loads, commands):
        print("$ p99-conformance", *words, flush=True)
        try:
            main(words)
        except SystemExit as ended:
            codes.append(ended.code or 0)
    Path(_CODES).write_text(json.dumps(codes), encoding="utf-8")


def _pytest(words: list[str]) -> None:
    import pytest

    sys.argv = ["pytest", *words]
    sys.path.insert(0, "")
    sys.exit(pytest.main(words))
