"""What a run says at its end, for a reader at a terminal."""

import io
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.reporting.files import JUNIT_XML, RESULTS_JSON
from conformance.results import Finding, Missing, RequirementResult, Results
from conformance.verdict import Verdict

_LEVELS = ("must", "implied", "advisory")
_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.INCONCLUSIVE: "yellow", Verdict.NONE: "dim"}
_MEANS = {
    0: "no violation found",
    1: "a requirement is violated",
    2: "refused, or called wrongly",
    3: "inconclusive",
    4: "the suite itself failed",
    130: "interrupted",
}


def headline(results: Results) -> str:
    """The verdict in a few words. "conformant" only where every must was asked for, and exercised."""
    judged, of = len(results.exercised), len(results.requirements)
    match results.exit_code:
        case 0 if results.require != "none":
            return f"conformant ({judged} of {of} requirements exercised, --require {results.require} met)"
        case 0:
            return f"no violation found ({judged} of {of} requirements exercised)"
        case 1:
            return f"not conformant: {_count(len(results.violated), 'requirement')} violated"
        case 2:
            return f"refused: {results.mishaps.refusal}"
        case 3:
            return f"inconclusive: {_why_inconclusive(results)}"
        case 4:
            return f"the suite itself failed: {results.mishaps.crashes[0]}"
        case _:
            return f"interrupted: {judged} of {of} requirements exercised so far"


def render(results: Results, report_dir: Path) -> RenderableType:
    """The whole summary."""
    parts: list[RenderableType] = [_counts(results)]
    parts += _section("Violated", (_violation(result) for result in results.with_verdict(Verdict.FAIL)))
    undecided = results.with_verdict(Verdict.INCONCLUSIVE)
    parts += _section("Inconclusive", _by_reason(undecided))
    parts += _section("Not exercised", _unexercised(results.with_verdict(Verdict.NONE)))
    parts += _section("Left on the target, and to be removed by hand", (Text(line) for line in results.mishaps.left))
    parts += _section("The suite itself failed", (Text(crash) for crash in results.mishaps.crashes))
    races = [result for result in results.with_verdict(Verdict.PASS) if "races" in result.reason]
    parts += _section("Raced", (Text(f"{result.id}: {result.reason}", style="dim") for result in races))
    requests = results.requests
    cost = f"{requests['total']} requests, {requests['setup']} of them set-up"
    parts.append(Text(f"seed {results.seed} · {cost} · {results.duration_s:.1f} s", style="dim"))
    parts.append(Text(f"reports: {report_dir / RESULTS_JSON}, {report_dir / JUNIT_XML}", style="dim"))
    code = results.exit_code
    style = "bold green" if code == 0 else "bold red" if code == 1 else "bold yellow"
    parts.append(Text(headline(results), style=style).append(f" · exit {code}: {_MEANS[code]}", style="dim"))
    return Group(*parts)


def summary(results: Results, report_dir: Path, width: int = 100) -> str:
    """The summary as plain text."""
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    console.print(render(results, report_dir))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def finding(id: str, found: Finding) -> str:
    """One finding as plain text, its evidence included."""
    lines = [f"{id} is violated", f"  want  {found.want}", f"  got   {found.got}"]
    if found.example:
        lines += ["  with  " + found.example.replace("\n", "\n        ")]
    return "\n".join([*lines, "  evidence:", *(f"    {line}" for line in found.evidence.splitlines())])


def _counts(results: Results) -> Table:
    table = Table("", *(verdict.word for verdict in reversed(Verdict)), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for level in _LEVELS:
        cells = []
        for verdict in reversed(Verdict):
            number = len(results.with_verdict(verdict, level))
            cells.append(Text(str(number), style=_STYLES[verdict] if number else "dim", justify="right"))
        table.add_row(level, *cells)
    return table


def _section(title: str, lines: Iterable[RenderableType]) -> list[RenderableType]:
    listed = list(lines)
    if not listed:
        return []
    return [Text(f"\n{title}", style="bold"), *(Padding(line, (0, 0, 0, 2)) for line in listed)]


def _violation(result: RequirementResult) -> RenderableType:
    found = result.findings[0]
    text = Text(result.id, style=_STYLES[Verdict.FAIL])
    text.append(f" ({result.level}) {result.says}", style="default")
    text.append(f"\n  want  {found.want}\n  got   {found.got}", style="default")
    text.append(f"\n  seen by {found.check}", style="dim")
    if found.example:
        text.append(f" with {'; '.join(found.example.splitlines())}", style="dim")
    return text


def _by_reason(results: list[RequirementResult]) -> Iterable[RenderableType]:
    """What could not be judged for the same reason shares it."""
    ids: dict[str, list[str]] = {}
    for result in results:
        ids.setdefault(result.reason, []).append(result.id)
    for reason, listed in ids.items():
        yield Text(reason).append(f"\n  {', '.join(listed)}", style=_STYLES[Verdict.INCONCLUSIVE])


def _unexercised(results: list[RequirementResult]) -> Iterable[RenderableType]:
    """What was not exercised: by the fact that was missing with what would enable it, else by the reason."""
    ids: dict[Missing, list[str]] = {}
    for result in results:
        facts = [Missing(f"not observed: {each.says}", each.enable) for each in result.missing]
        for fact in facts or [Missing(result.reason, "")]:
            ids.setdefault(fact, []).append(result.id)
    for fact, listed in ids.items():
        text = Text(fact.says)
        if fact.enable:
            text.append(f"\n  enabled by {fact.enable}", style="cyan")
        yield text.append(f"\n  {', '.join(listed)}", style=_STYLES[Verdict.NONE])


def _why_inconclusive(results: Results) -> str:
    if results.inconclusive:
        return results.inconclusive[0].reason
    missed = [result.id for result in results.unmet]
    if missed:
        named = ", ".join(missed[:5]) + (", …" if len(missed) > 5 else "")
        return f"--require {results.require} names {_count(len(missed), 'requirement')} not exercised: {named}"
    return "no order was seen, so nothing was judged"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
