"""Where a command prints what it found, whatever the terminal can show."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from rich.console import Console

from conformance.cli.streams import SPELLED
from conformance.reporting.spoken import SpokenConsole

_LOG_WIDTH = 110  # the width of lines in a log, where there is no terminal that has one


def output() -> Console:
    """The console of standard output."""
    return SpokenConsole(width=None if sys.stdout.isatty() else _LOG_WIDTH, highlight=False)


def beside_capture(*, quiet: bool) -> Console:
    """A console of standard error that pytest's capture does not take: it would swallow all that a check's time has."""
    own = open(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors=SPELLED)  # noqa: SIM115 - as long as the process
    width = None if "COLUMNS" in os.environ or not own.isatty() else os.get_terminal_size(own.fileno()).columns
    return SpokenConsole(file=own, quiet=quiet, width=width or None)  # later it would measure what the capture has


@contextlib.contextmanager
def said(in_short: Callable[[], str]) -> Iterator[None]:
    """Inside, what is printed is the result of the command: where it cannot be, the result `in_short` goes to standard
    error, and the exit code stays what it is.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # Else Python tries again at its end, and exits with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        with contextlib.suppress(OSError):
            print(f"{in_short()} (standard output: {error.strerror})", file=sys.stderr)  # noqa: T201
