"""How a command says that it cannot go on."""

import contextlib
import sys
from collections.abc import Iterator

import click

from conformance import language
from conformance.exits import EndsCommand


@contextlib.contextmanager
def complaints() -> Iterator[None]:
    """What ends the command is printed as one line, and decides the exit code."""
    try:
        yield
    except EndsCommand as error:
        click.echo(f"p99-conformance: {language.say(str(error))}", err=True)
        sys.exit(error.exit)
