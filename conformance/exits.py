"""What a command ends with: its exit code, and the error that ends it early."""

from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """The exit codes of `run`; other commands use those of them that apply.

    OK: no violation was found, and what `--require` names was tested.
    VIOLATED: a must or implied requirement is violated. `compare` and `prove` say with it that something is worse, or
    not proven.
    WRONG_USAGE: wrong usage, a bad profile, or a refusal for safety.
    INCONCLUSIVE: the target could not be reached or judged, or something that `--require` names was not tested.
    SUITE_FAILED: the suite itself failed.
    INTERRUPTED: Ctrl-C, or a signal.

    Where several hold, the first of these decides: INTERRUPTED, WRONG_USAGE, VIOLATED, SUITE_FAILED, INCONCLUSIVE, OK.
    """

    OK = 0
    VIOLATED = 1
    WRONG_USAGE = 2
    INCONCLUSIVE = 3
    SUITE_FAILED = 4
    INTERRUPTED = 130


class EndsCommand(Exception):
    """Ends a command with one line to the user and an exit code."""

    exit: ClassVar[Exit]


class WrongUsage(EndsCommand):
    """What the user gave cannot be used: a word of the command line, or a file."""

    exit = Exit.WRONG_USAGE
