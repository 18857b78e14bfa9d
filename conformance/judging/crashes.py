"""A failure of the suite itself, told in one line: what broke, and where."""

import traceback
from pathlib import Path

import conformance

_PACKAGE = Path(conformance.__file__).parent


def told(error: BaseException) -> str:
    """The kind of the error, its message, and the last line of this package that it passed. It may hold secrets."""
    line = f"{type(error).__name__}: {error}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(_PACKAGE):
            return f"{line} ({Path(frame.filename).relative_to(_PACKAGE.parent)}:{frame.lineno})"
    return line
