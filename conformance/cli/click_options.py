"""The options of a run, as click takes them."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from conformance.options import Option

Command = TypeVar("Command", bound=Callable[..., Any])


def option(told: Option, **further: Any) -> Callable[[Command], Command]:
    """A decorator that gives a command this option. `further`: what else click is told of it."""
    if told.flag:
        return click.option(told.name, is_flag=True, help=told.help, **further)
    if told.default is not None:
        further |= {"default": told.default, "show_default": True}
    kind = click.Choice(told.choices) if told.choices else told.kind
    return click.option(told.name, type=kind, metavar=told.metavar, multiple=told.repeated, help=told.help, **further)


def options(*told: Option) -> Callable[[Command], Command]:
    """A decorator that gives a command all of these options, in this order."""

    def decorate(command: Command) -> Command:
        for each in reversed(told):
            command = option(each)(command)
        return command

    return decorate
