"""The judge: runs checks on their stages, and turns how each of them ended into an outcome."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis.errors import Flaky

from conformance.judging import crashes
from conformance.judging.excerpt import excerpt
from conformance.judging.keys import STAGE
from conformance.judging.plan import Assignment
from conformance.judging.stages import Ensemble
from conformance.judging.verdicts import Outcome
from conformance.observations import Observations
from conformance.requirements import Requirement
from conformance.results import Finding, Missing
from conformance.stage.facts import missing
from conformance.verdict import CannotJudge, Ending, Inconclusive, Violation

_OBSERVATIONS = pytest.StashKey[Observations]()
_MISSING = pytest.StashKey[tuple[Missing, ...]]()
_EXAMPLES = pytest.StashKey[int]()

# In Hypothesis' notes: an argument of the check, or what it drew itself, "Draw 2 (symbol): 'DFUSDT'".
_GIVEN = re.compile(r"\w+=|Draw \d+")
_STEP = re.compile(r"state\.(\w+)\((.*)\)$")
_DRAW = re.compile(r"^Draw \d+(?: \((.*?)\))?: ")


class Judge:
    """Judges one item after the other, each on the stage of its lane."""

    def __init__(self, assignment: Assignment, catalogue: dict[str, Requirement]) -> None:
        self.ensemble = Ensemble(assignment)
        self._catalogue = catalogue
        self._wants: dict[str, Any] = {}

    def expect(self, items: list[pytest.Item]) -> None:
        """Take note of what the selected checks need, so that it can be brought about at once."""
        for item in items:
            for name, value in needs_of(item).items():
                greater = isinstance(value, int) and value > self._wants.get(name, 0)
                if greater or name not in self._wants:
                    self._wants[name] = value

    def set_up(self, item: pytest.Item) -> None:
        """Bring the item onto its stage; skips it where a fact that it needs is not observed there."""
        observations = item.stash[_OBSERVATIONS] = Observations(verifies_of(item))
        setting_up = Observations()
        try:
            stage = self.ensemble.stage(lane_of(item), self._wants, setting_up)
            stage.lane.watch(setting_up)
            item.stash[_MISSING] = missing(stage, needs_of(item))
            if "cancel" in needs_of(item):
                stage.expect_own_alone()
        finally:
            observations.adopt(setting_up)
        if item.stash[_MISSING]:
            pytest.skip("not observed: " + "; ".join(fact.says for fact in item.stash[_MISSING]))
        stage.lane.watch(observations)
        item.stash[STAGE] = stage

    @contextmanager
    def watching(self, item: pytest.Item) -> Iterator[None]:
        """Count the examples that a Hypothesis check runs, and run no more once one could not be judged.

        Hypothesis would take that for a failure and shrink it: each attempt ends at once, as the first did.
        """
        item.stash[_EXAMPLES] = 0
        check = cast(Any, item).obj
        if not hasattr(check, "hypothesis"):
            item.stash[_EXAMPLES] = 1
            yield
            return
        inner = check.hypothesis.inner_test

        undecided: CannotJudge | None = None

        def counting(*args: Any, **kwargs: Any) -> None:
            nonlocal undecided
            if undecided is not None:
                raise undecided
            item.stash[_EXAMPLES] += 1
            try:
                inner(*args, **kwargs)
            except CannotJudge as reason:
                undecided = reason
                raise

        check.hypothesis.inner_test = counting
        try:
            yield
        finally:
            check.hypothesis.inner_test = inner

    def run(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Run the item; what it found has then been met at least twice, or needs no second look.

        Hypothesis replays what it finds, and says Flaky where it does not meet it again.
        """
        try:
            with self.watching(item):
                return (yield)
        except Flaky as flaky:
            violation = _violation_in(flaky)
            if violation is None:
                raise Inconclusive(f"it differs from time to time: {flaky}") from None
            if violation.breach.certain:
                for note in list(_notes(flaky)):  # of which the violation is one
                    violation.add_note(note)
                raise violation from None
            self._doubt(item, violation)
        except Violation as violation:
            if violation.breach.certain or hasattr(cast(Any, item).obj, "hypothesis"):
                raise
            item.runtest()
            self._doubt(item, violation)

    def _doubt(self, item: pytest.Item, violation: Violation) -> None:
        if violation.breach.excusable:
            return
        reason = f"seen once, and not again: {violation}"
        item.stash[_OBSERVATIONS].doubt(reason, violation.breach.requirement)

    def outcome(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Outcome:
        """How the item ended."""
        observations = item.stash.get(_OBSERVATIONS, Observations())
        error = call.excinfo.value if call.excinfo else None
        name = name_of(item)
        present = self.ensemble.redactor.presentable
        findings = {id: _finding(violation, name, present) for id, violation in observations.in_passing.items()}
        ending, reason = _ending(error)
        verifies = verifies_of(item)
        if isinstance(error, Violation):
            violated = [error.breach.requirement] if error.breach.requirement else verifies
            findings |= {id: _finding(error, name, present, _example(error, item)) for id in violated}
            if error.breach.requirement:
                reason = f"{name} stopped at a violation of {error.breach.requirement}"
        return Outcome(
            check=name,
            verifies=verifies,
            ending=ending,
            reason=present(reason),
            findings=findings,
            saw=dict(observations.saw),
            doubts={id: present(doubt) for id, doubt in observations.doubts.items()},
            notes={id: present(note) for id, note in observations.notes.items()},
            missing=tuple(replace(each, says=present(each.says)) for each in item.stash.get(_MISSING, ())),
            examples=item.stash.get(_EXAMPLES, 0),
        )

    def fails(self, outcome: Outcome) -> bool:
        """Whether anything that it found makes a run fail."""
        return any(self._catalogue[id].level != "advisory" for id in outcome.findings)


def _ending(error: BaseException | None) -> tuple[Ending, str]:
    if error is None:
        return "passed", ""
    if isinstance(error, Violation):
        return "violated", str(error)
    if isinstance(error, CannotJudge):
        return error.ending, str(error)
    if isinstance(error, pytest.skip.Exception):
        return "not exercised", str(error)
    return "crashed", crashes.told(error)


def _finding(violation: Violation, check: str, present: Callable[[str], str], example: str | None = None) -> Finding:
    breach = violation.breach
    exchanges = [
        replace(each, response_body=present(excerpt(each.response_body, f"{breach.want} {breach.got}")))
        for each in sorted(violation.evidence, key=lambda exchange: exchange.sent_at)
    ]
    return Finding(
        want=present(breach.want),
        got=present(breach.got),
        evidence=present("\n".join(map(str, exchanges))),
        check=check,
        example=example and present(example),
        exchanges=tuple(exchange.to_json() for exchange in exchanges),
    )


def _example(error: BaseException, item: pytest.Item) -> str | None:
    """What Hypothesis had drawn, a line each, without the fixtures, which are not drawn; or the steps, numbered."""
    fixtures = (*(f"{name}=" for name in getattr(item, "fixturenames", ())), "data=")
    lines = [line.strip().rstrip(",") for note in getattr(error, "__notes__", ()) for line in note.splitlines()]
    if steps := [step for line in lines if (step := _STEP.match(line)) and step[1] != "teardown"]:
        told = (f"{each[1].replace('_', ' ')} {each[2]}".strip() for each in steps)
        return "\n".join(f"{number}. {step}" for number, step in enumerate(told, start=1))
    given = [line for line in lines if _GIVEN.match(line) and not line.startswith(fixtures)]
    return "\n".join(_DRAW.sub(lambda found: f"{found[1]}: " if found[1] else "", line) for line in given) or None


def _notes(error: BaseException) -> Iterator[str]:
    """What Hypothesis noted at the error, and at those that it holds."""
    yield from getattr(error, "__notes__", ())
    for each in getattr(error, "exceptions", ()):
        yield from _notes(each)


def _violation_in(error: BaseException) -> Violation | None:
    if isinstance(error, Violation):
        return error
    causes = [*getattr(error, "exceptions", ()), error.__cause__, error.__context__]
    return next((found for cause in causes if cause is not None and (found := _violation_in(cause))), None)


def verifies_of(item: pytest.Item) -> tuple[str, ...]:
    """The requirements that the item declares to judge."""
    return tuple(id for mark in item.iter_markers("verifies") for id in mark.args)


def needs_of(item: pytest.Item) -> dict[str, Any]:
    """The facts that the item declares to need; of several marks for one fact the nearest holds."""
    merged: dict[str, Any] = {}
    for mark in item.iter_markers("needs"):
        merged = {**mark.kwargs, **merged}
    return merged


def name_of(item: pytest.Item) -> str:
    """The check's name as reports show it: module and function, without folders."""
    return item.nodeid.rsplit("/", 1)[-1].replace(".py::", "::")


def lane_of(item: pytest.Item) -> int:
    """The lane that the item was given when the work was shared out; the first, unless there are several workers."""
    mark = item.get_closest_marker("lane")
    return 0 if mark is None else int(mark.args[0])
