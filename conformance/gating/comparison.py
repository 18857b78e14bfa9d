"""Compares two runs, or two targets, requirement by requirement."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

Change = Literal["regressed", "lost", "affected", "fixed", "gained", "new", "vanished", "same"]

# What each change means, worst first.
CHANGES: dict[Change, str] = {
    "regressed": "it got worse",
    "lost": "it was tested before, and is not tested now",
    "vanished": "the catalogue had it before, and does not have it now",
    "affected": "it fails, but may follow from another violation; only that one counts",
    "new": "the catalogue did not have it before",
    "fixed": "it got better",
    "gained": "it was not tested before, and passes now",
    "same": "nothing has changed",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement in both runs. A result is None if the catalogue of that run does not have the requirement."""

    change: Change
    before: RequirementResult | None
    after: RequirementResult | None

    @property
    def _told(self) -> RequirementResult:
        told = self.after or self.before
        assert told is not None
        return told

    @property
    def id(self) -> str:
        """The requirement."""
        return self._told.id

    @property
    def level(self) -> str:
        """Its level, as the later run has it."""
        return self._told.level

    @property
    def reason(self) -> str:
        """Why it stands so now."""
        return self.after.reason if self.after else ""

    @property
    def verdicts(self) -> tuple[str, str]:
        """How it stood before and how it stands now, in words."""
        return _verdict(self.before), _verdict(self.after)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "id": self.id,
            "level": self.level,
            "change": self.change,
            "before": None if self.before is None else self.before.verdict.word,
            "after": None if self.after is None else self.after.verdict.word,
            "reason": self.reason,
            "consequence_of": self.after and self.after.consequence_of,
            "rate": self.after and self.after.rate,
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
    pairs = ((olds.get(id), news.get(id)) for id in ids)
    return Comparison(before, after, tuple(Line(_change(old, new), old, new) for old, new in pairs))


def _change(old: RequirementResult | None, new: RequirementResult | None) -> Change:
    if old is None:
        return "new"
    if new is None:
        return "vanished"
    before, after = old.verdict, new.verdict
    if before is after and bool(old.consequence_of) is bool(new.consequence_of):
        return "same"
    if new.consequence_of:
        return "affected"
    if after is Verdict.NONE:
        return "lost"
    if after >= before and after is not Verdict.PASS:  # fail, as before: it was a consequence, and counts itself now
        return "regressed"
    return "gained" if before is Verdict.NONE else "fixed"


def _verdict(result: RequirementResult | None) -> str:
    if result is None:
        return "absent"
    cause = f" (may follow from {result.consequence_of})" if result.consequence_of else ""
    return f"{result.verdict.word}{cause}"


def _by_id(requirements: Iterable[RequirementResult]) -> dict[str, RequirementResult]:
    return {result.id: result for result in requirements}
