"""`p99-conformance gate`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.text import Text

from conformance.cli import result_files
from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.exits import Exit
from conformance.gating import waivers
from conformance.gating.gate import decide
from conformance.options import SELECTING
from conformance.reporting import words
from conformance.requirements.selection import selection
from conformance.verdict import Verdict


@click.command()
@click.option(
    "--waivers",
    "waived",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="TOML file of accepted violations. Default: the waivers of that run.",
)
@click.option(
    "--require",
    type=click.Choice(["none", "must", "implied", "all"]),
    help="As for `run`. Default: what was given to that run.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="RESULTS",
    help="Results of an earlier run; the gate fails if a requirement got worse.",
)
@options(*SELECTING)
@click.argument("results", type=click.Path(path_type=Path))
def gate(
    waived: Path | None, require: str | None, baseline: Path | None, only: str | None, skip: str | None, results: Path
) -> None:
    """Decide from the results of a run whether a release may go out.

    RESULTS is a results.json, or a report directory. The exit codes are those of `run`. A waived violation does not
    fail the gate. The gate fails on a waiver that is expired, unused or unmatched, and if this run did not test
    something that the baseline tested.
    """
    with complaints():
        decision = decide(
            result_files.read(results),
            waivers=waivers.load(waived) if waived else None,
            require=require,  # type: ignore[arg-type]
            baseline=result_files.read(baseline) if baseline else None,
            today=datetime.now(UTC).date(),
            selected=selection(only, skip, by_any_command=True),
        )
    console = output()
    for result in decision.results.violated:
        rate = f" in {result.rate}" if result.rate else ""
        console.print(Text(result.id, style="bold red").append(f" is violated{rate}: {result.reason}", style="default"))
        if affected := words.affected(decision.results, result):
            console.print(Text(f"  {affected}", style="red"))
    for result in decision.results.accepted:
        stands = "violated" if result.verdict is Verdict.FAIL else "inconclusive"
        console.print(Text(result.id, style="yellow").append(f" is {stands}, {words.waived(result)}", style="default"))
    for problem in decision.problems:
        console.print(Text(problem, style="bold yellow"))
    opens = "the gate is open" if decision.exit_code is Exit.OK else "the gate is shut"
    verdict = f"{words.headline(decision.results)} · {opens} · exit {decision.exit_code}"
    console.print(Text(verdict, style="bold"), soft_wrap=not console.is_terminal)
    sys.exit(decision.exit_code)
