"""Verdicts over several runs: how each requirement stood in each of them, and which are flaky; as Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from conformance import language
from conformance.exits import WrongUsage
from conformance.naming import count
from conformance.reporting.changes import cell
from conformance.reporting.html import ICONS
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

WORST_FIRST = tuple(reversed(Verdict))

# What is said of flaky requirements, wherever they are listed.
FLAKY = (
    "The verdict changed while suite version, target and scope stayed the same. "
    "If nobody changed the target in between, it does not always answer alike."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement. `verdicts`: one for each run; None where the run was not asked about it."""

    id: str
    level: str
    verdicts: tuple[Verdict | None, ...]

    @property
    def plain(self) -> bool:
        """Whether there is nothing to look at: it never failed, was never in doubt, and did not change."""
        told = {each for each in self.verdicts if each is not None}
        return len(told) <= 1 and max(told, default=Verdict.NONE) <= Verdict.PASS


@dataclass(frozen=True, slots=True)
class Flaky:
    """A requirement whose verdict changed while `setting` (target, scope, suite version) stayed the same."""

    id: str
    setting: str
    verdicts: tuple[Verdict, ...]

    @property
    def changes(self) -> int:
        """How often the verdict changed from one run to the next."""
        return sum(one is not next for one, next in pairwise(self.verdicts))

    @property
    def told(self) -> str:
        """The verdicts in the order of the runs, and in how many runs each of them stayed."""
        runs: list[tuple[Verdict, int]] = []
        for each in self.verdicts:
            times = runs.pop()[1] if runs and runs[-1][0] is each else 0
            runs.append((each, times + 1))
        return " → ".join(f"{times} {verdict.word}" for verdict, times in runs)


@dataclass(frozen=True, slots=True)
class History:
    """The runs, the oldest first, by the names of their reports; requirements in the order of the latest catalogue."""

    runs: Mapping[str, Results]
    rows: tuple[Row, ...]
    flaky: tuple[Flaky, ...]

    @property
    def headline(self) -> str:
        """How many runs there are, and what is flaky, in a few words."""
        ids = {each.id for each in self.flaky}
        return f"{count(len(self.runs), 'run')}, {count(len(ids), 'flaky requirement')}"

    @property
    def worth_a_look(self) -> list[Row]:
        """The requirements that failed, were in doubt, or changed."""
        return [row for row in self.rows if not row.plain]


def history(reports: Mapping[str, Results]) -> History:
    """What these reports, by their names, say together. Raises WrongUsage if one does not say when it began."""
    runs = dict(sorted(reports.items(), key=lambda each: _began(*each)))
    by_id = [{each.id: each for each in run.requirements} for run in runs.values()]
    ids = dict.fromkeys(id for known in reversed(by_id) for id in known)
    levels = {id: result.level for known in by_id for id, result in known.items()}
    rows = tuple(
        Row(
            id, levels[id], tuple(_verdict(run, known.get(id)) for run, known in zip(runs.values(), by_id, strict=True))
        )
        for id in ids
    )
    settings = [_setting(run) for run in runs.values()]
    return History(runs, rows, tuple(each for row in rows for each in _flaky(row, settings)))


def counts(run: Results) -> list[int]:
    """How many requirements of the run stand so, worst first."""
    return [len(run.with_verdict(verdict)) for verdict in WORST_FIRST]


def markdown(told: History, picture: str) -> str:
    """All of it for a merge request or a wiki. `picture`: the file of the plot."""
    heads = ("Run", "Started", "Target", "Scope", "Suite", "Labels", *(each.word for each in WORST_FIRST), "Report")
    parts = [f"## {_say(told.headline)}", f"![{_say('Verdicts over runs')}]({picture})"]
    parts.append(_table(heads, (list(map(cell, each)) for each in listed(told))))
    if told.flaky:
        rows = ([f"`{each.id}`", _words(each), str(each.changes), cell(each.setting)] for each in told.flaky)
        parts.append(f"### {_say('Flaky')}\n\n{_say(FLAKY)}")
        parts.append(_table(("Requirement", "Verdicts", "Changes", "Where"), rows))
    if lines := told.worth_a_look:
        marks = ", ".join(f"{ICONS[each]} {_say(each.word)}" for each in WORST_FIRST)
        others = count(len(told.rows) - len(lines), "other requirement")
        parts.append(f"### {_say('Requirements')}\n\n{marks}. {_say(f'{others} did not change.')}")
        body = ([f"`{row.id}`", _say(row.level), *map(_mark, row.verdicts)] for row in lines)
        numbers = (str(number + 1) for number in range(len(told.runs)))
        parts.append(_table(("Requirement", "Level", *numbers), body))
    return "\n\n".join(parts) + "\n"


def listed(told: History) -> Iterator[list[str]]:
    """For each run: its number, what it was about, how many requirements stand how, and its report."""
    for number, (report, run) in enumerate(told.runs.items(), start=1):
        labels = ", ".join(f"{name}={value}" for name, value in run.labels.items())
        about = [run.started_at, run.target["name"], run.target["scope"], run.suite_version, labels]
        yield [str(number), *about, *map(str, counts(run)), report]


_say = language.say


def _mark(verdict: Verdict | None) -> str:
    return "" if verdict is None else ICONS[verdict]


def _words(each: Flaky) -> str:
    return " → ".join(map(_say, each.told.split(" → ")))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(map(_say, heads)), "|---" * len(heads) + "|", *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _began(report: str, run: Results) -> datetime:
    try:
        return datetime.fromisoformat(run.started_at).astimezone()
    except ValueError:
        raise WrongUsage(f"{report}: started_at is {run.started_at!r}, which is no time") from None


def _setting(run: Results) -> tuple[str, ...]:
    """What has to be the same for two verdicts to contradict each other, the part for readers first.

    A profile names its target, whose port may be another one each time; a bare URL is the name of its target.
    """
    target, given = run.target, run.target.get("given", "")
    told = f"{target['name']}, {target['scope']} scope, suite {run.suite_version}"
    return told, target["environment"], given if "://" in given else ""


def _verdict(run: Results, result: RequirementResult | None) -> Verdict | None:
    """The verdict; None where the run was not asked, or did not get there."""
    if result is None or not result.selected:
        return None
    in_part = run.select is not None or run.partial
    return None if in_part and result.verdict is Verdict.NONE else result.verdict


def _flaky(row: Row, settings: Sequence[tuple[str, ...]]) -> Iterator[Flaky]:
    """Where the verdict changed in one setting. "none" is no verdict that another one contradicts."""
    for setting in dict.fromkeys(settings):
        told = zip(row.verdicts, settings, strict=True)
        verdicts = tuple(each for each, where in told if where == setting and each)
        if len(set(verdicts)) > 1:
            yield Flaky(row.id, setting[0], verdicts)
