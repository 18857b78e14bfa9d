"""`p99-conformance doctor`."""

import sys

import click
from rich.table import Table
from rich.text import Text

from conformance import language
from conformance.cli.click_options import option, options
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.exits import Exit
from conformance.judging import private
from conformance.judging.lacking import lacking
from conformance.judging.plan import profile_of
from conformance.judging.stages import examine_profile
from conformance.options import SELECTING, TARGET
from conformance.requirements.selection import selection

_GRADES = {"good": "green", "warning": "yellow", "problem": "bold red"}


@click.command()
@option(TARGET, required=True)
@options(*SELECTING)
def doctor(target: str, only: str | None, skip: str | None) -> None:
    """Check a profile and its target before a run; no order is changed.

    It says what would stop a run, and what to do about it.

    \b
    Exit codes: 0 a run can test it · 2 a bad profile, or one that mixes up two users
    3 a run could not test it
    """
    with complaints():
        profile = profile_of(target)
        selected = selection(only, skip, private=private.load(profile.checks).requirements)
        findings = list(examine_profile(profile))
    if not any(found.grade == "problem" for found in findings):
        findings += lacking(profile, selected)
    table = Table.grid("", "", "", padding=(0, 2, 0, 0))
    for found in findings:
        said = Text(found.says).append(f"\n{found.remedy}" if found.remedy else "", style="cyan")
        table.add_row(Text(found.grade, style=_GRADES[found.grade]), Text(found.about), said)
    output().print(table)
    problems = sum(found.grade == "problem" for found in findings)
    told = "a run can judge it" if not problems else f"a run could not judge it: correct {problems} first"
    click.echo(language.say(told))
    if any(found.refuses for found in findings):
        sys.exit(Exit.WRONG_USAGE)
    sys.exit(Exit.INCONCLUSIVE if problems else Exit.OK)
