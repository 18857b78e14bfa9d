"""`p99-conformance waivers`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from conformance.cli import result_files
from conformance.cli.complaints import complaints
from conformance.exits import WrongUsage
from conformance.gating.drafting import draft


@click.command()
@click.option(
    "--from",
    "report",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    required=True,
    help="The run: a results.json, or a report directory.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there, not to the terminal.")
def waivers(report: Path, out: Path | None) -> None:
    """Write a waiver file to fill in, for everything that a run found violated or inconclusive.

    Say who agreed to each waiver, and why. Then give the file to `run --waivers` or `gate --waivers`.
    """
    with complaints():
        text = draft(result_files.read(report), datetime.now(UTC).date())
        if out is None:
            click.echo(text, nl=False)
            return
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise WrongUsage(f"{out} exists already; give another name, or remove it") from None
        except OSError as error:
            raise WrongUsage(f"{out} cannot be written: {error.strerror}") from None
