"""`p99-conformance history`."""

from pathlib import Path

import click

from conformance.cli import result_files
from conformance.cli.complaints import complaints
from conformance.cli.output import output, said
from conformance.judging.plan import writable
from conformance.profile import ProfileError
from conformance.reporting import files
from conformance.reporting import history as told_by
from conformance.reporting.html import history as drawn

PLOT = "history.svg"


@click.command()
@click.option("--report-dir", default="history", show_default=True, metavar="DIR", help="Folder for the pages.")
@click.argument("reports", nargs=-1, required=True, type=click.Path(path_type=Path))
def history(reports: tuple[Path, ...], report_dir: str) -> None:
    """Show verdicts over several runs as a table and a plot, and name what is flaky.

    REPORTS are results.json files, or report directories, in any order. It writes history.html, history.md and the plot
    history.svg. A requirement is flaky if its verdict changed while suite version, target and scope stayed the same.

    \b
    Exit codes: 0 written · 2 wrong usage
    """
    with complaints():
        folder = writable(Path(report_dir))
        found = told_by.history(result_files.read_all(reports))
        texts = {"history.html": drawn.html(found), "history.md": told_by.markdown(found, PLOT), PLOT: drawn.svg(found)}
        try:
            written = [files.put(folder / name, text) for name, text in texts.items()]
        except OSError as error:
            raise ProfileError(f"cannot be written: {error.strerror}", source=str(folder)) from None
    with said(lambda: found.headline):
        console = output()
        for each in found.flaky:
            console.print(f"flaky: {each.id}  {each.told}  ({each.setting})", markup=False, soft_wrap=True)
        console.print(f"{found.headline}; {', '.join(map(str, written))}", markup=False, soft_wrap=True)
