"""Compares two runs, or two targets, requirement by requirement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

Change = Literal["regressed", "lost", "fixed", "gained", "new", "vanished", "same"]

# What each change means, worst first.
CHANGES: dict[Change, str] = {
    "regressed": "it is worse than it was",
    "lost": "it was judged, and is not any more",
    "vanished": "the catalogue had it, and has it no more",
    "new": "the catalogue did not have it",
    "fixed": "it is better than it was",
    "gained": "it was not judged, and holds now",
    "same": "nothing has changed",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement in both runs. A verdict is None if the catalogue of that run does not have the requirement."""

    id: str
    level: str
    change: Change
    before: Verdict | None
    after: Verdict | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "id": self.id,
            "level": self.level,
            "change": self.change,
            "before": None if self.before is None else self.before.word,
            "after": None if self.after is None else self.after.word,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes from `before` to `after`, in the order of the catalogue."""

    before: Results
    after: Results
    lines: tuple[Line, ...]

    def of(self, *changes: Change) -> list[Line]:
        """The lines with one of these changes."""
        return [line for line in self.lines if line.change in changes]

    @property
    def worse(self) -> list[Line]:
        """Must and implied requirements that became worse, or are not judged any more."""
        return [line for line in self.of("regressed", "lost", "vanished") if line.level != "advisory"]

    def to_json(self) -> dict[str, Any]:
        """As a JSON object. Of what has not changed it has only the number."""
        changed = [line.to_json() for line in self.lines if line.change != "same"]
        return {
            "before": {"target": dict(self.before.target), "started_at": self.before.started_at},
            "after": {"target": dict(self.after.target), "started_at": self.after.started_at},
            "changed": changed,
            "same": len(self.of("same")),
        }


def compare(before: Results, after: Results) -> Comparison:
    """Compare a run with an earlier one."""
    olds, news = _by_id(before.requirements), _by_id(after.requirements)
    ids = dict.fromkeys([*news, *olds])
    return Comparison(before, after, tuple(_line(id, olds.get(id), news.get(id)) for id in ids))


def _line(id: str, old: RequirementResult | None, new: RequirementResult | None) -> Line:
    told = new or old
    assert told is not None
    before = None if old is None else old.verdict
    after = None if new is None else new.verdict
    return Line(id, told.level, _change(before, after), before, after, new.reason if new else "")


def _change(before: Verdict | None, after: Verdict | None) -> Change:
    if before is None:
        return "new"
    if after is None:
        return "vanished"
    if before is after:
        return "same"
    if after is Verdict.NONE:
        return "lost"
    if after > before and after is not Verdict.PASS:
        return "regressed"
    return "gained" if before is Verdict.NONE else "fixed"


def _by_id(requirements: Iterable[RequirementResult]) -> dict[str, RequirementResult]:
    return {result.id: result for result in requirements}
