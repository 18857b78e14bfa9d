"""What a run says at its end, for a reader at a terminal."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from conformance.exits import Exit
from conformance.naming import count
from conformance.reporting import coverage, overload, words
from conformance.reporting.files import NAMES, keeps
from conformance.reporting.spoken import QUOTED, spoken
from conformance.results import Finding, RequirementResult, Results
from conformance.verdict import Verdict

Detail = Literal["quiet", "normal", "verbose"]

_NO_WIDTH = 100_000  # characters: no line of a summary is as long

_DIM = Style(dim=True)
_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.INCONCLUSIVE: "yellow", Verdict.NONE: "dim"}
_STYLES_OF_COUNTS = {words.AFFECTED: "red", **{verdict.word: style for verdict, style in _STYLES.items()}}


def show(
    console: Console, results: Results, report_dir: Path, detail: Detail = "normal", *, wrap: bool | None = None
) -> None:
    """Print the summary; `quiet`: its last line alone; `verbose`: each requirement, and the evidence, before it.

    `wrap`: break long lines, as a terminal wants and a log does not; by default by what is printed to.
    """
    wrap = console.is_terminal if wrap is None else wrap
    if detail != "quiet":
        _print(console, _body(results, report_dir, detail), wrap)
    # Who looks at the last line of a log alone finds all of it there.
    _print(console, _verdict(results), wrap=console.is_terminal)


def _print(console: Console, what: RenderableType, wrap: bool) -> None:
    """Without the spaces at the ends of lines that rich puts there, where these would be kept."""
    if console.is_terminal:
        console.print(spoken(what))
        return
    text = io.StringIO()
    Console(file=text, width=console.width if wrap else _NO_WIDTH, color_system=None, highlight=False).print(
        spoken(what)
    )
    console.file.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))


def _body(results: Results, report_dir: Path, detail: Detail) -> RenderableType:
    parts: list[RenderableType] = [*(_everything(results) if detail == "verbose" else ()), _counts(results)]
    parts += _section("Violated", (_violation(each, results) for each in results.own_violations))
    parts += _section("Violated, and waived", (_violation(each, results) for each in results.waived))
    parts += _section("Waivers to correct", (Text(line, style="bold yellow") for line in results.bad_waivers))
    parts += _section("Inconclusive", _inconclusive(results.with_verdict(Verdict.INCONCLUSIVE)))
    parts += _section("Not tested", _unexercised(results.with_verdict(Verdict.NONE)))
    parts += _section("Tested in part", _in_part(results.with_verdict(Verdict.PASS)))
    parts += _section("Left on the target, as far as lists show", (Text(line) for line in results.mishaps.left))
    parts += _section("The suite itself failed", (Text(crash) for crash in results.mishaps.crashes))
    if figures := overload.told(results):
        parts += _section("Overload", map(Text, figures.lines))
    races = [result for result in results.with_verdict(Verdict.PASS) if "races" in result.reason]
    parts += _section("Raced", (Text(f"{result.id}: {result.reason}", style="dim") for result in races))
    if fidelity := words.fidelity(results):
        parts.append(Text(fidelity, style="dim"))
    for covered in coverage.told(results.coverage):
        gaps = "; the report names what is missing" if covered.gaps else ""
        parts.append(Text(f"covered: {', '.join(covered.counts)}{gaps}", style="dim"))
    parts.append(Text(f"{words.seeds(results)} · {words.requests(results)}", style="dim"))
    parts.append(Text(words.time(results), style="dim"))
    parts.append(Text(_where(results, report_dir), style="dim"))
    return Group(*parts)


def _where(results: Results, report_dir: Path) -> str:
    if told := words.unwritten(results):
        return told
    if keeps(results, report_dir):
        return f"nothing was tested, so the reports of an earlier run stay in {report_dir}"
    return f"reports in {report_dir}: {', '.join(NAMES)}"


def summary(results: Results, report_dir: Path, width: int = 100, detail: Detail = "normal") -> str:
    """The summary as plain text."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    show(console, results, report_dir, detail, wrap=True)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def finding(id: str, found: Finding) -> Text:
    """One finding, its evidence included."""
    text = Text(f"{id} is violated\n  want  {found.want}\n  got   {found.got}\n")
    if found.example:
        indented = words.drawn(found.example).replace("\n", "\n        ")
        text.append("  with").append(f"  {indented}\n", style=QUOTED)
    evidence = "".join(f"\n    {line}" for line in found.evidence.splitlines())
    return text.append("  evidence:").append(evidence, style=QUOTED)


