"""Lanes that work at the same time: checks that cancel are judged beside those of the other lanes."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import takewhile
from typing import Any, cast

import pytest

from conformance.judging.declarations import cancels, is_alone, lane_of
from conformance.judging.judge import Judge
from conformance.judging.keys import CHECKS, STAGE
from conformance.judging.verdicts import Outcome
from conformance.stage.stage import Stage
from conformance.turns import Turns

# Those that are stopped wait for the answers that are under way, no longer than a run that is told to stop may take.
_UNDER_WAY_S = 3

# What a check may ask for by its name.
_GIVEN: dict[str, Callable[[Stage], Any]] = {
    "stage": lambda stage: stage,
    "caller": lambda stage: stage.caller,
    "other": lambda stage: stage.other,
    "known": lambda stage: stage.view.known,
}


class Beside:
    """Judges the checks of each lane in a thread of its own. The threads take turns: one judges while others wait.

    A check that has the target alone is judged beside none; nor is one of the user's own, which may do anything. Where
    anything is wrong or in doubt, one lane may have met what another one did, or missed what that one hid: all of them
    are then to be judged once more, one lane after the other.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._begun: dict[pytest.Item, Future[Outcome | None]] = {}
        self._is_clean = True
        self._turns = Turns()

    def begin(self, items: Sequence[pytest.Item]) -> None:
        """Begin the first of these checks, and those behind it, as far as they may be judged beside each other.

        None where requests do not go out side by side, where one lane has all of them, or where it went wrong before.
        """
        lanes: defaultdict[int, list[pytest.Item]] = defaultdict(list)
        for item in takewhile(_may_stand_beside_another, items):
            lanes[lane_of(item)].append(item)
        if len(lanes) < 2 or self._judge.stages.client.at_once == 1 or not self._is_clean:
            return
        self._judge.stages.turn_to(None)
        self._begun.update((item, Future()) for of_lane in lanes.values() for item in of_lane)
        pool = ThreadPoolExecutor(len(lanes))
        for of_lane in lanes.values():
            pool.submit(self._judge_in_turn, of_lane)
        pool.shutdown(wait=False)

    def __contains__(self, item: pytest.Item) -> bool:
        """Whether the check was begun here, and its outcome counts. Waits until all that were begun have ended."""
        if item not in self._begun:
            return False
        outcomes = {each: judged.result() for each, judged in self._begun.items()}
        if self._is_clean:
            return True
        for each, outcome in outcomes.items():
            if outcome is not None:
                self._judge.judge_once_more(each, outcome)
        self._begun.clear()
        return False

    def outcome(self, item: pytest.Item) -> Outcome | None:
        """The outcome of the check, if it counts."""
        return self._begun[item].result() if item in self else None

    def stop(self) -> None:
        """Judge no more of them; behind this none is under way."""
        self._turns.stop()
        futures.wait(self._begun.values(), timeout=_UNDER_WAY_S)

    def _judge_in_turn(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            try:
                with self._turns.taken():
                    outcome = self._judge.judge(item, partial(_call, item)) if self._is_clean else None
            except BaseException as error:  # noqa: BLE001 - whoever waits for it is to meet it, whatever it is
                self._begun[item].set_exception(error)
            else:
                self._is_clean &= outcome is None or outcome.is_clean
                self._begun[item].set_result(outcome)


def _may_stand_beside_another(item: pytest.Item) -> bool:
    return cancels(item) and not is_alone(item) and item.path.parent == CHECKS


def _call(item: pytest.Item) -> None:
    """Call the check with its parameters, and with what it asks for by name."""
    names, callspec = cast(Any, item)._fixtureinfo.argnames, getattr(item, "callspec", None)
    given, stage = {} if callspec is None else callspec.params, item.stash[STAGE]
    cast(Any, item).obj(**{name: given[name] if name in given else _GIVEN[name](stage) for name in names})
