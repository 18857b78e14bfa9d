"""The kill matrix for a reader at a terminal, and while it is being made."""

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance.naming import count
from conformance.proving.matrix import Matrix, Trial, middle

# Where nobody looks on, a line for so many trials.
_LOGGED_EVERY = 25


def watched(trials: Iterable[Trial], total: int, console: Console) -> Iterator[Trial]:
    """Pass the trials on, showing how far they have come, and at once whatever went wrong."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("testing faults and twins", total=total)
        for number, trial in enumerate(trials, start=1):
            progress.advance(task)
            if not trial.good:
                console.print(Text(_wrong(trial)), style="red")
            if not console.is_terminal and (number % _LOGGED_EVERY == 0 or number == total):
                console.print(f"{number}/{total}", highlight=False)
            yield trial


def render(matrix: Matrix, seconds: float, *, whole: bool = False) -> RenderableType:
    """The matrix by area, and by name whatever it does not prove.

    `whole`: all checks have judged each fault, so that it tells how many were named first by what they break.
    """
    table = Table("area", "faults", "killed", "requests", "seconds", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns[1:]:
        column.justify = "right"
    rows = [*matrix.areas(), ("all", matrix.faults)]
    for area, trials in rows:
        killed = [trial for trial in trials if trial.good]
        requests, took = middle(trial.requests for trial in killed), middle(trial.seconds for trial in killed)
        style = "" if len(killed) == len(trials) else "red"
        table.add_row(area, str(len(trials)), str(len(killed)), f"{requests:g}", f"{took:.1f}", style=style)
    clean, twins = len(matrix.twins) - len(matrix.false_alarms), sum(trial.variants for trial in matrix.twins)
    servers = f" in {count(len(matrix.twins), 'server')}" if twins > len(matrix.twins) else ""
    parts: list[RenderableType] = [table, Text("requests and seconds: medians to a kill, set-up included", style="dim")]
    if matrix.twins:
        parts.append(Text(f"{count(twins, 'correct twin')}{servers}: {clean} of them without a violation"))
    if whole:
        misnamed = [trial for trial in matrix.faults if trial.good and not trial.named_first]
        first = sum(trial.named_first for trial in matrix.faults)
        most = max((len(trial.violated) for trial in matrix.faults), default=0)
        parts.append(
            Text(
                f"{first} of {len(matrix.faults)} faults whose own violation is named first; {most} violations at most"
            )
        )
        parts += _listed("Faults for which another violation is named first", map(_wrong, misnamed))
    parts += _listed("Faults that survived", (_wrong(trial) for trial in matrix.survivors))
    parts += _listed("Twins with a violation, or not tested", (_wrong(trial) for trial in matrix.false_alarms))
    parts += _listed("Checks that find no fault", matrix.idle_checks)
    parts += _listed("Requirements that no fault breaks", matrix.unproven)
    parts.append(Text(f"{len(matrix.trials)} trials in {seconds:.0f} s", style="dim"))
    told = "every fault found, no violation on a twin" if matrix.proven else "not proven"
    parts.append(Text(told, style="bold green" if matrix.proven else "bold red"))
    return Group(*parts)


def _wrong(trial: Trial) -> str:
    what = f"{trial.name} ({trial.breaks})" if trial.breaks else trial.name
    found = ", ".join(trial.violated) or "nothing"
    found += f"; also affected: {', '.join(trial.affected)}" if trial.affected else ""
    return f"{what}: {trial.says} Exit {trial.exit_code}, found violated: {found}. {trial.reason}".rstrip()


def _listed(title: str, lines: Iterable[str]) -> list[RenderableType]:
    listed = [Padding(Text(line), (0, 0, 0, 2)) for line in lines]
    return [Text(f"\n{title}", style="bold red"), *listed] if listed else []
