"""`p99-conformance explain`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance import requirements
from conformance.cli import catalogue
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.cli.proofs import faults_by_requirement
from conformance.judging.traceability import checks_by_requirement, descriptions
from conformance.reporting.spoken import Unsaid

if TYPE_CHECKING:
    from conformance.reporting.coverage import Covered


@click.command()
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="RESULTS",
    help="A run, to see what it covered of this requirement.",
)
@catalogue.target
@click.argument("id")
def explain(report: Path | None, target: Path | None, id: str) -> None:
    """Explain one requirement: what it means, how it is tested, and what typically breaks it."""
    with complaints():
        own = catalogue.private_of(target)
        entry = catalogue.entry(id, own)
        verdict, covered = _run(report, entry) if report else ("", [])
    told = {**descriptions(), **own.descriptions}
    checks = {**checks_by_requirement(), **own.judged_by}.get(id, [])
    judged_by = [(name.partition("::")[2] or name, told.get(name, "")) for name in checks]
    related = requirements.consequences()
    broken_by = list(faults_by_requirement([id]).get(id, {}).items())
    console = output()
    console.print(Text(id, style="bold").append(f"  {entry.level}", style="cyan"))
    console.print(Padding(Text(entry.says), (0, 0, 0, 2)))
    console.print(Padding(Text(f"source: {entry.source}", style="dim"), (0, 0, 0, 2)))
    if entry.why:
        console.print(Padding(Text(entry.why), (0, 0, 0, 2)))
    titles = {
        "How it is tested": judged_by,
        "What typically causes a violation": [("·", cause) for cause in entry.causes],
        "What a violation may follow from": [(each.of, each.why) for each in related if each.id == id],
        "What may follow from a violation": [(each.id, each.why) for each in related if each.of == id],
        "Faults that its checks find": broken_by,
    }
    for title, rows in titles.items():
        if not rows:
            continue
        console.print(Text(f"\n{title}", style="bold"))
        table = Table.grid("", "", padding=(0, 2, 0, 0))
        text = Unsaid if rows is broken_by else Text
        for name, says in rows:
            table.add_row(Unsaid(name, style="cyan"), text(says))
        console.print(Padding(table, (0, 0, 0, 2)))
    if verdict:
        console.print(Text("\nHow it stands in the run", style="bold"))
        console.print(Padding(Text(verdict), (0, 0, 0, 2)))
    for each in covered:
        console.print(Text(f"\nWhat the run covered of {each.area}", style="bold"))
        for line in (*each.counts, *(f"gap: {gap}" for gap in each.gaps)):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    if broken_by:
        console.print(Text(f"\ntry one: p99-conformance prove {broken_by[0][0]}", style="dim"))


def _run(report: Path, entry: requirements.Requirement) -> "tuple[str, list[Covered]]":
    """How the requirement stands in this report, and what the run covered of what it is about. Raises WrongUsage."""
    # Imported when asked for: without a report the command answers at once.
    from conformance.cli.result_files import read
    from conformance.reporting import coverage, words

    results = read(report)
    told = {each.id: f"{each.verdict.word}  {words.why(each)}".rstrip() for each in results.requirements}
    return told.get(entry.id, ""), coverage.told(results.coverage, entry.section)
