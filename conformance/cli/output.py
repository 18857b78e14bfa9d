"""Where a command prints what it found."""

import sys

from rich.console import Console

_LOG_WIDTH = 110  # the width of lines in a log, where there is no terminal that has one


def output() -> Console:
    """The console of standard output."""
    return Console(width=None if sys.stdout.isatty() else _LOG_WIDTH, highlight=False)
