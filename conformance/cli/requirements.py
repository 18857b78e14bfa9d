"""`p99-conformance requirements`."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance import requirements as catalogue
from conformance.cli.catalogue import entry
from conformance.cli.complaints import complaints
from conformance.cli.proofs import faults_by_requirement
from conformance.judging.traceability import checks_by_requirement


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
@click.argument("ids", nargs=-1)
def requirements(as_json: bool, ids: tuple[str, ...]) -> None:
    """List the requirements: what each one says, its source, and the checks that test it.

    Without IDS, all of them.
    """
    with complaints():
        chosen = [entry(id) for id in ids] or list(catalogue.load().values())
    judged_by, proven_by = checks_by_requirement(), faults_by_requirement()
    lists = {
        each.id: {"checks": judged_by.get(each.id, []), "faults": list(proven_by.get(each.id, ()))} for each in chosen
    }
    if as_json:
        click.echo(json.dumps([asdict(each) | lists[each.id] for each in chosen], indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for each in chosen:
        console.print(Text(each.id, style="bold").append(f"  {each.level}", style="cyan"))
        lines = {
            "": each.says,
            "source": each.source,
            "judged by": ", ".join(lists[each.id]["checks"]) or "nothing yet",
            "proven by": ", ".join(lists[each.id]["faults"]) or "nothing yet",
        }
        table = Table.grid("", "", padding=(0, 2, 0, 0))
        for name, words in lines.items():
            table.add_row(Text(name, style="dim"), Text(words))
        console.print(Padding(table, (0, 0, 1, 2)))
