"""The judge: runs checks on their stages, and turns how each of them ended into an outcome."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis.errors import Flaky

from conformance import hypothesis_seam
from conformance.hypothesis_seam import Examples
from conformance.judging import crashes
from conformance.judging.declarations import asked_by, forged_by, lane_of, name_of, needs_of, verifies_of
from conformance.judging.findings import finding, standing_for
from conformance.judging.keys import ASKED, STAGE
from conformance.judging.plan import Plan
from conformance.judging.stages import Stages
from conformance.judging.verdicts import Outcome
from conformance.observations import Observations
from conformance.orders import Query
from conformance.results import Finding, Missing
from conformance.stage.facts import missing
from conformance.stage.stage import Stage
from conformance.verdict import CannotJudge, Ending, Inconclusive, NotObserved, Violation
from conformance.wire.forgery import Forgery

_OBSERVATIONS = pytest.StashKey[Observations]()
_MISSING = pytest.StashKey[tuple[Missing, ...]]()
_EXAMPLES = pytest.StashKey[Examples]()
_BESIDE = pytest.StashKey[Outcome]()  # how the check ended beside another lane, before it was judged by itself


class Judge:
    """Judges the checks of one process, one after the other, each on the stage of its lane."""

    def __init__(self, plan: Plan) -> None:
        self.stages = Stages(plan)
        self._enough = plan.effort.time_is_up
        self._wants: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        self._asking: defaultdict[int, list[pytest.Item]] = defaultdict(list)  # whose lists are not asked for yet
        self._forged: defaultdict[int, list[Forgery]] = defaultdict(list)  # what is not tried yet

    def expect(self, items: list[pytest.Item]) -> None:
        """Note what the selected checks of each lane need, of each kind the most: it is brought about at once."""
        for item in items:
            self._asking[lane_of(item)].append(item)
            self._forged[lane_of(item)] += forged_by(item)
            wants = self._wants[lane_of(item)]
            for name, value in needs_of(item).items():
                greater = isinstance(value, int) and value > wants.get(name, 0)
                if greater or name not in wants:
                    wants[name] = value

    def set_up(self, item: pytest.Item) -> None:
        """Set up the stage of the check. Raises NotObserved if a fact that it needs is not observed there."""
        observations = item.stash[_OBSERVATIONS] = Observations(verifies_of(item))
        setting_up = Observations()
        try:
            stage = self.stages.stage(lane_of(item), self._wants[lane_of(item)], setting_up)
            stage.lane.watch(setting_up)
            if _BESIDE in item.stash and "live" in needs_of(item):
                stage.have_live_again(needs_of(item)["live"])
            item.stash[_MISSING] = missing(stage, needs_of(item))
            if "cancel" in needs_of(item):
                stage.expect_own_alone()
        finally:
            observations.adopt(setting_up)
        if item.stash[_MISSING]:
            raise NotObserved("needs " + "; ".join(fact.says for fact in item.stash[_MISSING]))
        stage.lane.watch(observations)
        item.stash[STAGE] = stage
        if (asked := asked_by(item, stage)) is not None:
            item.stash[ASKED] = asked
            stage.view.known.foresee(self._asked(stage, self._asking.pop(lane_of(item), [])))
        if forged_by(item):
            stage.forged.coming += self._forged.pop(lane_of(item), [])
            if _BESIDE in item.stash:  # what was met beside another lane does not count
                stage.forged.answers.clear()

    def _asked(self, stage: Stage, items: Iterable[pytest.Item]) -> Iterator[Query]:
        """The lists that these checks declare to be about, as far as they can be judged here."""
        for item in items:
            with contextlib.suppress(CannotJudge):
                asked = None if missing(stage, needs_of(item)) else asked_by(item, stage)
                if asked is not None:
                    yield asked

    def judge(self, item: pytest.Item, run: Callable[[], None]) -> Outcome:
        """Set up the stage and run the check here, not where pytest runs it. Returns how it ended."""
        started, error = time.monotonic(), None
        try:
            self.set_up(item)
            with self.running(item, run):
                run()
        except (Exception, pytest.skip.Exception) as met:  # noqa: BLE001 - what it means, the outcome says
            error = met
        finally:
            self.clear_the_way(item)
        return self.outcome(item, error, time.monotonic() - started)

    def judge_once_more(self, item: pytest.Item, earlier: Outcome) -> None:
        """Let the next outcome of this check tell of the one that it had beside another lane, too."""
        item.stash[_BESIDE] = earlier

    @contextlib.contextmanager
    def running(self, item: pytest.Item, again: Callable[[], None]) -> Iterator[None]:
        """Inside, the check runs. A violation that is not certain counts only if it is met when it is run `again`.

        Hypothesis itself repeats an example that fails, and raises Flaky if it passes then. Another check is run again
        here.
        """
        check = cast(Any, item).obj
        try:
            with hypothesis_seam.counting(check, stop_at=CannotJudge, enough=self._enough) as examples:
                item.stash[_EXAMPLES] = examples
                yield
        except Flaky as flaky:
            violation = hypothesis_seam.met_once(flaky, Violation)
            if violation is None:
                stopped = item.stash[_EXAMPLES].stopped
                raise stopped or Inconclusive("the same steps had another result when they were repeated") from None
            if violation.breach.certain:
                raise violation from None
            _doubt(item, violation)
        except Violation as violation:
            if violation.breach.certain or hypothesis_seam.draws(check):
                raise
            again()
            _doubt(item, violation)

    def clear_the_way(self, item: pytest.Item) -> None:
        """The check has ended: let other lanes place where it did."""
        stage = self.stages.standing(lane_of(item))
        if stage is not None:
            stage.lane.clear_the_way()

    def outcome(self, item: pytest.Item, error: BaseException | None, seconds: float) -> Outcome:
        """How the check ended, without secrets. `error`: what ended it, if anything did, after so many seconds."""
        observations = item.stash.get(_OBSERVATIONS, Observations())
        ending, reason = _ending(error)
        if isinstance(error, Violation) and error.breach.requirement:
            reason = f"stopped at a violation of {error.breach.requirement}"
        present = self.stages.redactor.presentable
        self.stages.note(lane_of(item), observations.covered)
        lapses = ((about, finding(met, name_of(item), present)) for about, met in observations.lapses)
        earlier = item.stash.get(_BESIDE, None)
        return Outcome(
            check=name_of(item),
            verifies=verifies_of(item),
            ending=ending,
            reason=present(reason),
            findings=_findings(item, observations, error, present),
            saw=dict(observations.saw),
            lapses=(*lapses, *(earlier.lapses if earlier else ())),
            lists=observations.lists + (earlier.lists if earlier else 0),
            doubts={id: present(doubt) for id, doubt in observations.doubts.items()},
            notes={id: present(note) for id, note in observations.notes.items()},
            missing=tuple(replace(each, says=present(each.says)) for each in item.stash.get(_MISSING, ())),
            examples=item.stash.get(_EXAMPLES, Examples()).count,
            seconds=seconds + (earlier.seconds if earlier else 0),
            beside=earlier.findings if earlier else {},
        )


def _doubt(item: pytest.Item, violation: Violation) -> None:
    """Note that the violation was met once only, unless a trade on the market explains that."""
    if not violation.breach.excusable:
        reason = f"seen once, but not when repeated: {violation}"
        item.stash[_OBSERVATIONS].doubt(reason, violation.breach.requirement)


def _ending(error: BaseException | None) -> tuple[Ending, str]:
    if error is None:
        return "passed", ""
    if isinstance(error, Violation):
        return "violated", str(error)
    if isinstance(error, CannotJudge):
        return error.ending, str(error)
    if isinstance(error, pytest.skip.Exception):  # by a conftest.py of the user
        return "not exercised", str(error)
    return "crashed", crashes.told(error)


def _findings(
    item: pytest.Item, observations: Observations, error: BaseException | None, present: Callable[[str], str]
) -> dict[str, Finding]:
    """For each requirement the violation that ended the check, or else the one that was met in passing."""
    name = name_of(item)
    findings = {id: finding(violation, name, present) for id, violation in observations.in_passing.items()}
    if isinstance(error, Violation):
        violated = [error.breach.requirement] if error.breach.requirement else verifies_of(item)
        drawn = hypothesis_seam.example(error, without=getattr(item, "fixturenames", ()))
        ended = finding(error, name, present, drawn)
        findings |= {id: standing_for(ended, findings[id]) if id in findings else ended for id in violated}
    return findings