def _verdict(results: Results) -> Text:
    code = results.exit_code
    style = {Exit.OK: "bold green", Exit.VIOLATED: "bold red"}.get(code, "bold yellow")
    headline, means = words.headline(results), words.means(results)
    ending = f" · exit {code}" if headline.startswith(means) else f" · exit {code}: {means}"
    return Text(headline, style=style).append(ending, style="dim")


def _everything(results: Results) -> Iterable[RenderableType]:
    for result in results.requirements:
        line = Text(f"{result.verdict.word:13}", style=_STYLES[result.verdict]).append(result.id, style="default")
        told = f"judged {count(result.examples, 'time')}" if result.examples else ""
        yield line.append(f"  {'; '.join(filter(None, (told, words.why(result))))}", style="dim")
    for result in sorted(results.with_verdict(Verdict.FAIL), key=lambda each: each.consequence_of is not None):
        for found in result.findings:
            yield Padding(finding(result.id, found), (1, 0, 0, 0), expand=False)
    yield Text()


def _counts(results: Results) -> Table:
    columns, counts = words.counts(results)
    table = Table("", *columns, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for level, numbers in counts.items():
        styles = [
            _STYLES_OF_COUNTS[column] if number else "dim" for column, number in zip(columns, numbers, strict=True)
        ]
        cells = zip(map(str, numbers), styles, strict=True)
        table.add_row(level, *(Text(number, style=style, justify="right") for number, style in cells))
    return table


def _section(title: str, lines: Iterable[RenderableType]) -> list[RenderableType]:
    listed = list(lines)
    if not listed:
        return []
    return [Text(f"\n{title}", style="bold"), *(Padding(line, (0, 0, 0, 2), expand=False) for line in listed)]


def _violation(result: RequirementResult, results: Results) -> RenderableType:
    found = result.findings[0]
    text = Text(result.id, style=_STYLES[Verdict.FAIL])
    about = ", ".join(filter(None, (result.level, words.rate(result))))
    text.append(" (", style="default").append(about, style="default").append(")", style="default")
    text.append(f" {result.says}", style="default")
    text.append(f"\n  want  {found.want}\n  got   {found.got}", style="default")
    text.append(f"\n  seen by {words.seen_by(found)}", style="dim")
    if found.example:
        text.append(" with ", style="dim").append(
            "; ".join(words.drawn(found.example).splitlines()), style=QUOTED + _DIM
        )
    if affected := words.affected(results, result):
        text.append(f"\n  {affected}", style=_STYLES_OF_COUNTS[words.AFFECTED])
    if waived := words.waived(result):
        text.append(f"\n  {waived}", style="yellow")
    return text


def _inconclusive(results: Iterable[RequirementResult]) -> Iterable[RenderableType]:
    for reason, ids in words.by_reason(results).items():
        yield Text(reason).append(f"\n  {', '.join(ids)}", style=_STYLES[Verdict.INCONCLUSIVE])


def _in_part(results: Iterable[RequirementResult]) -> Iterable[RenderableType]:
    for reason, ids in words.by_part(results).items():
        yield Text(reason).append(f"\n  {', '.join(ids)}", style=_STYLES[Verdict.NONE])


def _unexercised(results: Iterable[RequirementResult]) -> Iterable[RenderableType]:
    for fact, ids in words.by_fact(results).items():
        text = Text(fact.says)
        if fact.enable:
            text.append(f"\n  add {fact.enable}", style="cyan")
        # Whoever runs a few checks alone wants to read about those.
        told = count(len(ids), "requirement") if fact.says == words.NOT_RUN else ", ".join(ids)
        yield text.append(f"\n  {told}", style=_STYLES[Verdict.NONE])
