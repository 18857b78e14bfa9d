"""`p99-conformance compare`."""

import json
import sys
from pathlib import Path

import click

from conformance.cli import result_files
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.exits import Exit
from conformance.gating import comparison
from conformance.reporting import changes


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
def compare(form: str, before: Path, after: Path) -> None:
    """Compare two runs or two targets, requirement by requirement.

    It lists what became worse, what was fixed, and what is new, or gone. BEFORE and AFTER are results.json files, or
    report directories.

    \b
    Exit codes: 0 nothing is worse · 1 a must or implied requirement is worse, or is not tested any more
    2 wrong usage
    """
    with complaints():
        compared = comparison.compare(result_files.read(before), result_files.read(after))
    if form == "json":
        click.echo(json.dumps(compared.to_json(), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(changes.markdown(compared))
    else:
        output().print(changes.render(compared))
    sys.exit(Exit.VIOLATED if compared.worse else Exit.OK)
