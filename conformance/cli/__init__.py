"""The command line: a module for each command, imported when the command is called."""

import importlib
import os
from typing import Any

import click

from conformance import language
from conformance.cli.helping import Context, with_said_help
from conformance.cli.streams import spell_out

# Each command, with the first line of its own help: `--help` imports none of them.
COMMANDS = {
    "init": "Ask for what a profile needs, try each answer against the target, and write the profile.",
    "run": "Test a target and write the reports.",
    "overload": "Send bursts until the engine is busy, and check what became of every request.",
    "judge": "Judge recorded traffic: a HAR file of a browser or a proxy, or a log. No request is sent.",
    "record": "Record the traffic of any client as a HAR file, without secrets, until Ctrl-C.",
    "doctor": "Check a profile and its target before a run; no order is changed.",
    "explain": "Explain one requirement: what it means, how it is tested, and what typically breaks it.",
    "requirements": "List the requirements: what each one says, its source, and the checks that test it.",
    "compare": "Compare two runs or two targets, requirement by requirement.",
    "merge": "Make one report of several: of lanes, of machines, or of targets.",
    "history": "Show verdicts over several runs as a table and a plot, and name what is flaky.",
    "gate": "Decide from the results of a run whether a release may go out.",
    "seal": "Pack a report, its evidence and its statement into one file that `gate` verifies.",
    "waivers": "Write a waiver file to fill in, for everything that a run found violated or inconclusive.",
    "contract": "Print the OpenAPI description in one file, for mock servers and generators.",
    "sandbox": "Serve the sandbox, a reference exchange, on this machine until Ctrl-C.",
    "prove": "Prove that every check finds its faults, and that correct servers pass.",
    "sign": "Print QUERY with the current timestamp and the signature.",
    "forge": "Print a request with bad credentials, as a config file for curl.",
}


class _Commands(click.Group):
    """The commands of the table; `conformance.cli.NAME` holds the one named NAME."""

    context_class = Context

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **further: Any) -> click.Context:
        """Before anything is said, its language is known: by the locale, or by --lang wherever it stands."""
        language.use(language.of(os.environ))
        return super().make_context(info_name, _language_first(args), *more, **further)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return with_said_help(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _language_first(args: list[str]) -> list[str]:
    """The same words, with --lang and its value in front, so that it holds for `--help` too."""
    for at, word in enumerate(args):
        if word == "--":
            break
        taken = 2 if word == "--lang" else 1 if word.startswith("--lang=") else 0
        if taken:
            return [*args[at : at + taken], *args[:at], *args[at + taken :]]
    return args


def _use(ctx: click.Context, param: click.Parameter, value: language.Language | None) -> None:
    if value is not None:
        language.use(value)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--lang",
    type=click.Choice(language.LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_use,
    help="Language of reports and of help. Default: that of the locale.",
)
@click.version_option(package_name="p99-conformance")
def main() -> None:
    """Test an exchange against the p99 spot-order API: list my orders, cancel all my orders."""
    spell_out()
