"""What the commands share: how they complain, where they print, and how they find a variant of the sandbox."""

import contextlib
import sys
from collections.abc import Iterator
from difflib import get_close_matches

import click
from rich.console import Console

from conformance import faults
from conformance.gating.waivers import WaiverError
from conformance.judging.runner import NoVerdict
from conformance.profile import ProfileError

WRONG_USAGE = 2
CANNOT_JUDGE = 3
SUITE_FAILED = 4

_LOG_WIDTH = 110  # where nobody's terminal says how wide it is


def output() -> Console:
    """Where a command prints what it found."""
    return Console(width=None if sys.stdout.isatty() else _LOG_WIDTH, highlight=False)


@contextlib.contextmanager
def complaints() -> Iterator[None]:
    """What is wrong with words or files is one line and exit 2; what is wrong with the suite is exit 4."""
    try:
        yield
    except (ProfileError, WaiverError) as error:
        click.echo(f"p99-conformance: {error}", err=True)
        sys.exit(WRONG_USAGE)
    except NoVerdict as error:
        click.echo(f"p99-conformance: {error}", err=True)
        sys.exit(SUITE_FAILED)


def variant(name: str) -> faults.Variant:
    """The fault or twin of this name. Raises ProfileError."""
    catalogued: dict[str, faults.Variant] = {**faults.load(), **faults.twins()}
    if name not in catalogued:
        near = get_close_matches(name, catalogued, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(catalogued)}"
        raise ProfileError(f"there is no fault or twin named {name!r}; {hint}")
    return catalogued[name]
