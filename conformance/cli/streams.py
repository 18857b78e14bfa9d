"""Standard output and error, made fit for whatever a command prints. Every command imports it, so it imports little."""

import codecs
import contextlib
import os
import sys

# What a terminal that knows ASCII alone is shown instead. Of the rest it is shown the number.
_IN_ASCII = str.maketrans({"·": "|", "…": "...", "–": "-", "—": "-", "’": "'", "×": "x", "→": "->", "✓": "+", "✗": "x"})
SPELLED = "p99-conformance.spelled"


def spell_out() -> None:
    """From now on, what the terminal has no character for is printed in others, and what was closed takes what is
    printed and shows it to nobody: neither ends the command.
    """
    codecs.register_error(SPELLED, _spelled)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        stream = getattr(sys, name)
        with contextlib.suppress(AttributeError, ValueError):  # a test may have put something else there
            stream.reconfigure(errors=SPELLED)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_IN_ASCII)
    return text.encode("ascii", "backslashreplace").decode(), error.end
