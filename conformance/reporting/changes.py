"""A comparison of two runs, for a terminal and as Markdown."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance import language
from conformance.gating.comparison import CHANGES, Change, Comparison, Line
from conformance.reporting import words

_STYLES: dict[Change, str] = {
    "regressed": "bold red",
    "lost": "yellow",
    "vanished": "yellow",
    "affected": "yellow",
    "new": "cyan",
    "fixed": "green",
    "gained": "green",
}


def render(compared: Comparison) -> RenderableType:
    """For a terminal."""
    parts: list[RenderableType] = [Text(f"{_run(compared, 'before')} → {_run(compared, 'after')}", style="dim")]
    for change, style in _STYLES.items():
        if lines := compared.of(change):
            parts.append(Text(f"\n{change.capitalize()}", style=style).append(f": {CHANGES[change]}", style="dim"))
            table = Table.grid("", "", "", padding=(0, 2, 0, 0))
            for line in lines:
                table.add_row(line.id, " → ".join(line.verdicts), Text(_reason(line), style="dim"))
            parts.append(Padding(table, (0, 0, 0, 2)))
    return Group(*parts, Text(f"\n{_summary(compared)}", style="bold"))


def markdown(compared: Comparison) -> str:
    """For a merge request."""
    lines = [f"**{language.say(_summary(compared))}**", "", f"{_run(compared, 'before')} → {_run(compared, 'after')}"]
    rows = [(change, line) for change in _STYLES for line in compared.of(change)]
    if rows:
        lines += ["", _row("", "requirement", "verdict", "reason"), "|---|---|---|---|"]
        lines += [_row(change, f"`{line.id}`", " → ".join(line.verdicts), cell(_reason(line))) for change, line in rows]
    return "\n".join(lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(language.say, cells))} |".replace("|  |", "| |")


def cell(text: str) -> str:
    """Text of others in a cell of a Markdown table: as it is, whatever it holds."""
    text = language.say(text)
    for special in "\\`*_{}[]<>|#~!&":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())


def _reason(line: Line) -> str:
    rate = words.rate(line.after) if line.after else ""
    return "; ".join(filter(None, (rate, line.reason)))


def _run(compared: Comparison, which: str) -> str:
    results = getattr(compared, which)
    labels = "".join(f", {name}={value}" for name, value in results.labels.items())
    return f"{results.target['name']} ({results.started_at}{labels})"


def _summary(compared: Comparison) -> str:
    counts = [f"{len(lines)} {change}" for change in CHANGES if (lines := compared.of(change))]
    return ", ".join(counts)
