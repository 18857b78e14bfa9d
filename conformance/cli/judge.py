"""`p99-conformance judge`."""

from pathlib import Path

import click
from rich.progress import Progress

from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.ending import end
from conformance.judging.plan import labels_of, writable
from conformance.options import LABEL, REPORT_DIR
from conformance.recorded.census import mapping
from conformance.recorded.judge import Recorded
from conformance.recorded.story import Terms
from conformance.reporting import files
from conformance.reporting.spoken import SpokenConsole
from conformance.reporting.terminal import Detail


@click.command()
@click.argument("traffic", type=click.Path(path_type=Path))
@options(REPORT_DIR, LABEL)
@click.option("--base-url", metavar="URL", help="The API that is judged. Default: the one with the most requests.")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="NAME[=USER,…]",
    help="Who is who, for example alice=user-1,key-1. NAME alone: all requests are of this account.",
)
@click.option("--alone", is_flag=True, help="Nobody but the recorded clients has used these accounts meanwhile.")
@click.option("--consistency-ms", type=click.FloatRange(0), default=0, help="How long lists may be behind a cancel.")
@click.option(
    "--settle-ms",
    type=click.FloatRange(0),
    default=2000,
    show_default=True,
    help="How long until a list shows an order.",
)
@click.option("--quiet", "-q", "detail", flag_value="quiet", help="Print only the verdict.")
@click.option("--verbose", "-v", "detail", flag_value="verbose", help="Print every requirement, and the evidence.")
def judge(
    traffic: Path,
    report_dir: str,
    label: tuple[str, ...],
    base_url: str | None,
    accounts: tuple[str, ...],
    alone: bool,
    consistency_ms: float,
    settle_ms: float,
    detail: Detail | None,
) -> None:
    """Judge recorded traffic: a HAR file of a browser or a proxy, or a log. No request is sent.

    \b
    Exit codes: 0 no violation found · 1 a must or implied requirement is violated
    2 wrong usage, or no recording · 3 inconclusive · 4 the suite failed · 130 interrupted
    """
    console = SpokenConsole(stderr=True, quiet=detail == "quiet")
    with complaints():
        folder = writable(Path(report_dir))
        labels = labels_of(label)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("reading", total=None)
            recorded = Recorded(
                traffic,
                Terms(alone, consistency_ms / 1000, settle_ms / 1000),
                mapping(accounts),
                base_url,
                lambda what, read: progress.update(task, description=what, completed=read, total=_size(traffic)),
            )
            results = recorded.judge(labels)
        for line in recorded.told():
            console.print(line, highlight=False, soft_wrap=True)
        files.remove(folder)
        results = files.save(results, folder)
    end(results, folder, detail)


def _size(path: Path) -> int:
    return path.stat().st_size
