"""Where a command prints what it found, whatever the terminal can show."""

import codecs
import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from rich.console import Console

_LOG_WIDTH = 110  # the width of lines in a log, where there is no terminal that has one

# What a terminal that knows ASCII alone is shown instead. Of the rest it is shown the number.
_IN_ASCII = str.maketrans({"·": "|", "…": "...", "–": "-", "—": "-", "’": "'", "×": "x", "→": "->", "✓": "+", "✗": "x"})
_SPELLED = "p99-conformance.spelled"


def output() -> Console:
    """The console of standard output."""
    return Console(width=None if sys.stdout.isatty() else _LOG_WIDTH, highlight=False)


def beside_capture(*, quiet: bool) -> Console:
    """A console of standard error that pytest's capture does not take: it would swallow all that a check's time has."""
    own = open(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors=_SPELLED)  # noqa: SIM115 - as long as the process
    return Console(file=own, quiet=quiet)


def spell_out() -> None:
    """From now on, what the terminal has no character for is printed in others, and what was closed takes what is
    printed and shows it to nobody: neither ends the command.
    """
    codecs.register_error(_SPELLED, _spelled)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        stream = getattr(sys, name)
        with contextlib.suppress(AttributeError, ValueError):  # a test may have put something else there
            stream.reconfigure(errors=_SPELLED)


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


def _spelled(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_IN_ASCII)
    return text.encode("ascii", "backslashreplace").decode(), error.end
