"""Checks of further lanes: shared out before the run, and judged in a thread for each lane, beside the first one."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple, cast

import pytest

from conformance.hypothesis_seam import draws
from conformance.judging.declarations import cancels, lane_of, needs_of
from conformance.judging.keys import STAGE
from conformance.profile import Profile

# What a check that only reads takes of the time of one that cancels, at a distance.
_READING = 1 / 2

# A check that takes other fixtures than these is judged where pytest sets them up.
_FIXTURES = {"stage", "caller", "other"}

# A run that is interrupted waits so long for what is under way.
_UNDER_WAY_S = 3


def usable(profile: Profile) -> list[int]:
    """The numbers of the lanes that have what the first one has: the caller's credentials, and a second account."""

    def has(number: int) -> set[str]:
        lane = profile.lanes[number]
        account = profile.accounts[lane.caller]
        given = {name for name in ("jwt", "api_key") if getattr(account, name) is not None}
        return given | ({"other"} if lane.other else set())

    return [number for number in range(len(profile.lanes)) if has(number) >= has(0)]


def is_alone(item: pytest.Item) -> bool:
    """Whether nothing else may be under way: an error that is armed may hold for every account."""
    return "fault" in needs_of(item)


def share_out(items: Sequence[pytest.Item], lanes: Sequence[int]) -> None:
    """Give each check its lane: what cancels goes to the one that has least to do, all else to the first.

    It follows from the checks alone: the same ones are judged on the same lanes each time.
    """
    work = dict.fromkeys(lanes, 0.0)
    work[0] += _READING * sum(not cancels(item) for item in items)
    given: dict[str, int] = {}
    for item in items:
        # Hypothesis keeps with a function what is drawn for it: one lane has all its cases.
        key = item.nodeid.partition("[")[0] if draws(getattr(item, "obj", None)) else item.nodeid
        least = min(lanes, key=lambda lane: work[lane]) if _may_be_judged_apart(item) else 0
        lane = given.setdefault(key, least)
        work[lane] += cancels(item)
        item.add_marker(pytest.mark.lane(lane))


def _may_be_judged_apart(item: pytest.Item) -> bool:
    return (
        isinstance(item, pytest.Function) and cancels(item) and not is_alone(item) and arguments(item, {}) is not None
    )


def arguments(item: pytest.Function, fixtures: dict[str, object]) -> dict[str, object] | None:
    """What the check is called with, given these fixtures; None if it takes others that this module does not know."""
    cases = item.callspec.params if hasattr(item, "callspec") else {}
    names = set(item.fixturenames) & set(item._fixtureinfo.argnames)
    if names - _FIXTURES - cases.keys():
        return None
    return {name: cases[name] if name in cases else fixtures.get(name) for name in names}


class Ended(NamedTuple):
    """How a check of a further lane ended: what its set-up raised, or else what it raised itself."""

    in_set_up: BaseException | None = None
    error: BaseException | None = None


class FurtherLanes:
    """Judges the checks of the further lanes, each lane in a thread, from `begin` on.

    `set_up` prepares a check, and `judge` runs it; both raise as the check ends. `stop` is told the threads that are to
    send nothing more; none, once they have ended.
    """

    def __init__(
        self,
        set_up: Callable[[pytest.Item], None],
        judge: Callable[[pytest.Item], None],
        stop: Callable[[Sequence[threading.Thread]], None],
    ) -> None:
        self._set_up, self._judge, self._stop = set_up, judge, stop
        self._threads: list[threading.Thread] = []
        self._ended: dict[str, Future[Ended]] = {}
        self._stopped = threading.Event()

    def begin(self, items: Sequence[pytest.Item]) -> None:
        """Begin with those of these checks that belong to a further lane, unless that has been done."""
        if self._ended:
            return
        lanes: dict[int, list[pytest.Item]] = {}
        for item in items:
            if lane_of(item):
                lanes.setdefault(lane_of(item), []).append(item)
                self._ended[item.nodeid] = Future()
        for lane, checks in lanes.items():
            thread = threading.Thread(target=self._judge_each, args=(checks,), name=f"lane {lane}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def has(self, item: pytest.Item) -> bool:
        """Whether it judges this check."""
        return item.nodeid in self._ended

    def ended(self, item: pytest.Item) -> Ended:
        """How the check ended, once it has."""
        return self._ended[item.nodeid].result()

    def stop(self) -> None:
        """Judge no further check; the one that is under way sends nothing more. Returns once it has ended."""
        self._stopped.set()
        alive = [thread for thread in self._threads if thread.is_alive()]
        if not alive:
            return
        self._stop(alive)
        for thread in alive:
            thread.join(_UNDER_WAY_S / len(alive))
        self._stop([thread for thread in alive if thread.is_alive()])

    def _judge_each(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            if self._stopped.is_set():
                return
            self._ended[item.nodeid].set_result(self._one(item))

    def _one(self, item: pytest.Item) -> Ended:
        try:
            self._set_up(item)
        except BaseException as error:  # noqa: BLE001 - it is raised where pytest expects it
            return Ended(in_set_up=error)
        try:
            self._judge(item)
        except BaseException as error:  # noqa: BLE001 - likewise
            return Ended(error=error)
        return Ended()


def body(item: pytest.Item) -> Callable[[], None]:
    """The check itself, to be called once it is set up."""
    function, stage = cast(pytest.Function, item), item.stash[STAGE]
    known = arguments(function, {"stage": stage, "caller": stage.caller, "other": stage.other})
    assert known is not None
    return lambda: function.obj(**known)
