"""The catalogue, printed."""

import json
from dataclasses import asdict
from difflib import get_close_matches

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance import faults
from conformance import requirements as catalogue
from conformance.cli.shared import complaints, output
from conformance.judging.traceability import checks_by_requirement, descriptions
from conformance.profile import ProfileError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other tools.")
@click.argument("ids", nargs=-1)
def requirements(as_json: bool, ids: tuple[str, ...]) -> None:
    """Print the catalogue: what is required, where that is said, and the checks that judge it."""
    with complaints():
        chosen = [_entry(id) for id in ids] or list(catalogue.load().values())
    judged_by, proven_by = checks_by_requirement(), _faults_by_requirement()
    lists = {
        entry.id: {"checks": judged_by.get(entry.id, []), "faults": proven_by.get(entry.id, [])} for entry in chosen
    }
    if as_json:
        click.echo(json.dumps([asdict(entry) | lists[entry.id] for entry in chosen], indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for entry in chosen:
        console.print(Text(entry.id, style="bold").append(f"  {entry.level}", style="cyan"))
        lines = {
            "": entry.says,
            "source": entry.source,
            "judged by": ", ".join(lists[entry.id]["checks"]) or "nothing yet",
            "proven by": ", ".join(lists[entry.id]["faults"]) or "nothing yet",
        }
        table = Table.grid("", "", padding=(0, 2, 0, 0))
        for name, words in lines.items():
            table.add_row(Text(name, style="dim"), Text(words))
        console.print(Padding(table, (0, 0, 1, 2)))


@click.command()
@click.argument("id")
def explain(id: str) -> None:
    """Explain a requirement: what it means, how it is judged, what typically causes a violation, what proves it."""
    with complaints():
        entry = _entry(id)
    told = descriptions()
    judged_by = [(name.partition("::")[2] or name, told.get(name, "")) for name in checks_by_requirement().get(id, [])]
    broken_by = [(name, faults.load()[name].says) for name in _faults_by_requirement().get(id, [])]
    console = output()
    console.print(Text(id, style="bold").append(f"  {entry.level}", style="cyan"))
    console.print(Padding(Text(entry.says), (0, 0, 0, 2)))
    console.print(Padding(Text(f"source: {entry.source}", style="dim"), (0, 0, 0, 2)))
    if entry.why:
        console.print(Padding(Text(entry.why), (0, 0, 0, 2)))
    titles = {
        "How it is judged": judged_by,
        "What typically causes a violation": [("·", cause) for cause in entry.causes],
        "What proves it, each a fault that its checks find": broken_by,
    }
    for title, rows in titles.items():
        console.print(Text(f"\n{title}", style="bold"))
        table = Table.grid("", "", padding=(0, 2, 0, 0))
        for name, says in rows:
            table.add_row(Text(name, style="cyan"), Text(says))
        console.print(Padding(table, (0, 0, 0, 2)))
    if broken_by:
        console.print(Text(f"\nsee one for yourself: p99-conformance prove {broken_by[0][0]}", style="dim"))


def _entry(id: str) -> catalogue.Requirement:
    """The requirement of this id. Raises ProfileError."""
    entries = catalogue.load()
    if id not in entries:
        near = get_close_matches(id, entries, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`p99-conformance requirements` lists them"
        raise ProfileError(f"there is no requirement {id!r}; {hint}")
    return entries[id]


def _faults_by_requirement() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in faults.load().values():
        found.setdefault(each.breaks, []).append(each.name)
    return found
