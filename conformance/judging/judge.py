"""The judge: runs checks on their stages, and turns how each of them ended into an outcome."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis.errors import Flaky

from conformance import hypothesis_seam
from conformance.hypothesis_seam import Examples
from conformance.judging import crashes
from conformance.judging.excerpt import excerpt
from conformance.judging.keys import STAGE
from conformance.judging.plan import Plan
from conformance.judging.stages import Stages
from conformance.judging.verdicts import Ending, Outcome
from conformance.observations import Observations
from conformance.requirements import Requirement
from conformance.results import Finding, Missing
from conformance.stage.driver import Refused
from conformance.stage.lane import ForeignOrders
from conformance.stage.stage import missing
from conformance.verdict import Inconclusive, Violation

_OBSERVATIONS = pytest.StashKey[Observations]()
_MISSING = pytest.StashKey[tuple[Missing, ...]]()
_EXAMPLES = pytest.StashKey[Examples]()


class Judge:
    """Judges one item after the other, each on the stage of its lane."""

    def __init__(self, plan: Plan, catalogue: dict[str, Requirement]) -> None:
        self.stages = Stages(plan)
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
            stage = self.stages.stage(lane_of(item), self._wants, setting_up)
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

    def run(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Run the item; what it found has then been met at least twice, or needs no second look.

        Hypothesis replays what it finds, and says Flaky where it does not meet it again.
        """
        check = cast(Any, item).obj
        try:
            with hypothesis_seam.counting(check, stop_at=Inconclusive) as examples:
                item.stash[_EXAMPLES] = examples
                return (yield)
        except Flaky as flaky:
            violation = hypothesis_seam.met_once(flaky, Violation)
            if violation is None:
                raise Inconclusive(f"it differs from time to time: {flaky}") from None
            if violation.breach.certain:
                raise violation from None
            self._doubt(item, violation)
        except Violation as violation:
            if violation.breach.certain or hypothesis_seam.draws(check):
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
        present = self.stages.redactor.presentable
        findings = {id: _finding(violation, name, present) for id, violation in observations.in_passing.items()}
        ending, reason = _ending(error)
        verifies = verifies_of(item)
        if isinstance(error, Violation):
            violated = [error.breach.requirement] if error.breach.requirement else verifies
            drawn = hypothesis_seam.example(error, without=getattr(item, "fixturenames", ()))
            findings |= {id: _finding(error, name, present, drawn) for id in violated}
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
            examples=item.stash.get(_EXAMPLES, Examples()).count,
        )

    def fails(self, outcome: Outcome) -> bool:
        """Whether anything that it found makes a run fail."""
        return any(self._catalogue[id].level != "advisory" for id in outcome.findings)


def _ending(error: BaseException | None) -> tuple[Ending, str]:
    if error is None:
        return "passed", ""
    if isinstance(error, Violation):
        return "violated", str(error)
    if isinstance(error, ForeignOrders):
        return "refused", str(error)
    if isinstance(error, Refused):
        return "not exercised", f"the target refused: {error}"
    if isinstance(error, Inconclusive):
        return "inconclusive", str(error)
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
