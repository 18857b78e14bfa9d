"""`p99-conformance requirements`."""

import json
import shutil
import textwrap
from dataclasses import asdict

import click

from conformance import requirements as catalogue
from conformance.cli.catalogue import entry
from conformance.cli.complaints import complaints
from conformance.cli.proofs import faults_by_requirement
from conformance.judging.traceability import checks_by_requirement


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
@click.argument("ids", nargs=-1)
def requirements(form: str, ids: tuple[str, ...]) -> None:
    """List the requirements: what each one says, its source, and the checks that test it.

    Without IDS, all of them.
    """
    with complaints():
        chosen = [entry(id) for id in ids] or list(catalogue.load().values())
    judged_by, proven_by = checks_by_requirement(), faults_by_requirement([each.id for each in chosen])
    lists = {
        each.id: {"checks": judged_by.get(each.id, []), "faults": list(proven_by.get(each.id, ()))} for each in chosen
    }
    if form == "json":
        click.echo(json.dumps([asdict(each) | lists[each.id] for each in chosen], indent=2, ensure_ascii=False))
        return
    if form != "text":
        from conformance.reporting import testplan  # here, since the text alone is quicker without

        plan = [(each, lists[each.id]["checks"], lists[each.id]["faults"]) for each in chosen]
        click.echo(testplan.FORMATS[form](plan), nl=False)
        return
    width = shutil.get_terminal_size().columns
    for each in chosen:
        click.echo(f"{click.style(each.id, bold=True)}  {click.style(each.level, fg='cyan')}")
        lines = {
            "": each.says,
            "source": each.source,
            "judged by": ", ".join(lists[each.id]["checks"]) or "nothing yet",
            "proven by": ", ".join(lists[each.id]["faults"]) or "nothing yet",
        }
        for name, words in lines.items():
            begin = f"  {name:<9}  "
            click.echo(
                textwrap.fill(
                    words, width, initial_indent=begin, subsequent_indent=" " * len(begin), break_on_hyphens=False
                )
            )
        click.echo()
