"""Lists beside what is done: some meanwhile, one behind it by each reader; a contradiction among them is told."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance import faults
from conformance.observations import Observations
from conformance.sandbox import Sandbox
from conformance.scenarios.cancellation import cancel_all
from conformance.scenarios.readers import EACH, IN_A_RUN, Readers
from conformance.stage.stage import READERS, Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Violation
from tests.sandboxes import stage_on


@pytest.fixture
def stage() -> Iterator[Stage]:
    with stage_on(Sandbox()) as stage:
        yield stage


def asked(stage: Stage) -> int:
    return stage.driver._client.counts.readers


def test_lists_are_asked_for_meanwhile_and_behind_it(stage: Stage) -> None:
    before = stage.view.believed()
    readers = Readers(stage, stage.view)
    with readers.beside():
        time.sleep(0.05)
        done_at = time.monotonic()
    assert 2 * READERS <= stage.lists_of_readers == asked(stage) <= READERS * EACH
    looks = readers._looks()
    assert any(look.asked_at < done_at for look in looks)
    # The last one of each; a reader may have begun one more between the two moments.
    assert READERS <= sum(look.asked_at >= done_at for look in looks) <= 2 * READERS
    readers.judge(before, before)


def test_however_long_it_takes_no_reader_asks_for_more_than_its_share(stage: Stage) -> None:
    readers = Readers(stage, stage.view)
    with readers.beside():
        until = time.monotonic() + 20  # a busy machine takes longer than the second of a quiet one
        while len(readers._came) < READERS * (EACH - 1) and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.5)
    assert stage.lists_of_readers == READERS * EACH


def test_nothing_is_asked_for_where_the_rate_is_limited_or_enough_was_asked_for(stage: Stage) -> None:
    stage.lists_of_readers = IN_A_RUN
    with Readers(stage, stage.view).beside():
        pass
    stage.lists_of_readers = 0
    stage.lane.target = replace(stage.target, max_requests_per_second=50.0)
    with Readers(stage, stage.view).beside():
        pass
    assert asked(stage) == 0


@pytest.mark.parametrize(
    ("name", "requirement"), [("fills-gone-meanwhile", "order.filled-qty"), ("twice-while-canceled", "order.id")]
)
def test_what_a_reader_sees_is_told(name: str, requirement: str) -> None:
    def canceled_some_times(stage: Stage) -> None:
        for _ in range(20):  # on a busy machine a list that is asked for meanwhile may come before or behind
            stage.arrange([Wish(stage.markets[0], "buy", fills=1)])
            cancel_all(stage)

    liar, observations = faults.load()[name].sandbox(), Observations([requirement])
    with stage_on(liar, observations) as stage, pytest.raises(Violation) as violation:
        canceled_some_times(stage)
    assert violation.value.breach.requirement == requirement
    assert violation.value.evidence
