"""`p99-conformance merge`."""

from pathlib import Path

import click

from conformance.cli import result_files
from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.ending import end
from conformance.exits import WrongUsage
from conformance.judging.plan import writable
from conformance.judging.reports import merged
from conformance.options import REPORT_DIR
from conformance.reporting import files
from conformance.reporting.terminal import Detail


@click.command()
@options(REPORT_DIR)
@click.option("--quiet", "-q", "detail", flag_value="quiet", help="Print only the verdict.")
@click.option("--verbose", "-v", "detail", flag_value="verbose", help="Print every requirement, and the evidence.")
@click.argument("reports", nargs=-1, required=True, type=click.Path(path_type=Path))
def merge(reports: tuple[Path, ...], report_dir: str, detail: Detail | None) -> None:
    """Make one report of several: of lanes, of machines, or of targets.

    REPORTS are results.json files, or report directories. Each requirement has the worst verdict that any of them gave
    it; each finding names its report. A violation is waived only if it is waived in all reports that have it.

    \b
    Exit codes: those of `run`; 2 also if the reports were written by different versions of the suite
    """
    with complaints():
        folder = writable(Path(report_dir))
        if any(folder.resolve() in (each.resolve(), each.resolve().parent) for each in reports):
            raise WrongUsage(f"{folder} is one of the reports: give another folder with --report-dir")
        results = merged(result_files.read_all(reports))
        files.remove(folder)
        results = files.save(results, folder)
    end(results, folder, detail)
