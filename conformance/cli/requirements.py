"""`p99-conformance requirements`."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from conformance import language
from conformance import requirements as catalogue
from conformance.cli.catalogue import entry, private_of, target
from conformance.cli.complaints import complaints
from conformance.cli.helping import cells, wrapped
from conformance.cli.proofs import faults_by_requirement
from conformance.judging.traceability import checks_by_requirement
from conformance.requirements import Requirement

_LABELS = 9  # cells; the longest label is "proven by"


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "csv"]),
    default="text",
    show_default=True,
    help="markdown and csv are a test plan, whose ids can be cited in tickets.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@target
@click.argument("ids", nargs=-1)
def requirements(form: str, target: Path | None, ids: tuple[str, ...]) -> None:
    """List the requirements: what each one says, its source, and the checks that test it.

    Without IDS, all of them.
    """
    with complaints():
        own = private_of(target)
        chosen = [entry(id, own) for id in ids] or [*catalogue.load().values(), *own.requirements.values()]
    judged_by = {**checks_by_requirement(), **own.judged_by}
    proven_by = faults_by_requirement([each.id for each in chosen])
    plan = [(each, judged_by.get(each.id, []), list(proven_by.get(each.id, ()))) for each in chosen]
    if form == "json":
        listed = [asdict(each) | {"checks": checks, "faults": faults} for each, checks, faults in plan]
        click.echo(json.dumps(listed, indent=2, ensure_ascii=False))
    elif form == "text":
        for row in plan:
            _print(*row)
    else:
        from conformance.reporting import testplan  # here, since the text alone is quicker without

        click.echo(testplan.FORMATS[form](plan), nl=False)


def _print(each: Requirement, checks: Sequence[str], faults: Sequence[str]) -> None:
    click.echo(f"{click.style(each.id, bold=True)}  {click.style(language.say(each.level), fg='cyan')}")
    lines = {
        "": language.say(each.says),
        "source": language.say(each.source),
        "judged by": ", ".join(checks) or language.say("nothing yet"),
        "proven by": ", ".join(faults) or language.say("nothing yet"),
    }
    width = shutil.get_terminal_size().columns
    for name, words in lines.items():
        label = language.say(name)
        begin = f"  {label}{' ' * (_LABELS - cells(label))}  "
        for line in wrapped(words, width - _LABELS - 4):
            click.echo(begin + line)
            begin = " " * (_LABELS + 4)
    click.echo()
